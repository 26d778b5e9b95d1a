"""Choosing whose bags are kept: of the host and of others, from episodes that may train and from held-out ones."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from operator import attrgetter
from typing import Any

from shared.dataset.pair_files import PairFiles
from shared.dataset.selection import in_turns
from shared.dataset.speech.bags import BAG_WORDS, Bag, Speech, in_bags
from shared.lake import keys
from shared.lake.tables import Lake
from shared.run import RunSettings
from shared.shows import ShowProfile
from shared.transcripts import clean_text
from shared.words import fold

TRAINING_BAGS, HELD_OUT_BAGS = 150, 24
"""At most so many of the host, and as many of others."""
EPISODES = 100
"""So many episodes that may train are read at most, so that a large show fits one function."""
MOST_OF_AN_EPISODE = 3
HOST = ""
Row = Mapping[str, Any]
Voice = tuple[str, str]


def speech(lake: Lake, settings: RunSettings, corpus: PairFiles, episodes: Set[str]) -> Speech:
    """The bags of this run, cleaned and sifted as pairs are; the same lake, profile and seed give the same.

    Turns are as long as an answer may be. Nobody without a name is kept, because nobody knows who
    that is. Where somebody shares the host's side of the table (the role `other`), half the bags
    of others are theirs: they are what a host is most easily taken for.
    """
    show, seed = settings.show, settings.show.evaluation.seed
    chosen = _chosen(corpus, episodes, seed)
    training: list[Bag] = []
    held_out: list[Bag] = []
    beside: set[str] = set()
    for bag, role in _bags(lake, show, corpus, chosen):
        (training if corpus.split_of[bag.episode_id] == "train" else held_out).append(bag)
        if role == "other":
            beside.add(bag.speaker)
    known = {bag.speaker for bag in training} - {HOST}
    unknown = [bag for bag in held_out if bag.speaker not in known]
    return Speech(
        show.name,
        seed,
        host=_of_host(training, seed, TRAINING_BAGS),
        others=_of_others(training, beside, seed, TRAINING_BAGS),
        held_out_host=_of_host(held_out, seed, HELD_OUT_BAGS),
        held_out_others=_of_others(unknown, beside, seed, HELD_OUT_BAGS),
    )


def _chosen(corpus: PairFiles, episodes: Set[str], seed: int) -> set[str]:
    """All held-out episodes, which are few, and some of those that may train."""
    split = {one: corpus.split_of[one] for one in sorted(episodes) if one in corpus.split_of}
    training = [one for one, split_of in split.items() if split_of == "train"]
    random.Random(seed).shuffle(training)  # noqa: S311 - repeatable, not secret
    return {one for one in split if split[one] == "held_out"} | set(training[:EPISODES])


def _bags(
    lake: Lake, show: ShowProfile, corpus: PairFiles, chosen: Set[str]
) -> Iterator[tuple[Bag, str]]:
    """Every voice's bags of every chosen episode, each with the voice's role."""
    columns = ("episode_id", "turn", "speaker", "role", "text", "n_tokens")
    for shard in corpus.episodes.shards(chosen):
        rows = lake.read_file(keys.shard_file("turns", shard), columns)
        rows.sort(key=lambda row: (row["episode_id"], row["turn"]))
        for (episode_id, speaker), (role, texts) in _by_voice(rows, show, chosen).items():
            said = _enough(texts, corpus)
            for text in in_bags(said)[:MOST_OF_AN_EPISODE]:
                yield Bag(episode_id, speaker, text), role


def _by_voice(
    rows: Iterable[Row], show: ShowProfile, chosen: Set[str]
) -> dict[Voice, tuple[str, list[str]]]:
    bounds = show.training
    found: dict[Voice, tuple[str, list[str]]] = {}
    for row in rows:
        speaker = HOST if row["role"] == "host" else fold(row["speaker"] or "")
        is_known = speaker or row["role"] == "host"
        at_length = bounds.min_completion_tokens <= row["n_tokens"] <= bounds.max_pair_tokens
        if row["episode_id"] in chosen and is_known and at_length:
            found.setdefault((row["episode_id"], speaker), (row["role"], []))[1].append(row["text"])
    return found


def _enough(texts: Iterable[str], corpus: PairFiles) -> list[str]:
    """The first texts, cleaned and sifted, that fill as many bags as are kept of an episode."""
    said: list[str] = []
    missing = BAG_WORDS * MOST_OF_AN_EPISODE
    for text in texts:
        if missing <= 0:
            break
        said += corpus.sieve.sifted([clean_text(text).text])
        missing -= len(said[-1].split())
    return said


def _of_host(bags: Iterable[Bag], seed: int, most: int) -> tuple[Bag, ...]:
    return tuple(_drawn([bag for bag in bags if bag.speaker == HOST], seed, most, "episode_id"))


def _of_others(bags: Iterable[Bag], beside: Set[str], seed: int, most: int) -> tuple[Bag, ...]:
    """One bag of each person before a second of any."""
    theirs = [bag for bag in bags if bag.speaker != HOST]
    near = _drawn([bag for bag in theirs if bag.speaker in beside], seed, most // 2, "speaker")
    far = [bag for bag in theirs if bag.speaker not in beside]
    return (*near, *_drawn(far, seed, most - len(near), "speaker"))


def _drawn(bags: Sequence[Bag], seed: int, most: int, by: str) -> list[Bag]:
    ordered = sorted(bags, key=lambda bag: (bag.episode_id, bag.speaker, bag.text))
    return [bag for _, bag in in_turns(ordered, attrgetter(by), seed)][:most]
