"""How a model breaks down: loops, poor variety, answers that never end."""

import zlib
from collections.abc import Sequence

from shared.evaluation.measures.records import Answer, Score, absent, mean, share
from shared.words import Words, ngrams, words

LONG_ANSWER_WORDS = 40  # shorter answers repeat too little for n-gram shares to mean anything
METRICS = ("repeated_4grams", "distinct_2", "compression_ratio")


def degeneration(answers: Sequence[Answer]) -> list[Score]:
    """Repetition, variety and compressibility of the longer answers, and how many were cut off."""
    long = [answer for answer in answers if len(words(answer.text)) >= LONG_ANSWER_WORDS]
    if not long:
        return absent(METRICS, f"no answer has {LONG_ANSWER_WORDS} words or more")
    said = [words(answer.text) for answer in long]
    cut_off = [answer.cut_off for answer in long if answer.cut_off is not None]
    return [
        mean("repeated_4grams", [1 - _distinct_share(one, 4) for one in said], most=1.0),
        mean("distinct_2", [_distinct_share(one, 2) for one in said], most=1.0),
        mean("compression_ratio", [_compression_ratio(answer.text) for answer in long]),
        *([share("cut_off", cut_off)] if cut_off else []),
    ]


def _distinct_share(said: Words, size: int) -> float:
    found = ngrams(said, size)
    return len(set(found)) / len(found)


def _compression_ratio(text: str) -> float:
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw, 9))
