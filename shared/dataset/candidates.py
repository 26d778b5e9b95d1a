"""The usable pairs of a run in narrow columns, and what was counted while they were read."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from sys import intern
from typing import Any

from shared.dataset import files, selection
from shared.dataset.selection import Candidate
from shared.dataset.statistics import MEASURES, Tally
from shared.shows import Training

NARROW = ("pair_id", "episode_id", "turn", "split", "must_have_patterns", *MEASURES)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Usable pairs: those that may train, in the order of selection, and those that are held out.

    `everything` counts all pairs, `usable` those that may train; `must_have_found` are the places, in
    the profile's list, of the must-have patterns that any pair matches.
    """

    training: Sequence[Candidate]
    held_out: Sequence[Candidate]
    everything: Tally
    usable: Tally
    must_have_found: Set[int]


def candidates_of(rows: Iterable[Mapping[str, Any]], bounds: Training) -> Candidates:
    """Return the pairs within the show's bounds; `rows` are those of `pairs` with the columns NARROW."""
    everything, usable = Tally(), Tally()
    training: dict[str, Candidate] = {}
    held_out: list[Candidate] = []
    must_have_found: set[int] = set()
    precedents = files.Precedents(bounds.context_tokens)
    for row in rows:
        candidate = _candidate(row, precedents.before(row))
        everything.add(row)
        must_have_found.update(candidate.must_have_patterns)
        if not selection.usable(candidate, bounds):
            continue
        if row["split"] == "train":
            usable.add(row)
            training[candidate.pair_id] = candidate
        else:
            held_out.append(candidate)
    in_order = selection.ordered(training.values(), bounds)
    return Candidates(in_order, held_out, everything, usable, must_have_found)


def _candidate(row: Mapping[str, Any], context: Sequence[Mapping[str, Any]]) -> Candidate:
    return Candidate(
        pair_id=row["pair_id"],
        episode_id=intern(row["episode_id"]),  # one string for all pairs of an episode
        prompt_tokens=row["prompt_tokens"],
        completion_tokens=row["completion_tokens"],
        n_chars=sum(one["prompt_chars"] + one["completion_chars"] for one in (*context, row)),
        must_have_patterns=tuple(row["must_have_patterns"]),
        context_tokens=sum(map(files.n_tokens, context)),
        exchanges=1 + len(context),
    )
