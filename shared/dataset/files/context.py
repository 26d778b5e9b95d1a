"""What was said just before a pair: exchanges of the same talk, as many as fit."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.providers import Message, examples

Row = Mapping[str, Any]
OF_A_PAIR = 2  # turns


class Precedents:
    """Shown the rows of `pairs` in their order, tells of each what goes before it.

    Only exchanges that follow one another without a gap, the nearest of them, of `most_tokens` together.
    """

    def __init__(self, most_tokens: int) -> None:
        self._most = most_tokens
        self._chain: list[Row] = []

    def before(self, row: Row) -> Sequence[Row]:
        """Return the exchanges before this one, oldest first."""
        last = self._chain[-1] if self._chain else None
        follows = last is not None and (last["episode_id"], last["turn"] + OF_A_PAIR) == (
            row["episode_id"],
            row["turn"],
        )
        found = self._fitting(self._chain) if follows else []
        self._chain = [*found, row]
        return found

    def _fitting(self, chain: Sequence[Row]) -> list[Row]:
        left, nearest = self._most, list[Row]()
        for row in reversed(chain):
            left -= n_tokens(row)
            if left < 0:
                break
            nearest.append(row)
        return nearest[::-1]


def example(
    row: Row, before: Sequence[Row], prompt_suffix: str, *, weighs: bool = False
) -> tuple[Message, ...]:
    """Return a row of `pairs` as a training example, with what goes before it."""
    earlier = [(one["prompt"], one["completion"]) for one in before]
    return examples.messages_of(
        row["prompt"], row["completion"], prompt_suffix, earlier, weighs=weighs
    )


def n_tokens(row: Row) -> int:
    """Tokens of a pair's two texts."""
    return int(row["prompt_tokens"] + row["completion_tokens"])
