"""What a report takes from the words of the show: every file of turns and pairs is read once, one at a time.

Of the turns nothing is kept but what answers are held against; of the pairs a line each, without their
words, and the held-out replies.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TypedDict

from shared.evaluation import measures
from shared.evaluation.measures import Wordings, Words
from shared.lake.rows import Int32
from shared.lake.tables import Lake, Typed
from shared.report.record import RunRecord
from shared.shows import Training

REPLIES_AN_EPISODE = 3  # more of one episode would say the same thing again
MAY_TRAIN = "may train"
HELD_OUT = "held out"


class TurnText(TypedDict):
    """What is read of a turn."""

    role: str
    text: str


class PairSize(TypedDict):
    """What is read of a pair where nobody answered anything."""

    pair_id: str
    episode_id: str
    prompt_tokens: Int32
    completion_tokens: Int32
    split: str
    must_have_patterns: list[Int32] | None


class PairText(PairSize):
    """What is read of a pair besides, to hold answers against it."""

    prompt: str
    completion: str


class PairFate(TypedDict):
    """What became of a pair, with the must-haves that it holds and the models that it trains."""

    pair_id: str
    episode_id: str
    prompt_tokens: int
    completion_tokens: int
    fate: str
    must_have: list[str]
    trains: list[str]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the show's words say of the run's answers and pairs.

    `wordings` are how the host goes on with each quote that a question begins, `said` those of the
    answers' quotations that somebody said, `held_out` the host's replies of episodes that train no model.
    """

    wordings: Wordings
    said: Set[Words]
    held_out: Sequence[str]
    pairs: Sequence[PairFate]


def read(lake: Lake, record: RunRecord, questions: Set[str], quotations: Sequence[Words]) -> Corpus:
    """Return what is needed of the show's words; what no question, answer or plan asks for is not read."""
    show = record.settings.show.name
    wordings, said = _heard(lake, show, questions, quotations)
    fates: dict[str, PairFate] = {}
    replies: dict[str, dict[str, str]] = defaultdict(dict)
    parsed = {row["episode_id"] for row in record.episodes if row["status"] == "parsed"}
    planned = parsed if record.plans else set[str]()
    if record.generations:
        for texts in _files(lake, "pairs", show, PairText):
            _add_fates(fates, texts, record, planned)
            _add_replies(replies, texts, record.settings.show.training)
            said |= measures.said_of(quotations, _words_of(texts))
    elif record.plans:
        for sizes in _files(lake, "pairs", show, PairSize):
            _add_fates(fates, sizes, record, planned)
    held_out = [
        own[pair_id]
        for _, own in sorted(replies.items())
        for pair_id in sorted(own)[:REPLIES_AN_EPISODE]
    ]
    return Corpus(wordings, said, held_out, list(fates.values()))


def _files(lake: Lake, table: str, show: str, kind: type[Typed]) -> Iterator[list[Typed]]:
    for key in lake.show_files(table, show):
        yield lake.read_as(kind, key)


def _heard(
    lake: Lake, show: str, questions: Set[str], quotations: Sequence[Words]
) -> tuple[dict[str, set[Words]], set[Words]]:
    """How the host goes on with quotes, and which quotations were said in a turn."""
    wordings: dict[str, set[Words]] = defaultdict(set)
    said: set[Words] = set()
    if quotations or any(map(measures.quote_beginning, questions)):
        for turns in _files(lake, "turns", show, TurnText):
            by_host = (turn["text"] for turn in turns if turn["role"] == "host")
            for question, found in measures.find_wordings(questions, by_host).items():
                wordings[question] |= found
            said |= measures.said_of(quotations, (turn["text"] for turn in turns))
    return dict(wordings), said


def _words_of(pairs: Iterable[PairText]) -> Iterator[str]:
    """What was said as it trains: what is taken out of a turn, such as a cue, interrupts no quotation."""
    for pair in pairs:
        yield pair["prompt"]
        yield pair["completion"]


def _add_fates(
    fates: dict[str, PairFate], pairs: Iterable[PairSize], record: RunRecord, episodes: Set[str]
) -> None:
    """Add what became of each pair of the episodes, each pair once; a pair's text may stand twice."""
    training = record.settings.show.training
    patterns = training.must_have
    for pair in pairs:
        name = pair["pair_id"]
        if pair["episode_id"] not in episodes or name in fates:
            continue
        numbers = pair["must_have_patterns"] or ()
        misfit = training.misfit(pair["prompt_tokens"], pair["completion_tokens"])
        fates[name] = {
            "pair_id": name,
            "episode_id": pair["episode_id"],
            "prompt_tokens": pair["prompt_tokens"],
            "completion_tokens": pair["completion_tokens"],
            "fate": misfit or (MAY_TRAIN if pair["split"] == "train" else HELD_OUT),
            "must_have": [patterns[at] for at in numbers if at < len(patterns)],
            "trains": [model for model, chosen in record.selected.items() if name in chosen],
        }


def _add_replies(
    replies: dict[str, dict[str, str]], pairs: Iterable[PairText], training: Training
) -> None:
    """Add the host's replies in held-out episodes that are as long as one that trains may be."""
    for pair in pairs:
        bounds = pair["prompt_tokens"], pair["completion_tokens"]
        if pair["split"] == "held_out" and training.takes(*bounds):
            replies[pair["episode_id"]][pair["pair_id"]] = pair["completion"]
