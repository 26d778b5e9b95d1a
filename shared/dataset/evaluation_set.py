"""What the arms of an evaluation are asked and shown: frozen with the plan, which prices exactly this."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from shared.catalogue import Model, Price
from shared.dataset.arms import PAID_ARMS, Arm
from shared.providers import Message, examples
from shared.shows import ShowProfile

ItemKind = Literal["question", "held_out", "probe"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What somebody said and what the host answered, from an episode that may train."""

    pair_id: str
    episode_id: str
    prompt: str
    completion: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Words of somebody who is not the host."""

    speaker: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What somebody said in an episode that trains nothing, the host's reply, and another person's.

    `people` are the names of those who may be named there.
    """

    pair_id: str
    episode_id: str
    prompt: str
    host: str
    impostor: Reply | None
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be answered, in the order of asking; `number` begins with 1."""

    number: int
    kind: ItemKind
    prompt: str
    pair_id: str | None = None
    topic_in_training: bool | None = None


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """What is shown and asked: the prompted base card and exchanges, every model the held-out pairs and the probes.

    Judges are shown `excerpts`, other words of the host, and judge the first `judged` held-out pairs.
    `on_topic` says of each question how many pairs that may train hold its topic, see `pairs_on_topic`;
    `expected` holds what the feed knows of a probe's answer, in all wordings of each fact.
    """

    card: str = ""
    exchanges: tuple[Exchange, ...] = ()
    held_out: tuple[HeldOut, ...] = ()
    excerpts: tuple[str, ...] = ()
    judged: int = 0
    probes: tuple[str, ...] = ()
    on_topic: Mapping[str, int | None] = field(default_factory=dict)
    expected: Mapping[str, Sequence[tuple[str, ...]]] = field(default_factory=dict)

    def paid_arms(self) -> list[Arm]:
        """Return the arms that a provider answers; without a card nobody can be prompted with it."""
        return [arm for arm in PAID_ARMS if arm != Arm.PROMPTED or self.card]

    def items(self, questions: Sequence[str]) -> list[Item]:
        """Return the show's questions, then what was said in held-out episodes, then the probes."""
        asked: list[tuple[ItemKind, str, str | None]] = [
            *(("question", text, None) for text in questions),
            *(("held_out", one.prompt, one.pair_id) for one in self.held_out),
            *(("probe", text, None) for text in self.probes),
        ]
        return [
            Item(number, kind, text, pair_id, self._in_training(text))
            for number, (kind, text, pair_id) in enumerate(asked, 1)
        ]

    def _in_training(self, text: str) -> bool | None:
        pairs = self.on_topic.get(text)
        return None if pairs is None else pairs > 0

    def messages(self, arm: Arm, text: str, prompt_suffix: str) -> tuple[Message, ...]:
        """Return the messages for an arm: the same last one for all, for the prompted arm after card and exchanges."""
        asked = examples.prompt_message(text, prompt_suffix)
        if arm != Arm.PROMPTED:
            return (asked,)
        shown = (
            message
            for exchange in self.exchanges
            for message in examples.messages_of(exchange.prompt, exchange.completion, prompt_suffix)
        )
        return (Message("system", self.card), *shown, asked)

    def requests(self, arm: Arm, show: ShowProfile) -> list[tuple[Message, ...]]:
        """Everything an arm is sent, item by item."""
        return [
            self.messages(arm, item.prompt, show.prompt_suffix)
            for item in self.items(show.questions)
        ]

    def document(self) -> dict[str, Any]:
        """Return the set as JSON; `from_document` reads it."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the set from its JSON."""
        return cls(
            document["card"],
            tuple(Exchange(**one) for one in document["exchanges"]),
            tuple(map(_held_out, document["held_out"])),
            tuple(document.get("excerpts", ())),
            document.get("judged", 0),
            tuple(document.get("probes", ())),
            document.get("on_topic", {}),
            {
                probe: tuple(map(tuple, facts))
                for probe, facts in document.get("expected", {}).items()
            },
        )


def _held_out(row: Mapping[str, Any]) -> HeldOut:
    impostor = row["impostor"] and Reply(**row["impostor"])
    people = tuple(row.get("people", ()))
    return HeldOut(**{**row, "impostor": impostor, "people": people})


def answer_prices(model: Model, arm: Arm) -> tuple[Price, Price]:
    """Return the prices of the tokens that a model's arm reads and of those that it writes."""
    if arm == Arm.TUNED:
        return model.price("input"), model.price("output")
    return model.price("base_input"), model.price("base_output")
