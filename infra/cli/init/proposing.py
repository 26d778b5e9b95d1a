"""Who the host is and what they keep saying, by counting in a sample."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infra.cli.init.hosting import ranked
from infra.cli.init.sampling import Episode, NothingToBeginWith, Sample, spoken
from shared.transcripts import name_key
from shared.words import Words, ngrams, words

NAMED = 5  # of those who speak
PHRASES, PHRASE_WORDS = 6, (5, 4, 3)


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who speaks in the sample: in how many episodes, and how much."""

    name: str
    episodes: int
    words: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a profile may say; a person looks it over."""

    host: Voice
    others: tuple[Voice, ...]
    phrases: tuple[str, ...]
    doubt: str
    unread: tuple[Episode, ...]


def proposal(sample: Sample, host_name: str = "") -> Proposal:
    """Return who seems to be the host, or is as `host_name` says, and what they repeat.

    Raises NothingToBeginWith where nobody speaks, or nobody of that name.
    """
    voices = _voices(sample.episodes)
    if not voices:
        reasons = dict.fromkeys(_why(episode) for episode in sample.episodes)
        raise NothingToBeginWith(
            f"nobody's words were found in {len(sample.episodes)} episodes of {sample.place}: "
            + "; ".join(reasons)
        )
    host, others, doubt = _host_first(sample, voices, host_name)
    unread = tuple(one for one in sample.episodes if not (one.seen and one.seen.transcript))
    repeated = tuple(phrases(list(spoken(sample.episodes, host.name))))
    return Proposal(host, others, repeated, doubt, unread)


def _host_first(
    sample: Sample, voices: Sequence[Voice], host_name: str
) -> tuple[Voice, tuple[Voice, ...], str]:
    """Return the host, everybody else, and what is not sure about it."""
    likely = ranked(sample)
    wanted = name_key(host_name) if host_name else name_key(likely.names[0])
    host = next((one for one in voices if name_key(one.name) == wanted), None)
    if host is None:
        raise NothingToBeginWith(
            f"nobody called {host_name!r} speaks in the sample of {sample.place}; who does: "
            + ", ".join(one.name for one in voices[:NAMED])
        )
    others = tuple(one for one in voices if one is not host)
    return host, others, "" if host_name else likely.doubt


def _voices(episodes: Iterable[Episode]) -> list[Voice]:
    heard, said = Counter[str](), Counter[str]()
    for episode in episodes:
        for speaker in episode.seen.speakers if episode.seen else ():
            heard[speaker.name] += 1
            said[speaker.name] += speaker.words
    voices = [Voice(name, heard[name], said[name]) for name in heard]
    return sorted(voices, key=lambda one: (-one.episodes, -one.words, one.name))


def _why(episode: Episode) -> str:
    if episode.seen and episode.seen.refusal:
        return str(episode.seen.refusal)
    return episode.failure


def phrases(texts: Sequence[str]) -> list[str]:
    """Return what is said in at least three episodes and a third of them, longest first, filler left out."""
    spoken_words = [words(text) for text in texts]
    filler = _filler(Counter(word for said in spoken_words for word in said))
    least = max(3, -(-len(texts) // 3))
    found: list[Words] = []
    for size in PHRASE_WORDS:
        episodes: dict[Words, set[int]] = defaultdict(set)
        for at, said in enumerate(spoken_words):
            for run in set(ngrams(said, size)):
                episodes[run].add(at)
        often = [run for run, where in episodes.items() if len(where) >= least]
        often.sort(key=lambda run: (-len(episodes[run]), run))
        found += [run for run in often if _tells(run, filler) and not _within(run, found)]
    return [" ".join(run) for run in found[:PHRASES]]


def _filler(counts: Counter[str]) -> set[str]:
    """The commonest words, which together make half of all that is said, and those that are one in a hundred."""
    left, found = counts.total() / 2, set[str]()
    for word, count in counts.most_common():
        left -= count
        if left < 0 and 100 * count < counts.total():
            break
        found.add(word)
    return found


def _tells(run: Words, filler: set[str]) -> bool:
    return len(set(run) - filler) >= 2 and not any(re.fullmatch(r"\d+", word) for word in run)


def _within(run: Words, found: Iterable[Words]) -> bool:
    """Whether two of its words stand together in a phrase that is taken already."""
    taken = {pair for one in found for pair in ngrams(one, 2)}
    return any(pair in taken for pair in ngrams(run, 2))


def aliases(host: Voice, others: Iterable[Voice]) -> list[str]:
    """Return labels of others that are a part of the host's name: the same person, for short."""
    parts = set(words(host.name))
    return [one.name for one in others if set(words(one.name)) < parts]
