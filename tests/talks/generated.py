"""Shapes by multiplication: each pair of labels in each layout, and re-cut as captions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from tests.talks import GUEST, HOST, Talk, timed, wrapped
from tests.talks.cases import Case, case, with_guest
from tests.talks.speech import natural


@dataclass(frozen=True, slots=True)
class Labels:
    """What a transcript calls the host and the guest.

    `by_name`: whether the words say who of them is the host; `loose`: whether they look like labels
    even where nothing sets them apart.
    """

    name: str
    host: str
    guest: str
    by_name: bool = True
    loose: bool = True


LABELS = (
    Labels("full names", HOST, GUEST),
    Labels("first names", "Ida", "Rolf"),
    Labels("surnames", "Stone", "Quill"),
    Labels("capitals", "IDA STONE", "ROLF QUILL"),
    Labels("small letters", "ida stone", "rolf quill", loose=False),
    Labels("a guest in small letters", HOST, "bell hooks", loose=False),
    Labels("a guest with dots", HOST, "k.d. lang", loose=False),
    Labels("a telephone's name", HOST, "iPhone von Rolf", loose=False),
    Labels("a governor", HOST, "Gov. Anna Whit", loose=False),
    Labels("a sergeant", HOST, "Sgt. Roe", loose=False),
    Labels("an abbreviated name", HOST, "Rico Sta. Cruz", loose=False),
    Labels("an abbreviated first name", HOST, "Chas. Roe", loose=False),
    Labels("a doctor", HOST, "Dr. Rolf Quill"),
    Labels("a particle", HOST, "Jan de Boer"),
    Labels("an apostrophe", HOST, "Jean-Luc d’Ys"),
    Labels("a handle", HOST, "roasbeef", loose=False),
    Labels("a handle with @", HOST, "@rolfq", loose=False),
    Labels("pronouns", "Ida Stone (she/her)", "Rolf Quill (he/him)"),
    Labels("emoji", "Ida Stone 🎙️", "Rolf Quill 🌿"),
    Labels("Cyrillic", HOST, "Игорь П. Лесков"),
    Labels("Arabic", HOST, "محمد علي"),
    Labels("Chinese", HOST, "王小明"),
    Labels("accents", HOST, "Zoë Çelik"),
    Labels("Host and Guest", "Host", "Guest"),
    Labels("German roles", "Moderatorin", "Gast", by_name=False),
    Labels("Spanish roles", "Presentadora", "Invitado", by_name=False),
    Labels("French roles", "Présentatrice", "Invité", by_name=False),
    Labels("Chinese roles", "主持人", "嘉宾", by_name=False),
    Labels("numbered speakers", "Speaker 1", "Speaker 2", by_name=False),
    Labels("a digit in a name", HOST, "2Quill", loose=False),
    Labels("a hyphenated surname", HOST, "Berta Holm-Quist"),
)


def text(form: str, apart: str = "\n\n") -> Callable[[Labels, Talk], str]:
    """Return a writer of one form a turn: {who}, {said}, {html}, {t} and {m}."""

    def written(labels: Labels, talk: Talk) -> str:
        parts = (
            form.format(
                who=_label(labels, who),
                said=said,
                html=escape(said, quote=False),
                t=f"00:{8 * turn // 60:02}:{8 * turn % 60:02}",
                m=f"{8 * turn // 60}:{8 * turn % 60:02}",
            )
            for turn, (who, said) in enumerate(talk)
        )
        return apart.join(parts) + "\n"

    return written


def page(form: str) -> Callable[[Labels, Talk], str]:
    """Return a writer of a whole page."""

    def written(labels: Labels, talk: Talk) -> str:
        inside = text(form, "\n")(labels, talk)
        return (
            "<!DOCTYPE html><html><head><title>On mud</title></head><body><nav><a href='/'>Home</a></nav>"
            f"<main><h1>On mud</h1><p>A talk about ditches.</p><h2>Transcript</h2>{inside}</main>"
            "<footer><p>All rights reserved</p></footer></body></html>"
        )

    return written


STRONG: dict[str, Callable[[Labels, Talk], str]] = {
    "plain": text("{who}: {said}"),
    "plain, line by line": text("{who}: {said}", "\n"),
    "label on its own line": text("{who}:\n{said}"),
    "time first": text("[{t}] {who}: {said}"),
    "bold": text("**{who}:** {said}"),
    "bold, colon outside": text("**{who}**: {said}"),
    "bold on its own line": text("**{who}:**\n\n{said}"),
    "bold with a time": text("[{t}] **{who}:** {said}"),
    "a list in bold": text("- **{who}:** {said}", "\n"),
    "a quotation in bold": text("> **{who}:** {said}"),
    "a heading with a colon": text("### {who}:\n\n{said}"),
    "page, strong": page("<p><strong>{who}:</strong> {html}</p>"),
    "page, plain": page("<p>{who}: {html}</p>"),
    "page, bold outside": page("<p><b>{who}</b>: {html}</p>"),
    "page, class": page('<div><span class="speaker">{who}:</span> <span>{html}</span></div>'),
}
LOOSE: dict[str, Callable[[Labels, Talk], str]] = {
    "name and time": text("{who} {t}\n{said}"),
    "name and time in brackets": text("{who} ({t}): {said}"),
    "name on a line": text("{who}\n{said}"),
    "bold without a colon": text("**{who}** {said}"),
    "name in brackets": text("[{who}] {said}"),
    "a heading": text("### {who}\n\n{said}"),
    "bold on a line": text("**{who}**\n{said}"),
    "bold behind a time": text("[{t}] **{who}** {said}"),
    "page, headings": page("<h4>{who}</h4><p>{html}</p>"),
    "page, name in a box": page('<div class="speaker-name">{who}</div><p>{html}</p>'),
}


def shapes() -> Iterator[Case]:
    """Yield a talk in each layout with each pair of labels that suits it."""
    for at, labels in enumerate(LABELS):
        talk = natural(100 + at)
        layouts = STRONG | LOOSE if labels.loose else STRONG
        for layout, write in layouts.items():
            one = case(
                f"{layout}: {labels.name}", write(labels, talk), talk, names_host=labels.by_name
            )
            yield one
            yield with_guest(one)


CUE_WORDS = (5, 9, 20)


def captions() -> Iterator[Case]:
    """Yield a talk as captions: the label on each cue, on a turn's first, or wherever the cut leaves it."""
    for at, labels in enumerate(LABELS):
        for words in CUE_WORDS:
            for cut, write in _CUTS.items():
                if cut == "cut anywhere" and not labels.loose:
                    continue
                # What says that a label in the middle of a cue is one: the sentence before it has ended.
                talk = natural(200 + at, whole=cut == "cut anywhere")
                name = f"captions of {words}, {cut}: {labels.name}"
                one = case(name, write(labels, talk, words), talk, names_host=labels.by_name)
                yield one
                yield with_guest(one)


def _each(labels: Labels, talk: Talk, words: int) -> bytes:
    shown = [
        f"{_label(labels, who)}: {part}" for who, said in talk for part in wrapped(said, words)
    ]
    return timed([(3 * at, part) for at, part in enumerate(shown)], "vtt")


def _first(labels: Labels, talk: Talk, words: int) -> bytes:
    shown = [
        part if at else f"{_label(labels, who)}: {part}"
        for who, said in talk
        for at, part in enumerate(wrapped(said, words))
    ]
    return timed([(3 * at, part) for at, part in enumerate(shown)], "srt")


def _anywhere(labels: Labels, talk: Talk, words: int) -> bytes:
    said = " ".join(f"{_label(labels, who)}: {said}" for who, said in talk)
    return timed([(3 * at, part) for at, part in enumerate(wrapped(said, words))], "srt")


_CUTS = {"each cue": _each, "each turn": _first, "cut anywhere": _anywhere}


def _label(labels: Labels, who: str) -> str:
    return labels.host if who == HOST else labels.guest
