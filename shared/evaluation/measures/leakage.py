"""Whether a model recites: the longest run of words that an answer shares with the training text.

Real speech repeats itself too, and so the same measure is taken of the host's own held-out speech.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from shared.evaluation.measures.records import Score, absent, mean, share
from shared.words import Words, ngrams, placed_words, words

LEAKED_WORDS = (
    13  # real held-out speech shares spans of at most about ten words with earlier episodes
)
SEED_WORDS = 3
METRICS = ("longest_shared_span", "mean_shared_span", "leaked")


@dataclass(frozen=True, slots=True)
class Span:
    """Some of a text's characters, from `start` to before `end`, and how many words they hold."""

    start: int
    end: int
    n_words: int


def longest_shared_spans(texts: Sequence[str], corpus: Iterable[str]) -> list[int]:
    """For each text, the length in words of its longest span that also stands in one text of `corpus`.

    Spans below SEED_WORDS words count as zero. One pass over the corpus.
    """
    answers = [words(text) for text in texts]
    owners: dict[Words, list[int]] = defaultdict(list)
    for number, answer in enumerate(answers):
        for seed in set(ngrams(answer, SEED_WORDS)):
            owners[seed].append(number)
    longest = [SEED_WORDS - 1] * len(answers)
    longer = [
        set(ngrams(answer, SEED_WORDS)) for answer in answers
    ]  # the spans that would beat `longest`
    for source in map(words, corpus):
        for at, seed in enumerate(ngrams(source, SEED_WORDS)):
            for number in owners.get(seed, ()):
                while source[at : at + longest[number] + 1] in longer[number]:
                    longest[number] += 1
                    longer[number] = set(ngrams(answers[number], longest[number] + 1))
    return [size if size >= SEED_WORDS else 0 for size in longest]


def copied_spans(
    texts: Sequence[str], corpus: Iterable[str], least: int = LEAKED_WORDS
) -> list[list[Span]]:
    """Where each text says `least` or more words that stand together in one text of `corpus`, in order.

    Spans that meet or overlap are one. One pass over the corpus.
    """
    placed = [placed_words(text) for text in texts]
    places: dict[Words, list[tuple[int, int]]] = defaultdict(list)
    for number, said in enumerate(placed):
        for at, run in enumerate(ngrams(tuple(word for word, _, _ in said), least)):
            places[run].append((number, at))
    copied: list[set[int]] = [set() for _ in texts]
    for source in map(words, corpus if places else ()):
        for run in ngrams(source, least):
            for number, at in places.get(run, ()):
                copied[number].update(range(at, at + least))
    return [list(_joined(said, sorted(at))) for said, at in zip(placed, copied, strict=True)]


def _joined(said: Sequence[tuple[str, int, int]], copied: Sequence[int]) -> Iterator[Span]:
    """The spans of the words numbered `copied`, neighbours together."""
    for _, run in groupby(enumerate(copied), lambda place: place[1] - place[0]):
        numbers = [number for _, number in run]
        yield Span(said[numbers[0]][1], said[numbers[-1]][2], len(numbers))


def leakage(spans: Sequence[int]) -> list[Score]:
    """The longest and the mean shared span, and the share of texts that recite LEAKED_WORDS words or more."""
    if not spans:
        return absent(METRICS, "there is no training text to compare with")
    return [
        Score("longest_shared_span", max(spans), len(spans)),
        mean("mean_shared_span", spans),
        share("leaked", [span >= LEAKED_WORDS for span in spans]),
    ]
