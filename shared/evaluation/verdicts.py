"""The sentence that answers what a run was for: does the tuned model sound more like the host than a good prompt?

Every number in it is a score of the run; what an interval leaves open is said to be open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from shared.dataset import Arm
from shared.evaluation.jury.measures import WINS
from shared.evaluation.measures.leakage import LEAKED_WORDS
from shared.evaluation.measures.records import Number, Place

EVEN, MARGIN = 0.5, 0.1
"""A win rate whose whole interval is within MARGIN of EVEN is as good as even."""
STYLE = "style"
Answer = Literal["more", "less", "as much", "open"]
OVER = {Arm.PROMPTED: "the same model with a good prompt", Arm.BASE: "the same model untuned"}


@dataclass(frozen=True, slots=True)
class Case:
    """One tuned model and what speaks for and against it.

    `name` is how it is shown, `judges` says who judged; `silence` why nobody did, where nobody did;
    `pairs` how many it was trained on.
    """

    model: str
    name: str
    host: str
    judges: str
    silence: str
    pairs: int


class Verdict(NamedTuple):
    """What was heard of the tuned models, and what stands beside it; both empty where nothing can be said."""

    heard: str
    besides: str

    def __str__(self) -> str:
        return f"{self.heard} {self.besides}".strip()


def verdict(cases: Sequence[Case], found: Mapping[Place, Number], money: str) -> Verdict:
    """Return what the run came to: a sentence for the tuned models that were judged alike, and one beside it.

    The second is about style, what they recite, and the price. `found` are the run's numbers; `money` is
    the end of that sentence, "the run cost $4.10". Empty without a case.
    """
    if not cases:
        return Verdict("", "")
    alike: dict[tuple[Any, ...], list[tuple[Case, Number | None]]] = {}
    for case in cases:
        over, rate = _rate(case, found)
        says = (answer(rate), rate.reason) if rate else None
        alike.setdefault((over, says, case.judges, case.silence), []).append((case, rate))
    heard = [_heard(over, told) for (over, *_), told in alike.items()]
    besides = [part for case in cases for part in _besides(case, found, several=len(cases) > 1)]
    besides += _unequal(cases)
    return Verdict(" ".join(heard), f"{_capital('; '.join([*besides, money]))}.")


def answer(rate: Number) -> Answer:
    """What a win rate with its interval says: nothing is won or lost that the interval leaves open.

    Without an interval, or with a reason beside it, which is that too few episodes were judged,
    everything is open.
    """
    low, high = rate.low, rate.high
    if low is None or high is None or rate.reason:
        return "open"
    if low > EVEN:
        return "more"
    if high < EVEN:
        return "less"
    return "as much" if low >= EVEN - MARGIN and high <= EVEN + MARGIN else "open"


def _rate(case: Case, found: Mapping[Place, Number]) -> tuple[Arm, Number | None]:
    """What the tuned model was compared with, and how often it was preferred."""
    rates = ((over, found.get((WINS.format(over), case.model, Arm.TUNED))) for over in OVER)
    return next(((over, rate) for over, rate in rates if rate), (Arm.PROMPTED, None))


def _heard(over: Arm, told: Sequence[tuple[Case, Number | None]]) -> str:
    case = told[0][0]
    rates = [(one.name, rate) for one, rate in told if rate]
    names = " and ".join(one.name for one, _ in told)
    sound = "sounds" if len(told) == 1 else "sound"
    if not rates:
        return (
            f"Whether {names}, tuned, {sound} more like {case.host} than {OVER[over]} was not "
            f"judged: {case.silence}."
        )
    says = answer(rates[0][1])
    replies = (
        [f"the reply of {name} in" for name, _ in rates] if len(rates) > 1 else ["its reply in"]
    )
    shares = (
        f"{reply} {_percent(rate.value)} of {_counted(rate.n, 'held-out pair')}{_interval(rate)}"
        for reply, (_, rate) in zip(replies, rates, strict=True)
    )
    numbers = f"{case.judges} preferred {' and '.join(shares)}"
    if says == "open":
        why = rates[0][1].reason or "which leaves both ways open"
        return (
            f"This run cannot tell whether {names}, tuned, {sound} more like {case.host} than "
            f"{OVER[over]}: {numbers}; {why}."
        )
    as_than = "as" if says == "as much" else "than"
    near = ", nowhere ten points from even" if says == "as much" else ""
    return (
        f"Tuned, {names} {sound} {says} like {case.host} {as_than} {OVER[over]}: {numbers}{near}."
    )


def _besides(case: Case, found: Mapping[Place, Number], *, several: bool) -> list[str]:
    parts = []
    tuned = found.get((STYLE, case.model, Arm.TUNED))
    if tuned:
        prompted = found.get((STYLE, case.model, Arm.PROMPTED))
        beside = f" (prompted: {_percent(prompted.value)})" if prompted else ""
        way = f"{_percent(tuned.value)} of the way from another person"
        goes = f"goes {way} to the host" if tuned.value <= 1 else f"goes beyond the host, {way}"
        parts.append(f"in style {case.name if several else 'it'} {goes}{beside}")
    leaked = found.get(("leaked", case.model, Arm.TUNED))
    if leaked:
        own = found.get(("leaked", case.model, Arm.HOST))
        beside = f" (the host’s own held-out replies: {_of(own)})" if own and own.n else ""
        who = case.name if several and not parts else "it"
        parts.append(
            f"in {_of(leaked)} answers {who} repeats {LEAKED_WORDS} or more words of its training{beside}"
        )
    return [" and ".join(parts)] if parts else []


def _unequal(cases: Sequence[Case]) -> list[str]:
    """Models that learned from more or fewer pairs than others differ by that too."""
    if len({case.pairs for case in cases}) < 2:
        return []
    learned = " and ".join(f"{case.name} from {case.pairs:,}" for case in cases)
    return [f"they learned from unequal data ({learned} pairs)"]


def _of(number: Number) -> str:
    return f"{round(number.value * number.n)} of {number.n}"


def _interval(number: Number) -> str:
    if number.low is None or number.high is None:
        return ""
    return f" (95% interval {_percent(number.low)} to {_percent(number.high)})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
