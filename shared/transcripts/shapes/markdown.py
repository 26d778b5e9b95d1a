"""Labelled Markdown (`**Name:** text` and its variants) and plain labelled text."""

import re
from collections.abc import Iterator, Sequence

from shared.transcripts.records import Line, Script
from shared.transcripts.speakers.candidates import labelled
from shared.transcripts.speakers.names import NO_WIDTH, form_of, tidy_label
from shared.transcripts.speakers.people import People
from shared.transcripts.text import CLOCK, folded, is_time_mark, unescaped

UNMARKED = "labelled text"
_MARKED = re.compile(
    r"(?P<heading>#{1,6} )?(?P<mark>\*{1,3}|_{1,3}|'{3})(?P<label>[^*\n]{1,100}?)(?P=mark)(?P<colon>\s?[:：])?"
)
_MARKER = re.compile(r"(?:[-*+•] |\d{1,4}[.)] )(?=\*|_)")
_QUOTED = re.compile(r"(?:> ?)+(?!>)")
_ESCAPED = re.compile(r"\\([\[\]_*#()!`.|-])")
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\((?:[^()\n]|\([^()\n]{0,300}\)){1,2000}\)")
_WIKI_LINK = re.compile(r"\[\[([^\[\]|\n]{1,100})(?:\|[^\[\]\n]{1,100})?\]\]")
_FRAMES = re.compile(r"(?<![\d;])(\d{2});(\d{2});(\d{2});(\d{2})(?![\d;])")
_HEADING = re.compile(r"#{1,6} ")
_CHAPTER = re.compile(rf"[\[(]?{CLOCK}[\])]?\s*[-–—]?\s*[^\W\d_a-z][^.?!,:;…]{{1,80}}$")
_EMBEDDED = re.compile(
    r"^[ \t]*(?:(?:<!--[^\n]{0,500}?-->|</[A-Za-z][\w.-]{0,30}>|<[a-z][\w.-]{0,30}>"
    r"|<[A-Za-z][\w.-]{0,30}(?:\s[^<>=]{0,500}=[^<>]{0,500}|\s?/)>|\{\{[^{}\n]{0,500}\}\}"
    r"|\{%[^{}\n]{0,500}%\})[ \t]*)+\r?$",
    re.MULTILINE,
)
"""A line with nothing but tags, or what Hugo, Jekyll and MDX put a player with."""
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(p|b|i|em|strong|u|sup|sub|mark|small|span|h[1-6]|a|center|font)\b[^<>]{0,300}>"
)
_TRAILER = re.compile(
    r"(?:transcribed (?:by|with) (?:https?://)?otter\.ai|made with descript|(?:transcribed|transcript|subtitles|"
    r"captions) (?:by|from|created (?:by|with)) (?:https?://)?[\w.-]+\.(?:com|ai|io|co)\b|this editable transcript was"
    r" computer generated|(?:transcription|meeting) ended after \d).{0,200}",
    re.IGNORECASE,
)
_MARKED_TIME = re.compile(rf"[*_]{{1,3}}([\[(]?{CLOCK}[\])]?)[*_]{{1,3}}")
_TIME_IN_WORDS = re.compile(
    rf"^({CLOCK})[ \t]*\r?\n(?:\d+ hours?, )?(?:\d+ minutes?, )?\d+ seconds?[ \t]*$", re.MULTILINE
)
_TIME_AND_BOLD = re.compile(rf"[\[(]?{CLOCK}[\])]?\s*[-–—|:]?\s*(?=\*\*|__)")
_TIME_BEGINS = re.compile(rf"[\[(]?{CLOCK}")
TABLE_HEADER = frozenset(
    [
        "speaker",
        "name",
        "who",
        "what",
        "text",
        "transcript",
        "time",
        "timestamp",
        "said",
        "start",
        "end",
    ]
)


class Paragraphs:
    """Collects what other shapes say as Markdown: bold counts where it begins a paragraph."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._led: list[str] = []
        self._rest: list[str] = []

    def add(self, text: str, bold: bool = False) -> None:
        begins = bold and not any(piece.strip() for piece in self._rest)
        (self._led if begins else self._rest).append(text)

    def taken(self) -> str:
        """Return what was added since the last end, on one line, taken out again."""
        text = folded("".join((*self._led, *self._rest)))
        self._led, self._rest = [], []
        return text

    def end(self) -> None:
        """End the paragraph."""
        label, rest = "".join(self._led).strip(), "".join(self._rest)
        self._led, self._rest = [], []
        if label or rest.strip():
            self._done.append(f"**{label}** {rest}" if label else rest)

    def markdown(self) -> str:
        self.end()
        return "\n\n".join(self._done)


def read_labelled_text(text: str, people: People) -> Script:
    """Return the script of Markdown or plain text, one line a paragraph; any text gives a script."""
    # A time that is copied from YouTube stands there twice, in words for readers of screens.
    plain = _FRAMES.sub(r"\1:\2:\3:\4", _without_tags(_EMBEDDED.sub("", text)))
    paragraphs = list(_paragraphs(_TIME_IN_WORDS.sub(r"\1", plain)))
    while paragraphs and _is_trailer(paragraphs[-1]):
        paragraphs.pop()
    is_timed = _times_its_lines(paragraphs)
    lines = tuple(line for paragraph in paragraphs for line in _lines(paragraph, people, is_timed))
    bold = any(line.mark == "bold" for line in lines)
    return Script("labelled Markdown" if bold else UNMARKED, lines)


def _without_tags(text: str) -> str:
    """Return the text without line breaks of HTML, and without the tags it also closes: `<div>` may be a word."""
    if "<" not in text:
        return text
    closed = set(re.findall(r"</(\w{1,10})>", text.lower()))
    plain = _BREAK.sub("\n", text)
    return _TAG.sub(lambda tag: "" if tag[1].lower() in closed else tag[0], plain)


def _is_trailer(paragraph: Sequence[str]) -> bool:
    while paragraph and _TRAILER.fullmatch(paragraph[-1].strip("*_ ")):
        del paragraph[-1]  # type: ignore[attr-defined]
    return not paragraph


def _times_its_lines(paragraphs: Sequence[Sequence[str]]) -> bool:
    lines = [line for paragraph in paragraphs for line in paragraph]
    return 3 * sum(_TIME_BEGINS.match(line) is not None for line in lines) > len(lines)


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Yield the lines of each paragraph, quotation marks of Markdown gone."""
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        bare = line.strip(NO_WIDTH)
        quoted = _QUOTED.match(bare)
        bare = bare[quoted.end() if quoted else 0 :]
        if bare:
            paragraph.append(bare)
        elif paragraph:
            yield paragraph
            paragraph = []


