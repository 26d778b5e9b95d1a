"""Labelled Markdown (`**Name:** text` and its variants) and plain labelled text."""

import re
from collections.abc import Iterator

from shared.transcripts.labels import plain_line
from shared.transcripts.people import tidy_label
from shared.transcripts.records import Line, Script
from shared.transcripts.text import TIME, folded, is_time_mark, unescaped

UNMARKED = "labelled text"
_BOLD_LABEL = re.compile(r"(?:#{1,6} )?(?:\*\*|__)([^*\n]{1,100}?)(?:\*\*|__)(\s?:)?")
_ESCAPED = re.compile(r"\\([\[\]_*#()!`.-])")
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\n]{1,2000}\)")
_TIMED_NAME = re.compile(
    rf"([^\W\d_][^:\[\]\n]{{0,58}}?)[ \t]*[–(\[:-]*[ \t]*{TIME}[\])]?:?(?:[ \t]+|$)"
)
_HEADING = re.compile(r"#{1,6} ")


def read_labelled_text(text: str) -> Script:
    """The script of Markdown or plain text, one line a paragraph; any text gives a script."""
    lines = tuple(line for paragraph in _paragraphs(text) for line in _lines(paragraph))
    bold = any(line.mark == "bold" for line in lines)
    return Script("labelled Markdown" if bold else UNMARKED, lines)


def _paragraphs(text: str) -> Iterator[list[str]]:
    """The lines of each paragraph, headings left out unless they carry a label."""
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            paragraph.append(line.strip())
        elif paragraph:
            yield paragraph
            paragraph = []


def _lines(paragraph: list[str]) -> Iterator[Line]:
    """The paragraph cut where one of its lines begins with a bold label or a timed name."""
    run: list[str] = []
    for line in paragraph:
        if run and _begins_a_turn(line):
            yield _line(run)
            run = []
        if not _HEADING.match(line) or _BOLD_LABEL.match(line):
            run.append(line)
    if run:
        yield _line(run)


def _begins_a_turn(line: str) -> bool:
    bold = _BOLD_LABEL.match(line)
    if bold:
        return bold[1].rstrip().endswith(":") or bold[2] is not None
    return _TIMED_NAME.match(line) is not None or plain_line(line).label is not None


def _line(run: list[str]) -> Line:
    text = _ESCAPED.sub(r"\1", " ".join(run))
    bold = _BOLD_LABEL.match(text)
    if bold:
        return Line(_unmarked(text), tidy_label(bold[1]), _unmarked(text[bold.end() :]), "bold")
    timed = _TIMED_NAME.match(text)
    if timed:
        return Line(_unmarked(text), tidy_label(timed[1]), _unmarked(text[timed.end() :]), "bold")
    if is_time_mark(text):
        return Line("")
    return plain_line(_unmarked(text))


def _unmarked(text: str) -> str:
    """The text with links as their words and characters for their references, without bold and code marks."""
    return folded(unescaped(_LINK.sub(r"\1", text).replace("**", "").replace("`", "")))
