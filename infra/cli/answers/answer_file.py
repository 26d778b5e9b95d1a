"""Answers that came from anywhere: a CSV file of questions and answers, of whoever wrote it."""

import csv
import io
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from shared.errors import BadInput
from shared.evaluation.measures import Answer

NEEDED = ("question", "answer")
ADVICE = "a column `question` and a column `answer` are needed, and `arm` and `model` are read where they are there"
MAX_BYTES = 200_000_000
MAX_FIELD = 1_000_000
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_TYPOGRAPHIC = frozenset("“”‘’–—…•«»€™©®°§£½¼¾ ")

Arm = tuple[str | None, str | None]
"""An arm's name and its model, each None where the file does not say."""


class AnswersUnreadable(BadInput):
    """The file holds no table with a question and an answer in every row."""


def read_answers(path: Path) -> dict[Arm, list[Answer]]:
    """Return the answers by arm and model, in the file's order; raises AnswersUnreadable."""
    arms: dict[Arm, list[Answer]] = defaultdict(list)
    for _, row in read_rows(path, NEEDED, ADVICE):
        arm = (row.get("arm", "").strip() or None, row.get("model", "").strip() or None)
        arms[arm].append(Answer(row["question"].strip(), row["answer"]))
    if not arms:
        raise AnswersUnreadable(f"{path} has a header and no rows; there is nothing to score")
    return dict(arms)


def read_rows(
    path: Path, needed: Sequence[str], advice: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the rows of a CSV file by the header's names in small letters, each with the line it begins on.

    Raises AnswersUnreadable; of a file without the `needed` columns it gives the `advice`.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise AnswersUnreadable(f"{path} has more than {MAX_BYTES:,} bytes; split it")
        text = decoded(path.read_bytes())
    except OSError as error:
        raise AnswersUnreadable(
            f"{path} cannot be read ({error.strerror}); name a CSV file"
        ) from error
    yield from _rows(text, str(path), needed, advice)


def decoded(body: bytes) -> str:
    """Return the text of bytes in UTF-8, UTF-16 with its mark, cp1252 or Mac Roman; of the last two the likelier."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        readings = [body.decode(name, errors="replace") for name in ("cp1252", "mac_roman")]
        return max(readings, key=likelihood)


def likelihood(text: str) -> int:
    """Return how much the characters beyond ASCII look like writing; more is likelier."""
    return sum(
        _weight(text[at - 1 : at], char, text[at + 1 : at + 2])
        for at, char in enumerate(text)
        if char > "\x7f"
    )


def _weight(before: str, char: str, after: str) -> int:
    if char in _TYPOGRAPHIC:
        return 2
    if not char.isalpha() or unicodedata.category(char) == "Lm":
        return -2
    if char.islower():
        return -1 if after.isupper() else 1
    return -2 if before.islower() or not after.isalpha() else 0


def _rows(
    text: str, source: str, needed: Sequence[str], advice: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    header, delimiter = _header(text, source, needed, advice)
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    began = 1
    try:
        for number, fields in enumerate(reader):
            if number and any(field.strip() for field in fields):
                yield began, _row(header, fields, began, source)
            began = reader.line_num + 1
    except csv.Error as error:
        raise AnswersUnreadable(
            f"{source}, the row that begins on line {began}, is no row of a CSV file ({error}); close every "
            "quotation mark that opens a field, and write one inside a field twice"
        ) from error


def _row(header: Sequence[str], fields: Sequence[str], line: int, source: str) -> Mapping[str, str]:
    if len(fields) != len(header):
        raise AnswersUnreadable(
            f"{source}, line {line}, has {len(fields)} fields where the header has {len(header)}; "
            "put fields that hold the separator into quotation marks"
        )
    return dict(zip(header, fields, strict=True))


def _header(text: str, source: str, needed: Sequence[str], advice: str) -> tuple[list[str], str]:
    """The columns' names in small letters, and the separator that leads to the needed ones."""
    first = next(iter(text.splitlines()), "")
    found: dict[str, list[str]] = {}
    for delimiter in (",", ";", "\t"):
        names = next(iter(csv.reader([first], delimiter=delimiter)), [])
        found[delimiter] = [name.strip().lower() for name in names]
        if set(needed) <= set(found[delimiter]):
            return found[delimiter], delimiter
    columns = max(found.values(), key=len)
    raise AnswersUnreadable(
        f"{source} has the columns {', '.join(columns)[:200] or '(none)'}; {advice}"
    )
