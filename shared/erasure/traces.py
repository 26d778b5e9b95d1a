"""Where words of an episode stand: by what only it says, whatever the file is."""

import gzip
import html
import io
import json
import re
from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from shared.lake.tables import Row
from shared.words import Words, ngrams, words

RUN = 8
"""So many words in a row that no other episode has are the episode's own."""
MOST_BYTES = 200_000_000
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The runs of words that one or more episodes have to themselves, and the names of their pairs.

    A pair's name marks what is about the pair, whose words may be too few for a run.
    """

    runs: frozenset[Words]
    pairs: frozenset[str] = frozenset()

    def marks(self, text: str) -> bool:
        """Return whether a text is such a name or holds any of the runs."""
        return text in self.pairs or any(run in self.runs for run in ngrams(words(text), RUN))

    def marks_row(self, row: Row) -> bool:
        """Return whether any text of a row does."""
        return any(self.marks(value) for value in row.values() if isinstance(value, str))

    def marks_file(self, name: str, body: bytes) -> bool:
        """Return whether a file does: Parquet by its rows, everything else as the text that it shows."""
        return any(self.marks(text) for text in _texts(name, body))


def fingerprint(
    texts: Iterable[str], other_texts: Iterable[str], pairs: Iterable[str] = ()
) -> Fingerprint:
    """Return the fingerprint of `texts`: runs of words that none of `other_texts` has."""
    runs = {run for text in texts for run in ngrams(words(text), RUN)}
    for text in other_texts:
        runs.difference_update(_known(text, runs))
    return Fingerprint(frozenset(runs), frozenset(pairs))


def _known(text: str, runs: Set[Words]) -> list[Words]:
    return [run for run in ngrams(words(text), RUN) if run in runs]


def _texts(name: str, body: bytes) -> Iterator[str]:
    if name.endswith(".gz"):
        with gzip.open(io.BytesIO(body)) as packed:
            body, name = packed.read(MOST_BYTES), name.removesuffix(".gz")
    if name.endswith(".parquet"):
        for row in pq.read_table(io.BytesIO(body), partitioning=None).to_pylist():
            yield from (value for value in row.values() if isinstance(value, str))
        return
    text = body.decode("utf-8", errors="replace")
    if name.endswith((".json", ".jsonl")):
        yield from _strings(text)
    yield text
    yield html.unescape(_TAG.sub("", text))  # a word may be marked in the middle of a sentence


def _strings(text: str) -> Iterator[str]:
    """Yield every string in a JSON document or in JSON lines; nothing if it is neither."""
    values = [_parsed(text) or list(map(_parsed, text.splitlines()))]
    while values:
        value = values.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            values.extend(value.values())
        elif isinstance(value, list):
            values.extend(value)


def _parsed(text: str) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(text)
    return None
