"""Turns of many paragraphs: somebody tells a story."""

from collections.abc import Iterator

from tests.talks import GUEST, HOST, Talk, invented
from tests.talks.cases import Case, case, with_guest

FORMS = {
    "plain": "{who}: {said}",
    "bold": "**{who}:** {said}",
    "bold on a line": "**{who}**\n\n{said}",
    "page": "<p><strong>{who}:</strong> {said}</p>",
}
PARAGRAPH = "My father dug the first ditch in the year of the flood, and nobody paid him a penny for it then."


def stories() -> Iterator[Case]:
    """Yield talks in which one turn in the middle has many paragraphs, by either of two people."""
    for form, written in FORMS.items():
        for paragraphs in (6, 20, 60):
            for who in (HOST, GUEST):
                one = _told(form, written, paragraphs, who)
                yield from (one, with_guest(one))


def _told(form: str, written: str, paragraphs: int, who: str) -> Case:
    talk = invented(paragraphs, 40)
    place = 20 + (HOST, GUEST).index(who)
    talk[place] = (who, " ".join([PARAGRAPH] * paragraphs))
    apart = "</p>\n<p>" if form == "page" else "\n\n"
    parts = [
        written.format(who=name, said=said if at != place else apart.join([PARAGRAPH] * paragraphs))
        for at, (name, said) in enumerate(talk)
    ]
    head, foot = _around(form, talk)
    return case(
        f"{form}, a story of {paragraphs} paragraphs by {who}",
        head + "\n\n".join(parts) + foot,
        talk,
    )


def _around(form: str, talk: Talk) -> tuple[str, str]:
    assert len(talk) == 40
    if form != "page":
        return "", "\n"
    return "<html><body><h1>On mud</h1><article>", "</article></body></html>"
