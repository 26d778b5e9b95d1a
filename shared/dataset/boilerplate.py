"""What a show says again and again: sponsor reads, openings, outros, found as shingles that recur in several episodes.

Whole sentences go, so that what stays can be talked. Sentences that the show is known for stay: its
quotes, what its questions quote, and what its `must_have` patterns ask for.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from zlib import crc32

import numpy as np

from shared.shingles import (
    SHINGLE_WORDS,
    Hashes,
    among,
    distinct,
    in_order,
    shingle_hashes,
    shingles_in,
)
from shared.shows import ShowProfile
from shared.words import Words, fold, words

EPISODES = 3
_SENTENCE = re.compile(r"[^.!?…]*(?:[.!?…]+[\"'”’)\]]*|$)\s*")
_QUOTED = re.compile(r'"([^"\n]{3,})"?')


def sentences(text: str) -> list[str]:
    """`text` in pieces that join to it, each with its closing marks and the space after them."""
    return [found[0] for found in _SENTENCE.finditer(text) if found[0]]


@dataclass(frozen=True, slots=True)
class Sifter:
    """Takes boilerplate out of texts: `recurring` are shingles in order, `protected` what stays anyway."""

    recurring: Hashes = field(default_factory=partial(in_order, ()))
    never: tuple[re.Pattern[str], ...] = ()
    protected: tuple[re.Pattern[str], ...] = ()
    phrases: tuple[str, ...] = field(default=())

    def sifted(self, texts: Sequence[str]) -> list[str]:
        """Return the texts without sentences that match `never` or of which half stands in recurring shingles."""
        recur = self._with_recurring_shingles(texts)
        return [
            self._sifted(text, at in recur) if self.never or at in recur else text
            for at, text in enumerate(texts)
        ]

    def _with_recurring_shingles(self, texts: Sequence[str]) -> Set[int]:
        if not len(self.recurring):
            return frozenset()
        hashes, of_text = shingles_in(texts)
        return set(of_text[among(hashes, self.recurring)].tolist())

    def _sifted(self, text: str, has_recurring_shingles: bool) -> str:
        said_here = sentences(text)
        recurs = self._recurs(said_here) if has_recurring_shingles else [False] * len(said_here)
        kept = [
            sentence
            for sentence, again in zip(said_here, recurs, strict=True)
            if not again and not any(pattern.search(sentence) for pattern in self.never)
        ]
        return text if len(kept) == len(said_here) else "".join(kept).strip()

    def _recurs(self, said_here: Sequence[str]) -> Iterator[bool]:
        """Of each sentence whether it goes for what recurs in it."""
        spoken = [words(sentence) for sentence in said_here]
        marked = self._marked(said_here, sum(map(len, spoken)))
        at = 0
        for sentence, said in zip(said_here, spoken, strict=True):
            hits = sum(marked[at : at + len(said)])
            at += len(said)
            yield bool(said) and 2 * hits >= len(said) and not self._is_known_for(sentence, said)

    def _marked(self, said_here: Sequence[str], n_words: int) -> list[bool]:
        """Of each word whether it stands in a recurring shingle."""
        marked = [False] * n_words
        for at in np.flatnonzero(among(shingle_hashes(said_here), self.recurring)).tolist():
            marked[at : at + SHINGLE_WORDS] = [True] * SHINGLE_WORDS
        return marked

    def _is_known_for(self, sentence: str, said: Words) -> bool:
        spoken = f" {' '.join(said)} "
        return any(phrase in spoken for phrase in self.phrases) or any(
            pattern.search(sentence) for pattern in self.protected
        )


def never_said(show: ShowProfile, texts: Iterable[str]) -> list[str]:
    """Return which of the profile's `never` patterns are found in no text; stops reading once all are."""
    left = {pattern: re.compile(pattern, re.IGNORECASE) for pattern in show.never}
    for text in texts if left else ():
        left = {one: pattern for one, pattern in left.items() if not pattern.search(text)}
        if not left:
            break
    return list(left)


def sifter(show: ShowProfile, recurring: Iterable[int]) -> Sifter:
    """Return the show's sifter."""
    return Sifter(
        in_order(recurring),
        tuple(re.compile(pattern, re.IGNORECASE) for pattern in show.never),
        tuple(re.compile(pattern, re.IGNORECASE) for pattern in show.training.must_have),
        tuple(sorted({f" {' '.join(said)} " for said in _known_phrases(show)})),
    )


def _known_phrases(show: ShowProfile) -> Iterator[Words]:
    for question in show.questions:
        for quoted in _QUOTED.findall(fold(question)):
            yield words(quoted)
    for quote in show.quotes:
        yield words(quote)[:SHINGLE_WORDS]


def recurring_shingles(episodes: Iterable[Sequence[str]]) -> list[int]:
    """Hashes of the shingles of SHINGLE_WORDS words that stand in EPISODES episodes or more, sorted.

    Episode by episode; what is remembered is a number for each shingle.
    """
    shingles = [np.empty(0, np.uint64), *(distinct(shingles_in(texts)[0]) for texts in episodes)]
    ordered = np.sort(np.concatenate(shingles))
    often = ordered[EPISODES - 1 :] == ordered[: 1 - EPISODES]
    return [int(value) for value in distinct(ordered[EPISODES - 1 :][often])]


def name_of(recurring: Collection[int]) -> int:
    """Changes when the shingles do."""
    return crc32(repr(sorted(recurring)).encode())
