"""Whether a model recites: the longest run of words that an answer shares with its training text, and all it copies.

Copied words stand in runs of COPIED_RUN words, or in pieces that follow each other as in one training text
with a word or two changed between them. Real speech repeats itself too, and so the same measures are taken of
the host's own held-out speech.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from shared.evaluation.measures.records import Score, absent, mean, share
from shared.words import Words, ngrams, placed_words, words

LEAKED_WORDS = (
    13  # real held-out speech shares spans of at most about ten words with earlier episodes
)
SEED_WORDS = 3
METRICS = ("longest_shared_span", "mean_shared_span", "leaked")
COPIED_RUN = 6
CHANGED_WORDS = 2
"""So many words may be changed, added or left out between two pieces that are aligned."""
ALIGNED_WORDS = 10
"""Pieces that are aligned count as copied when they have so many words together."""
RECITED_SHARE = 0.25
"""An answer recites when so much of it is copied, LEAKED_WORDS words at least: of real held-out replies 1 in 400."""
COPIED, RECITES = "copied_words", "recites"


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


@dataclass(frozen=True, slots=True)
class Copied:
    """How many of an answer's `n_words` words are copied from the training text."""

    n_words: int
    n_copied: int

    @property
    def share(self) -> float:
        """Copied words as a share of all."""
        return self.n_copied / self.n_words if self.n_words else 0.0

    @property
    def recites(self) -> bool:
        """Whether the answer is to be called a recital."""
        return self.share >= RECITED_SHARE and self.n_copied >= LEAKED_WORDS


def copied_words(texts: Sequence[str], corpus: Iterable[str]) -> list[Copied]:
    """Return how many of each text's words are copied from a text of `corpus`. One pass over the corpus."""
    answers = [words(text) for text in texts]
    copied = _copied_places(answers, corpus)
    return [Copied(len(answer), len(own)) for answer, own in zip(answers, copied, strict=True)]


def without_copied(texts: Sequence[str], corpus: Iterable[str]) -> list[str]:
    """Return the texts without the words that are copied from a text of `corpus`."""
    placed = [placed_words(text) for text in texts]
    copied = _copied_places([tuple(word for word, _, _ in said) for said in placed], corpus)
    return [
        _without(text, [*_joined(said, sorted(own))])
        for text, said, own in zip(texts, placed, copied, strict=True)
    ]


def _without(text: str, spans: Sequence[Span]) -> str:
    """The text between the spans."""
    ends = [0, *(span.end for span in spans)]
    starts = [*(span.start for span in spans), len(text)]
    return " ".join(
        text[end:start].strip() for end, start in zip(ends, starts, strict=True)
    ).strip()


def _copied_places(answers: Sequence[Words], corpus: Iterable[str]) -> list[set[int]]:
    """The numbers of each answer's words that are copied."""
    places: dict[Words, list[tuple[int, int]]] = defaultdict(list)
    for number, answer in enumerate(answers):
        for at, seed in enumerate(ngrams(answer, SEED_WORDS)):
            places[seed].append((number, at))
    copied: list[set[int]] = [set() for _ in answers]
    for source in map(words, corpus):
        met: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for there, seed in enumerate(ngrams(source, SEED_WORDS)):
            for number, here in places.get(seed, ()):
                met[number].append((here, there))
        for number, seeds in met.items():
            copied[number] |= _copied_of(sorted(_pieces(seeds)))
    return copied


class _Piece(NamedTuple):
    """Words that two texts share in a row: where they begin in each, and how many they are."""

    here: int
    there: int
    size: int


def _pieces(seeds: Iterable[tuple[int, int]]) -> Iterator[_Piece]:
    """The longest runs that seeds make together."""
    by_shift: dict[int, list[int]] = defaultdict(list)
    for here, there in seeds:
        by_shift[there - here].append(here)
    for shift, found in by_shift.items():
        for _, run in groupby(enumerate(sorted(found)), lambda place: place[1] - place[0]):
            begins = [here for _, here in run]
            yield _Piece(begins[0], begins[0] + shift, len(begins) + SEED_WORDS - 1)


def _copied_of(pieces: Sequence[_Piece]) -> set[int]:
    """The words of a text that are copied from another, by the pieces that they share, in order."""
    copied: set[int] = set()
    chains: list[
        tuple[int, int | None]
    ] = []  # words aligned up to each piece, and the piece before
    for at, piece in enumerate(pieces):
        best: tuple[int, int | None] = (piece.size, None)
        for before in range(at - 1, -1, -1):
            gained = _gained(pieces[before], piece)
            if gained and chains[before][0] + gained > best[0]:
                best = chains[before][0] + gained, before
        chains.append(best)
        link: int | None = at if best[0] >= ALIGNED_WORDS or piece.size >= COPIED_RUN else None
        while link is not None:
            copied.update(range(pieces[link].here, pieces[link].here + pieces[link].size))
            link = chains[link][1] if best[0] >= ALIGNED_WORDS else None
    return copied


def _gained(before: _Piece, piece: _Piece) -> int:
    """How many words a piece adds to the one before it; none where it does not follow it closely in both texts."""
    here = piece.here - before.here - before.size
    there = piece.there - before.there - before.size
    if max(here, there) > CHANGED_WORDS or piece.there <= before.there:
        return 0
    return max(0, piece.size + min(here, there, 0))


def recital(copied: Sequence[Copied]) -> list[Score]:
    """Return the mean share of copied words in the answers, and the share of answers that recite."""
    if not copied:
        return absent((COPIED, RECITES), "there are no answers to compare with the training text")
    return [
        mean(COPIED, [one.share for one in copied], most=1.0),
        share(RECITES, [one.recites for one in copied]),
    ]


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