def _lines(paragraph: Sequence[str], people: People, is_timed: bool) -> Iterator[Line]:
    """Yield the paragraph cut where one of its lines begins with what may be a label."""
    run: list[Line] = []
    for line in paragraph:
        labelled_line = _line(line, people, is_timed)
        if labelled_line is None:
            continue
        if (
            run
            and labelled_line.label
            and (
                labelled_line.mark != "bold"
                or labelled_line.ends_in_colon
                or not labelled_line.said
            )
        ):
            yield _joined(run)
            run = []
        run.append(labelled_line)
    if run:
        yield _joined(run)


def _joined(run: Sequence[Line]) -> Line:
    """Return the first line with what the others say."""
    first, *rest = run
    if not rest:
        return first
    more = folded(" ".join(line.raw for line in rest))
    said, raw = (f"{text} {more}".strip() for text in (first.said, first.raw))
    return Line(raw, first.label, said, first.mark, first.section, first.ends_in_colon)


def _line(line: str, people: People, is_timed: bool) -> Line | None:
    """Return the line with its label, or None when it is no speech: a heading, a time, a chapter."""
    text = _ESCAPED.sub(r"\1", line[marker.end() if (marker := _MARKER.match(line)) else 0 :])
    if line.startswith("|"):
        return _table_row(text, people)
    text = _WIKI_LINK.sub(r"\1", _LINK.sub(r"\1", text)) if "[" in text else text
    time = _TIME_AND_BOLD.match(text)
    text = text[time.end() :] if time else text
    marked = _MARKED.match(text)
    if marked and (labelled_line := _marked_line(text, marked, people)):
        return labelled_line
    if _HEADING.match(line):
        name = labelled(_unmarked(text.lstrip("# ")), people)
        return (
            Line("", name.label, name.said, name.mark, 0, name.ends_in_colon)
            if name.label
            else None
        )
    if is_time_mark(text) or (not is_timed and _CHAPTER.fullmatch(text)):
        return None
    return labelled(_unmarked(text, keep_tabs=True), people)


def _marked_line(text: str, marked: re.Match[str], people: People) -> Line | None:
    label = tidy_label(marked["label"])
    if form_of(label) is None and people.identify(label) is None:
        return None
    has_colon = marked["colon"] is not None or marked["label"].rstrip().endswith((":", "："))
    said = _unmarked(text[marked.end() :])
    if len(marked["mark"]) == 1 and not has_colon:
        return Line(_unmarked(text), label, said, "bracket", 0, False)
    raw = "" if marked["heading"] and not said else _unmarked(text)
    return Line(raw, label, said, "bold", 0, has_colon)


def _table_row(text: str, people: People) -> Line | None:
    """`| Ida Stone | Did you? |`, times left out; None for the header and the rule below it."""
    cells = [_unmarked(cell) for cell in text.strip("| ").split("|")]
    spoken = [cell for cell in cells if cell and not is_time_mark(cell)]
    is_rule = all(set(cell) <= set("-: ") for cell in cells)
    if is_rule or not spoken or {cell.casefold() for cell in spoken} <= TABLE_HEADER:
        return None
    label = tidy_label(spoken[0])
    raw = folded(" ".join(spoken))
    if len(spoken) < 2 or (form_of(label) not in ("name", "role") and not people.identify(label)):
        return Line(raw, said=raw)
    return Line(raw, label, " ".join(spoken[1:]), "bracket", 0, False)


def _unmarked(text: str, keep_tabs: bool = False) -> str:
    """Return the text with links as their words and characters for their references, without bold and code marks."""
    plain = unescaped(_LINK.sub(r"\1", text) if "](" in text else text)
    if "*" in plain or "_" in plain:
        plain = _MARKED_TIME.sub(r"\1", plain).replace("**", "")
    plain = plain.replace("`", "")
    return plain.strip() if keep_tabs else folded(plain)
