"""Whether answers are whole: how long they are, which say nothing, go in circles, or end at the length limit."""

import zlib
from collections import Counter
from collections.abc import Sequence

from shared.evaluation.measures.records import Answer, Score, absent, mean, share
from shared.words import Words, ngrams, words

LONG_ANSWER_WORDS = 40  # shorter answers repeat too little for n-gram shares to mean anything
METRICS = ("repeated_4grams", "distinct_2", "compression_ratio")
EMPTY, CUT_OFF, LOOPING = "empty", "cut_off", "looping"
SHORTEST_LOOP = 20  # words
PASSAGE = 100  # words
LOOPED_SHARE = 0.4
"""An answer goes in circles when so many of a passage's words stand in runs that recur in it.

Of 4,091 turns of real speech of 30 words or more 3 in 1,000 do.
"""


def size(answers: Sequence[Answer]) -> list[Score]:
    """Answers with words in them, words an answer, and the share that is empty."""
    if not answers:
        return absent(("answers",), "there are no answers")
    said = [len(words(answer.text)) for answer in answers]
    spoken = [n for n in said if n]
    return [
        Score("answers", len(spoken), len(answers)),
        share(EMPTY, [not n for n in said]),
        *(
            [mean("mean_words", spoken)]
            if spoken
            else absent(("mean_words",), "every answer is empty")
        ),
    ]


def degeneration(answers: Sequence[Answer]) -> list[Score]:
    """How many answers go in circles or were cut off; repetition, variety and compressibility of the longer ones."""
    said = [words(answer.text) for answer in answers]
    cut_off = [answer.cut_off for answer in answers if answer.cut_off is not None]
    return [
        share(LOOPING, [goes_in_circles(one) for one in said]),
        *([share(CUT_OFF, cut_off)] if cut_off else []),
        *_repetition(
            [answer for answer in answers if len(words(answer.text)) >= LONG_ANSWER_WORDS]
        ),
    ]


def goes_in_circles(said: Words) -> bool:
    """Return whether a passage repeats its runs of three words, or the whole its runs of eight."""
    if len(said) < SHORTEST_LOOP:
        return False
    passages = [
        said[at : at + PASSAGE] for at in range(0, max(1, len(said) - PASSAGE // 2), PASSAGE // 2)
    ]
    return (
        max(_recurring_share(one, 3) for one in passages) >= LOOPED_SHARE
        or _recurring_share(said, 8) >= LOOPED_SHARE
    )


def _recurring_share(said: Words, size: int) -> float:
    """The share of words that stand in a run that is there more than once."""
    runs = ngrams(said, size)
    often = Counter(runs)
    recurring = {at + n for at, run in enumerate(runs) if often[run] > 1 for n in range(size)}
    return len(recurring) / len(said)


def _repetition(long: Sequence[Answer]) -> list[Score]:
    if not long:
        return absent(METRICS, f"no answer has {LONG_ANSWER_WORDS} words or more")
    said = [words(answer.text) for answer in long]
    return [
        mean("repeated_4grams", [1 - _distinct_share(one, 4) for one in said], most=1.0),
        mean("distinct_2", [_distinct_share(one, 2) for one in said], most=1.0),
        mean("compression_ratio", [_compression_ratio(answer.text) for answer in long]),
    ]


def _distinct_share(said: Words, size: int) -> float:
    found = ngrams(said, size)
    return len(set(found)) / len(found)


def _compression_ratio(text: str) -> float:
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw, 9))
