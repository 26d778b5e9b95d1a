"""The items of the blind quiz: the host's real reply among machines' replies.

After Schwitzgebel and others (arXiv 2302.01339).
"""

import json
import random
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, groupby

from shared.dataset import Arm
from shared.lake.rows import GenerationRow
from shared.report.record import RunRecord
from shared.report.text import counted

FEWEST_ITEMS = 3
MOST_ITEMS = 12  # what a person answers in one sitting
MOST_OTHERS = 4  # replies beside the host's, as in the paper
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Option:
    """One reply and who gave it: an arm, with its model where it has one."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """What was said to the host, and the replies in the order they are shown."""

    number: int
    pair_id: str
    prompt: str
    options: tuple[Option, ...]

    def folded(self, key: str) -> str:
        """Who gave each reply, for the script: base64 of the JSON list, each byte XORed with the key's next."""
        told = json.dumps([option.who for option in self.options]).encode()
        return b64encode(
            bytes(one ^ other for one, other in zip(told, cycle(key.encode()), strict=False))
        ).decode()


def items(record: RunRecord) -> list[Item]:
    """At most MOST_ITEMS held-out items that have the host's reply and another, evenly from first to last.

    Whose replies stand beside the host's, and in which order, the show's seed decides.
    """
    rows = sorted(
        (row for row in record.generations if row["item_kind"] == "held_out"),
        key=lambda row: row["question"],
    )
    seed = record.settings.show.evaluation.seed
    groups = [list(group) for _, group in groupby(rows, lambda row: row["question"])]
    found = [one for group in groups if (one := _options(seed, group))]
    most = min(MOST_ITEMS, len(found))
    return [
        Item(number, *found[(number - 1) * len(found) // most]) for number in range(1, most + 1)
    ]


def missing(found: Sequence[Item]) -> str:
    """Why there is no quiz; empty where there is one."""
    if len(found) >= FEWEST_ITEMS:
        return ""
    return (
        f"There is no blind quiz: it takes {FEWEST_ITEMS} held-out items that the host and a machine "
        f"replied to, and this run has {counted(len(found), 'such item')}."
    )


def _options(
    seed: int, asked: Sequence[GenerationRow]
) -> tuple[str, str, tuple[Option, ...]] | None:
    """The pair, what was said, and the replies; None without the host's or without a machine's."""
    said = {_who(row): row["answer"].strip() for row in asked if row["answer"].strip()}
    host = said.pop(Arm.HOST, None)
    if host is None:
        return None
    pair_id, prompt = asked[0]["pair_id"] or "", asked[0]["prompt"]
    chance = random.Random(f"{seed} {pair_id}")  # noqa: S311 - repeatable, not secret
    others = list(_distinct(said, host))
    options = [Option(Arm.HOST, host), *chance.sample(others, min(MOST_OTHERS, len(others)))]
    if not any(":" in option.who for option in options):
        return None
    chance.shuffle(options)
    return pair_id, prompt, tuple(options)


def _distinct(said: dict[str, str], host: str) -> Iterator[Option]:
    """The others' replies, in a fixed order, each wording once and never the host's own."""
    seen = {host}
    for who, text in sorted(said.items()):
        if text not in seen:
            seen.add(text)
            yield Option(who, text)


def _who(row: GenerationRow) -> str:
    """`tuned:llama-3.3-70b`; people have no model."""
    if row["model"] is None:
        return str(row["arm"])
    return f"{row['arm']}:{row['model'].replace(SEPARATOR, '/')}"
