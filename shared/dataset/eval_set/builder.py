"""Choosing what an evaluation asks and shows: exchanges from training episodes, items from held-out ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from shared.dataset.episodes import Episodes
from shared.dataset.eval_set.impostors import impostors
from shared.dataset.eval_set.persona import card
from shared.dataset.eval_set.probes import Appearance, probes, who_talked
from shared.dataset.eval_set.topics import pairs_on_topic
from shared.dataset.evaluation_set import EvaluationSet, Exchange, HeldOut
from shared.dataset.pair_files import PairFiles
from shared.dataset.selection import Candidate, in_turns
from shared.lake import keys
from shared.lake.tables import Lake
from shared.run import RunSettings
from shared.shows import ShowProfile
from shared.transcripts import clean_text

EXCHANGES = 4
"""Real exchanges that the prompted base is shown, at most, each from an episode of its own."""
EXCHANGE_TOKENS = 400
"""The longest of them, in tokens of the corpus, so that a prompt stays within any model's window."""
EXCERPTS = 8
"""Other words of the host that judges are shown; what the prompted base repeats is not among them."""
MOST_OF_AN_EPISODE = 3


def build_eval_set(
    lake: Lake,
    settings: RunSettings,
    corpus: PairFiles,
    training: Sequence[Candidate],
    held_out: Sequence[Candidate],
) -> EvaluationSet:
    """Return the set of this run; the same candidates, profile and seed give the same. Raises PairsReplaced."""
    show = settings.show
    shown, asked = exchanges(training, show), items(held_out, show)
    heard = excerpts(training, shown, show)
    texts = {row["pair_id"]: row for row in _texts(corpus, [*shown, *heard, *asked])}
    said = [texts[one.pair_id] for one in asked]
    others = _others(lake, show, corpus.episodes, {one.episode_id for one in asked})
    episodes = {row["episode_id"]: row for row in corpus.episodes.rows()}
    spoken = (f"{row['prompt'] or ''} {row['completion']}" for row in _texts(corpus, training))
    may_train = _oldest_first(episodes, {one.episode_id for one in training})
    came = [
        Appearance(row["published"].year, row["title"] or "", tuple(row["guests"] or ()))
        for row in may_train
    ]
    return EvaluationSet(
        card=_card(show, may_train),
        exchanges=tuple(Exchange(**texts[one.pair_id]) for one in shown),
        held_out=tuple(
            HeldOut(
                row["pair_id"],
                row["episode_id"],
                row["prompt"],
                row["completion"],
                impostor,
                tuple(episodes[row["episode_id"]]["guests"] or ()),
            )
            for row, impostor in zip(said, impostors(said, others), strict=True)
        ),
        excerpts=tuple(texts[one.pair_id]["completion"] for one in heard),
        on_topic=pairs_on_topic(show, spoken),
        probes=probes(show, came),
        expected=who_talked(show, came),
    )


def exchanges(training: Iterable[Candidate], show: ShowProfile) -> list[Candidate]:
    """Return which exchanges the prompted base is shown: drawn with the show's seed, short enough."""
    short = (one for one in training if one.n_tokens <= EXCHANGE_TOKENS)
    return _drawn(short, show.evaluation.seed, EXCHANGES, of_an_episode=1)


def excerpts(
    training: Iterable[Candidate], shown: Iterable[Candidate], show: ShowProfile
) -> list[Candidate]:
    """Return the pairs whose completions judges are shown, drawn like the exchanges in `shown` and none of those."""
    taken = {one.pair_id for one in shown}
    others = (
        one for one in training if one.n_tokens <= EXCHANGE_TOKENS and one.pair_id not in taken
    )
    return _drawn(others, show.evaluation.seed, EXCERPTS, of_an_episode=MOST_OF_AN_EPISODE)


def items(held_out: Iterable[Candidate], show: ShowProfile) -> list[Candidate]:
    """Return which held-out pairs are asked: drawn with the show's seed, from as many episodes as there are."""
    wanted, seed = show.evaluation.held_out_items, show.evaluation.seed
    return _drawn(held_out, seed, wanted, of_an_episode=MOST_OF_AN_EPISODE)


def _drawn(
    candidates: Iterable[Candidate], seed: int, wanted: int, of_an_episode: int
) -> list[Candidate]:
    """One of each episode before a second of any, whatever the order given."""
    by_name = {one.pair_id: one for one in candidates}
    ordered = [by_name[name] for name in sorted(by_name)]
    turns = in_turns(ordered, attrgetter("episode_id"), seed)
    return [one for turn, one in turns if turn < of_an_episode][:wanted]


def _texts(corpus: PairFiles, chosen: Sequence[Candidate]) -> Iterator[dict[str, Any]]:
    wanted = {one.pair_id for one in chosen}
    columns = ("pair_id", "episode_id", "prompt", "completion")
    for row in corpus.rows(columns, {one.episode_id for one in chosen}):
        if row["pair_id"] in wanted:
            yield row


def _others(
    lake: Lake, show: ShowProfile, known: Episodes, episodes: set[str]
) -> Iterator[dict[str, str]]:
    """Yield turns of people other than the host in `episodes`, as long as an answer may be."""
    bounds, columns = show.training, ("episode_id", "speaker", "role", "text", "n_tokens")
    for shard in known.shards(episodes):
        for row in lake.read_file(keys.shard_file("turns", shard), columns):
            long_enough = bounds.min_completion_tokens <= row["n_tokens"] <= bounds.max_pair_tokens
            if row["episode_id"] in episodes and row["role"] != "host" and long_enough:
                text = clean_text(row["text"]).text
                yield {"speaker": row["speaker"] or "", "role": row["role"], "text": text}


def _oldest_first(known: Mapping[str, dict[str, Any]], episodes: set[str]) -> list[dict[str, Any]]:
    rows = [row for row in known.values() if row["episode_id"] in episodes]
    return sorted(rows, key=lambda row: (row["published"], row["episode_id"]))


def _card(show: ShowProfile, rows: Sequence[Mapping[str, Any]]) -> str:
    guests = [guest for row in rows for guest in row["guests"] or ()]
    return card(show, [row["title"] or "" for row in rows], guests)
