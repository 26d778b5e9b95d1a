"""What a judge is asked: which of two replies is the host's, beside a few things that the host said."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.catalogue import Model
from shared.dataset.arms import Arm
from shared.dataset.comparisons.blinding import beginning, blinder, ending
from shared.dataset.comparisons.pairs import QUALIFYING, Pair
from shared.dataset.evaluation_set import EvaluationSet, HeldOut
from shared.providers import Message
from shared.shows import ShowProfile

EXCERPT_TOKENS, STATEMENT_TOKENS, REPLY_TOKENS = 120, 200, 200
VOTE_TOKENS = 5
"""The most that a judge may answer: a letter, and the marks that some put around one."""
_SYSTEM = (
    "You know voices. You are shown what one podcast host has said, what somebody says to that host, and "
    "two replies. One of them may be the host's own, or both may imitate the host. Say which is more like "
    "the host in words, manner and thought. Which is better, longer or more correct does not matter. "
    "Answer with one letter, A or B, and nothing else."
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question to a judge: the replies of two arms to one held-out item, in the order shown.

    `model` is the tuned one whose arms meet, None for host and impostor. `shown` are the replies as
    the judge sees them.
    """

    item: HeldOut
    model: str | None
    first: Arm
    second: Arm
    shown: tuple[str, str]
    messages: tuple[Message, ...]


class PromptBuilder:
    """Writes one judge's comparisons over an evaluation set, cut by the judge's own tokenizer."""

    def __init__(self, judge: Model, asked: EvaluationSet, show: ShowProfile) -> None:
        self._encoding = judge.tokenizer
        self._asked, self._show = asked, show
        self._before: dict[str, str] = {}

    def qualifying(self, item: HeldOut) -> Iterator[Comparison]:
        """Host and impostor in both orders; none where nobody else's words are known."""
        if item.impostor is not None:
            replies: dict[str, str] = {Arm.HOST: item.host, Arm.IMPOSTOR: item.impostor.text}
            yield from self._both_orders(item, None, QUALIFYING, replies)

    def comparing(
        self, item: HeldOut, model: str, replies: Mapping[str, str], pairs: Iterable[Pair]
    ) -> Iterator[Comparison]:
        """Each of `pairs`, of a model's arms that answered and the host, in both orders. `replies` by arm."""
        said = {**replies, Arm.HOST: item.host}
        for pair in pairs:
            if all(said.get(arm, "").strip() for arm in pair):
                yield from self._both_orders(item, model, pair, said)

    def messages(self, item: HeldOut, first: str, second: str) -> tuple[Message, Message]:
        """The question about two replies that are already blinded and cut."""
        if item.pair_id not in self._before:
            self._before[item.pair_id] = self._opening(item)
        lines = (
            self._before[item.pair_id],
            f"Reply A: {first}",
            f"Reply B: {second}",
            "Which reply is more like the host, A or B?",
        )
        return Message("system", _SYSTEM), Message("user", "\n\n".join(lines))

    def _opening(self, item: HeldOut) -> str:
        blind = self._blinder(item)
        excerpts = "\n".join(
            f"- {beginning(blind(text), EXCERPT_TOKENS, self._encoding)}"
            for text in self._asked.excerpts
        )
        said = ending(blind(item.prompt), STATEMENT_TOKENS, self._encoding)
        return f"The host has said:\n{excerpts}\n\nSomebody says to the host: {said}"

    def _both_orders(
        self, item: HeldOut, model: str | None, pair: Pair, replies: Mapping[str, str]
    ) -> Iterator[Comparison]:
        blind = self._blinder(item)
        shown = {arm: beginning(blind(replies[arm]), REPLY_TOKENS, self._encoding) for arm in pair}
        for first, second in (pair, pair[::-1]):
            texts = shown[first], shown[second]
            yield Comparison(item, model, first, second, texts, self.messages(item, *texts))

    def _blinder(self, item: HeldOut) -> Callable[[str], str]:
        return blinder(names_of(self._show, item))


def names_of(show: ShowProfile, item: HeldOut) -> Sequence[str]:
    """Whoever may be named in an item: the host, the show, and who else speaks or is a guest there."""
    others = (item.impostor.speaker,) if item.impostor else ()
    return (show.host.name, *show.host.aliases, show.display_title, *others, *item.people)
