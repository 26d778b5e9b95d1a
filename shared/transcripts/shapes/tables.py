"""Tables as spreadsheets write them: CSV and TSV with a column for who speaks and one for what."""

import csv
from collections.abc import Iterator, Sequence

from shared.transcripts.records import Line, Script, TranscriptRefused
from shared.transcripts.speakers.names import tidy_label
from shared.transcripts.speakers.people import People
from shared.transcripts.text import folded

_SPEAKER = frozenset(
    {
        "speaker",
        "speaker name",
        "speaker_name",
        "speaker label",
        "name",
        "who",
        "person",
        "participant",
    }
)
_TEXT = frozenset(
    {
        "text",
        "transcript",
        "said",
        "what",
        "words",
        "content",
        "body",
        "message",
        "line",
        "utterance",
        "speech",
    }
)
MAX_CELL = 10_000_000  # the most a page may have: Fetch.max_bytes
_DELIMITERS = (",", ";", "\t")


def read_table(text: str, _: People) -> Script | None:
    """Return the script of a table whose first row names the columns, or None when there is no such row.

    Raises `TranscriptRefused` ("malformed") when the rows cannot be told apart.
    """
    head = text.lstrip("\ufeff \r\n").split("\n", 1)[0][:1000]
    for delimiter in _DELIMITERS:
        names = [_column(cell) for cell in head.split(delimiter)]
        who = next((n for n, name in enumerate(names) if name in _SPEAKER), None)
        said = next((n for n, name in enumerate(names) if name in _TEXT), None)
        if who is not None and said is not None:
            return Script("table", tuple(_rows(text, delimiter, who, said)))
    return None


def _column(cell: str) -> str:
    return folded(cell).strip("\"'| ").casefold()


def _rows(text: str, delimiter: str, who: int, said: int) -> Iterator[Line]:
    csv.field_size_limit(MAX_CELL)
    rows = csv.reader(text.lstrip("\ufeff \r\n").splitlines(keepends=True), delimiter=delimiter)
    try:
        next(rows)
        for row in rows:
            if len(row) > max(who, said) and row[said].strip():
                yield _line(row, who, said)
    except csv.Error as error:
        raise TranscriptRefused("malformed", f"The table cannot be read ({error}).") from None


def _line(row: Sequence[str], who: int, said: int) -> Line:
    words, label = folded(row[said]), tidy_label(row[who])
    return Line(words, label or None, words, mark="field")
