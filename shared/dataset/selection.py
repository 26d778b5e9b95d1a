"""Which pairs train a model: the best subset that fits a token budget, and why each one is in it."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from shared.shows import Training

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A usable pair in narrow columns: no text, so that a hundred times the corpus fits one function.

    `n_chars` are the characters of all its texts, never more than their bytes in a training file;
    `exchanges` are its own and those that go before it, which have `context_tokens`.
    """

    pair_id: str
    episode_id: str
    prompt_tokens: int
    completion_tokens: int
    n_chars: int
    must_have_patterns: tuple[int, ...]
    context_tokens: int = 0
    exchanges: int = 1

    @property
    def n_tokens(self) -> int:
        """Tokens of all its texts."""
        return self.prompt_tokens + self.completion_tokens + self.context_tokens


def usable(candidate: Candidate, training: Training) -> bool:
    """Return whether a pair passes the show's bounds: both texts long enough, and neither too long."""
    return training.takes(candidate.prompt_tokens, candidate.completion_tokens)


def ordered(candidates: Iterable[Candidate], training: Training) -> list[Candidate]:
    """Must-have pairs first, one of each pattern in turn so that none starves; then the rest, shuffled.

    The order depends on the candidates, the patterns and the seed alone, not on the order given.
    """
    shuffled = sorted(candidates, key=lambda candidate: candidate.pair_id)
    random.Random(training.seed).shuffle(shuffled)  # noqa: S311 - repeatable, not secret
    queues: list[list[Candidate]] = [[] for _ in training.must_have]
    rest = []
    for candidate in shuffled:  # once: far from each other in memory, they are slow to come by
        wanted = [at for at in candidate.must_have_patterns if at < len(queues)]
        for at in wanted:
            queues[at].append(candidate)
        if not wanted:
            rest.append(candidate)
    return [*_round_robin(queues), *rest]


def in_turns(
    items: Sequence[Item], group: Callable[[Item], str], seed: int
) -> list[tuple[int, Item]]:
    """Return the items shuffled by the seed, one of each group before a second of any; each with its turn, from 0."""
    shuffled = list(items)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - repeatable, not secret
    seen: Counter[str] = Counter()
    ranked = []
    for one in shuffled:
        name = group(one)
        ranked.append((seen[name], one))
        seen[name] += 1
    return sorted(ranked, key=lambda turn: turn[0])


def _round_robin(queues: Iterable[Iterable[Candidate]]) -> Iterator[Candidate]:
    left = [iter(queue) for queue in queues]
    taken: set[str] = set()
    while left:
        for queue in list(left):
            fresh = next((candidate for candidate in queue if candidate.pair_id not in taken), None)
            if fresh is None:
                left.remove(queue)
                continue
            taken.add(fresh.pair_id)
            yield fresh


def fitting(
    items: Iterable[Item], budget_tokens: int, cost_of: Callable[[Item], int]
) -> list[Item]:
    """Return the items, in order, whose tokens together stay within the budget, up to the first that does not fit."""
    chosen: list[Item] = []
    left = budget_tokens
    for item in items:
        left -= cost_of(item)
        if left < 0:
            break
        chosen.append(item)
    return chosen
