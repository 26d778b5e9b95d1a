"""What a show says again and again: sponsor reads, openings, outros, found as spans that recur in several episodes.

Whole sentences go, so that what stays can be talked. Sentences that the show is known for stay: its
quotes, what its questions quote, and what its `must_have` patterns ask for.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from zlib import crc32

from shared.shows import ShowProfile
from shared.words import Words, fold, words

SPAN_WORDS = 8
EPISODES = 3
_BASE, _MASK = 1_000_003, 0xFFFFFFFFFFFFFFF
_LEAVING = _BASE**SPAN_WORDS & _MASK
_SENTENCE = re.compile(r"[^.!?…]*(?:[.!?…]+[\"'”’)\]]*|$)\s*")
_QUOTED = re.compile(r'"([^"\n]{3,})"?')


def sentences(text: str) -> list[str]:
    """`text` in pieces that join to it, each with its closing marks and the space after them."""
    return [found[0] for found in _SENTENCE.finditer(text) if found[0]]


@dataclass(frozen=True, slots=True)
class Sifter:
    """Takes boilerplate out of texts: `recurring` are hashes of spans, `protected` what stays anyway."""

    recurring: frozenset[int] = frozenset()
    never: tuple[re.Pattern[str], ...] = ()
    protected: tuple[re.Pattern[str], ...] = ()
    phrases: tuple[str, ...] = field(default=())

    def sifted(self, text: str) -> str:
        """The text without the sentences of which half the words stand in recurring spans, or that match `never`."""
        said_here = sentences(text)
        spoken = [words(sentence) for sentence in said_here]
        marked = self._marked([word for said in spoken for word in said])
        kept, at = [], 0
        for sentence, said in zip(said_here, spoken, strict=True):
            hits = sum(marked[at : at + len(said)])
            at += len(said)
            if not self._unwanted(sentence, said, hits):
                kept.append(sentence)
        return text if len(kept) == len(said_here) else "".join(kept).strip()

    def _marked(self, said: list[str]) -> list[bool]:
        marked = [False] * len(said)
        if self.recurring:
            for at, value in enumerate(span_hashes(tuple(said))):
                if value in self.recurring:
                    marked[at : at + SPAN_WORDS] = [True] * SPAN_WORDS
        return marked

    def _unwanted(self, sentence: str, said: Words, hits: int) -> bool:
        if any(pattern.search(sentence) for pattern in self.never):
            return True
        return bool(said) and 2 * hits >= len(said) and not self._is_known_for(sentence, said)

    def _is_known_for(self, sentence: str, said: Words) -> bool:
        spoken = f" {' '.join(said)} "
        return any(phrase in spoken for phrase in self.phrases) or any(
            pattern.search(sentence) for pattern in self.protected
        )


def never_said(show: ShowProfile, texts: Iterable[str]) -> list[str]:
    """Which of the profile's `never` patterns are found in no text; stops reading once all are."""
    left = {pattern: re.compile(pattern, re.IGNORECASE) for pattern in show.never}
    for text in texts if left else ():
        left = {one: pattern for one, pattern in left.items() if not pattern.search(text)}
        if not left:
            break
    return list(left)


def sifter(show: ShowProfile, recurring: Iterable[int]) -> Sifter:
    """The show's sifter."""
    return Sifter(
        frozenset(recurring),
        tuple(re.compile(pattern, re.IGNORECASE) for pattern in show.never),
        tuple(re.compile(pattern, re.IGNORECASE) for pattern in show.training.must_have),
        tuple(sorted({f" {' '.join(said)} " for said in _known_phrases(show)})),
    )


def _known_phrases(show: ShowProfile) -> Iterator[Words]:
    for question in show.questions:
        for quoted in _QUOTED.findall(fold(question)):
            yield words(quoted)
    for quote in show.quotes:
        yield words(quote)[:SPAN_WORDS]


def recurring_spans(episodes: Iterable[Iterable[str]]) -> list[int]:
    """Hashes of the spans of SPAN_WORDS words that stand in EPISODES episodes or more, sorted.

    Episode by episode; what is remembered is a number for each span.
    """
    once: set[int] = set()
    twice: set[int] = set()
    often: set[int] = set()
    for texts in episodes:
        here = {value for text in texts for value in span_hashes(words(text))}
        often |= here & twice
        twice |= here & once
        once |= here
    return sorted(often)


def span_hashes(said: Words) -> Iterator[int]:
    """A number for each run of SPAN_WORDS words, the same on every machine."""
    values = [crc32(word.encode()) for word in said]
    value = 0
    for word in values[: SPAN_WORDS - 1]:
        value = (value * _BASE + word) & _MASK
    # Rolling: the word that comes is added, the one that leaves is taken out.
    for word, gone in zip(values[SPAN_WORDS - 1 :], [0, *values], strict=False):
        value = (value * _BASE + word - gone * _LEAVING) & _MASK
        yield value


def name_of(recurring: Collection[int]) -> int:
    """Changes when the spans do."""
    return crc32(repr(sorted(recurring)).encode())
