"""A show's pairs as a run or a plan left them in a folder: those that may train, and those that are held out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from infra.local.folder import objects_in
from infra.machine.runs import RunStore
from shared.catalogue import DataFormat
from shared.dataset import files
from shared.errors import BadInput
from shared.providers import Message, examples
from shared.shows import ShowProfile

COLUMNS = (
    *("pair_id", "episode_id", "turn", "split"),
    *("prompt", "completion", "prompt_tokens", "completion_tokens"),
)
FORMATS: tuple[DataFormat, ...] = get_args(DataFormat)
Row = dict[str, Any]


class NoPairs(BadInput):
    """The folder holds no usable pair of the show."""


@dataclass(frozen=True, slots=True)
class Part:
    """Examples in the order of their pairs' ids, which is that of every training file."""

    examples: Sequence[tuple[Message, ...]]
    tokens: int
    episodes: int

    @property
    def pairs(self) -> int:
        return len(self.examples)

    @property
    def sha256(self) -> str:
        """Of the chat messages."""
        return hashlib.sha256(self.encoded("chat")).hexdigest()

    def encoded(self, data_format: DataFormat) -> bytes:
        return b"".join(examples.encode_line(one, data_format) for one in self.examples)


def parts(out: Path, show: ShowProfile) -> tuple[Part, Part]:
    """Return what may train and what is held out; nothing held out trains word for word. Raises NoPairs."""
    rows: dict[str, Row] = {}
    precedents = files.Precedents(show.training.context_tokens)
    for row in RunStore(objects_in(out)).show_rows("pairs", show.name, COLUMNS):
        before = precedents.before(row)
        if show.training.takes(row["prompt_tokens"], row["completion_tokens"]):
            rows[row["pair_id"]] = {**row, "before": before}
    found = [rows[pair_id] for pair_id in sorted(rows)]
    trains = [row for row in found if row["split"] == "train"]
    trained = {(row["prompt"], row["completion"]) for row in trains}
    held_out = [
        row
        for row in found
        if row["split"] == "held_out" and (row["prompt"], row["completion"]) not in trained
    ]
    if not trains:
        raise NoPairs(
            f"{out} holds no pair of {show.name} that may train; `econchatr plan` with the same show and --out "
            "says what was read and what the bounds under `training` leave out"
        )
    return _part(trains, show), _part(held_out, show)


def _part(rows: Sequence[Row], show: ShowProfile) -> Part:
    return Part(
        examples=[files.example(row, row["before"], show.prompt_suffix) for row in rows],
        tokens=sum(files.n_tokens(one) for row in rows for one in (*row["before"], row)),
        episodes=len({row["episode_id"] for row in rows}),
    )
