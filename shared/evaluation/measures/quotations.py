"""Whether a model puts words into people's mouths: quotations at length of what nobody said on the show."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import Any

from shared.evaluation.measures.records import Answer, Score, absent, share
from shared.words import Words, fold, in_a_row, ngrams, words

QUOTED_WORDS = 6  # fewer are a title, a saying, a word that is talked about
METRICS = ("unsaid_quotes",)

_QUOTATION = re.compile(
    r'(?<![\w"])"([^"\n]+)"'
    # A single quote within a word is an apostrophe and ends nothing.
    r"|(?<![\w'])'((?:[^'\n]|(?<=\w)'(?=\w))+)'(?!\w)"
)
_LEFT_OUT = re.compile(r"\.\.\.|\[[^\]]*\]")


def quotations(answer: Answer) -> list[Words]:
    """What the answer quotes, at QUOTED_WORDS words or more; what is left out by an ellipsis divides.

    What the question quoted is not the answer's own quotation.
    """
    quoted = ("".join(found) for found in _QUOTATION.findall(fold(answer.text)))
    parts = map(words, chain.from_iterable(map(_LEFT_OUT.split, quoted)))
    asked = in_a_row(words(answer.question))
    return [part for part in parts if len(part) >= QUOTED_WORDS and in_a_row(part) not in asked]


def everything_said(
    rows_of: Callable[[str, Sequence[str]], Iterable[Mapping[str, Any]]],
) -> Iterator[str]:
    """What was said on a show, as it was said and as it trains; `rows_of` reads columns of a table.

    What is taken out of a turn for training, such as a cue, interrupts no quotation.
    """
    for table, columns in (("turns", ("text",)), ("pairs", ("prompt", "completion"))):
        for row in rows_of(table, columns):
            yield from (row[column] or "" for column in columns)


def said_of(quoted: Iterable[Words], spoken: Iterable[str]) -> set[Words]:
    """Those quotations that stand word for word in one text of `spoken`, which is read once."""
    waiting: dict[Words, set[Words]] = defaultdict(set)
    for quotation in quoted:
        waiting[quotation[:QUOTED_WORDS]].add(quotation)
    said: set[Words] = set()
    for text in map(words, spoken if waiting else ()):
        begun = waiting.keys() & set(ngrams(text, QUOTED_WORDS))
        whole = in_a_row(text) if begun else ""
        said.update(one for begin in begun for one in waiting[begin] if in_a_row(one) in whole)
    return said


def unsaid_quotes(answers: Iterable[Answer], said: Set[Words]) -> list[Score]:
    """Return, of the answers that quote somebody at length, those with a quotation that is not among `said`."""
    return unsaid(map(quotations, answers), said)


def unsaid(quoted: Iterable[Sequence[Words]], said: Set[Words]) -> list[Score]:
    """Return the same where the quotations of each answer are known."""
    quoting = [own for own in quoted if own]
    if not quoting:
        return absent(METRICS, f"no answer quotes {QUOTED_WORDS} words or more")
    return [share(METRICS[0], [not said >= set(own) for own in quoting])]
