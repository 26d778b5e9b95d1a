"""A show's pairs as a run or a plan left them in a folder: those that may train, and those that are held out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from shared.catalogue import DataFormat
from shared.errors import BadInput
from shared.lake import keys
from shared.providers import examples
from shared.shows import ShowProfile

COLUMNS = (
    *("pair_id", "episode_id", "split"),
    *("prompt", "completion", "prompt_tokens", "completion_tokens"),
)


class NoPairs(BadInput):
    """The folder holds no usable pair of the show."""


@dataclass(frozen=True, slots=True)
class Part:
    """Pairs as prompt and completion, in the order of their ids, which is that of every training file."""

    texts: Sequence[tuple[str, str]]
    tokens: int
    episodes: int
    cue: str

    @property
    def pairs(self) -> int:
        return len(self.texts)

    @property
    def sha256(self) -> str:
        """Of the chat messages."""
        return hashlib.sha256(self.encoded("chat")).hexdigest()

    def encoded(self, data_format: DataFormat) -> bytes:
        return b"".join(
            examples.encode_line(examples.messages_of(*pair, self.cue), data_format)
            for pair in self.texts
        )


def parts(out: Path, show: ShowProfile) -> tuple[Part, Part]:
    """What may train and what is held out; raises NoPairs."""
    rows = {}
    for path in sorted((out / "lake" / "pairs").rglob("*.parquet")):
        if keys.belongs_to(path.relative_to(out).as_posix(), show.name):
            for row in pq.read_table(path, columns=list(COLUMNS), partitioning=None).to_pylist():
                if show.training.takes(row["prompt_tokens"], row["completion_tokens"]):
                    rows[row["pair_id"]] = row
    found = [rows[pair_id] for pair_id in sorted(rows)]
    train, held_out = (
        _part([row for row in found if row["split"] == split], show)
        for split in ("train", "held_out")
    )
    if not train.pairs:
        raise NoPairs(
            f"{out} holds no usable training pair of {show.name}; run `econchatr plan` with the same show "
            "and --out first"
        )
    return train, held_out


def _part(rows: Sequence[dict[str, object]], show: ShowProfile) -> Part:
    return Part(
        texts=[(str(row["prompt"]), str(row["completion"])) for row in rows],
        tokens=sum(
            int(str(row[name])) for row in rows for name in ("prompt_tokens", "completion_tokens")
        ),
        episodes=len({row["episode_id"] for row in rows}),
        cue=show.cue,
    )
