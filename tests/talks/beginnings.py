"""Transcripts as the text of a post: what stands before the talk, and between its turns, that is no part of it."""

from collections.abc import Iterator

from tests.talks import HOST, Talk
from tests.talks.cases import Case, case, refused, with_guest
from tests.talks.speech import natural

BEFORE = {
    "an autolink": "<https://example.org/12>",
    "a picture": '<img src="porch.png" alt="The porch">',
    "a player": '<audio controls src="12.mp3"></audio>',
    "a frame": '<iframe src="https://example.org/p/12" width="100%"></iframe>',
    "a drawing": '<svg width="1"></svg>',
    "a comment": "<!-- edited -->",
    "a comment of two lines": "<!-- edited\nby hand -->",
    "a component": '<Player src="12.mp3" />',
    "a component's import": 'import Player from "./player"\n\n<Player episode={12} />',
    "details": "<details><summary>Transcript</summary>",
    "a shortcode of Hugo": "{{< youtube abc >}}",
    "a tag of Jekyll": "{% include player.html %}",
    "a note in braces": "{note: recorded outside}",
    "an object": '{"title": "Bells", "number": 12}',
    "a note in brackets": "[recorded outside]",
    "a paragraph in tags": "<p>On bells, and <b>mud</b>.</p>",
}
BETWEEN = ('<img src="pond.png">', "{{< ad >}}", '<Ad slot="3" />', "<!-- page 2 -->", "{% ad %}")
FORMS = {"plain": "{who}: {said}", "bold": "**{who}:** {said}"}


def beginnings() -> Iterator[Case]:
    """Yield a talk after each of what posts begin with, also with such a thing between its turns."""
    for at, (name, before) in enumerate(BEFORE.items()):
        talk = natural(400 + at)
        for form, written in FORMS.items():
            said = _said(talk, written)
            yield from _both(f"{form} text after {name}", "\n\n".join((before, *said)), talk)
    talk = natural(440)
    for form, written in FORMS.items():
        for embedded in BETWEEN:
            said = _said(talk, written)
            body = "\n\n".join((*said[:7], embedded, *said[7:]))
            yield from _both(f"{form} text with {embedded} inside", body, talk)
    yield refused("text after an autolink, without labels", "<https://example.org>\n\nMud.\n")
    yield refused("braces without labels", "{note: mud}\n\nThere is much mud here.\n")
    yield refused("JSON that breaks off", '{"segments": [{"speaker": "Ida Stone", "body": "Mu')


def _both(name: str, body: str, talk: Talk) -> Iterator[Case]:
    one = case(name, body, talk)
    yield from (one, with_guest(one))


def _said(talk: Talk, form: str) -> list[str]:
    assert talk[0][0] == HOST
    return [form.format(who=who, said=said) for who, said in talk]
