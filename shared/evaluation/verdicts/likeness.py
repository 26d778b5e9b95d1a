"""Whether the tuned models sound more like the host than the same models with a good prompt."""

from collections.abc import Iterator, Sequence, Set
from typing import Any, Literal, NamedTuple

from shared.dataset import Arm
from shared.evaluation.jury.measures import FLIPS, TAKEN_FOR_HOST, WINS, WINS_AT_EQUAL_LENGTH
from shared.evaluation.measures.records import Number
from shared.evaluation.verdicts.records import (
    Case,
    Found,
    counted,
    interval,
    listed,
    percent,
    sentence,
)

EVEN, MARGIN = 0.5, 0.1
"""A win rate whose whole interval is within MARGIN of EVEN is as good as even."""
MOST_FLIPS = 1 / 3
"""Judges that go by the order more often than this cannot call two arms alike."""
FARTHEST_APART = 0.5
"""Two measures of style whose places lie farther apart say nothing together."""
STYLE, SECOND_STYLE, AGREEMENT = "style", "function_words", "style_agreement"
Answer = Literal["more", "less", "as much", "open"]
OVER = {Arm.PROMPTED: "the same model with a good prompt", Arm.BASE: "the same model untuned"}
NO_GOOD_PROMPT = "the same model with its prompt"


class Finding(NamedTuple):
    """What the tuned model was compared with, how often it was preferred, what that says, and why it is open."""

    over: Arm
    rate: Number | None
    says: Answer
    why: str


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


def finding(case: Case, found: Found) -> Finding:
    """Return what the jury says of a tuned model beside the better of its prompted and its untuned self."""
    over = _rival(case, found)
    rate = found.get((WINS.format(over), case.model, Arm.TUNED))
    if rate is None:
        return Finding(over, None, "open", "")
    says = answer(rate)
    level = found.get((WINS_AT_EQUAL_LENGTH.format(over), case.model, Arm.TUNED))
    if says != "open" and level and answer(level) != says:
        why = f"between replies of equal length it would be {percent(level.value)}{interval(level)}"
        return Finding(over, rate, "open", why)
    flips = found.get((FLIPS.format(over), case.model, Arm.TUNED))
    if says == "as much" and flips and flips.value > MOST_FLIPS:
        why = f"the votes of {percent(flips.value)} of the pairs went by the order of the replies"
        return Finding(over, rate, "open", why)
    if says == "as much" and not _sees_the_margin(case, found):
        return Finding(
            over, rate, "open", "nothing shows that these judges see a difference of ten points"
        )
    return Finding(over, rate, says, rate.reason or "which leaves both ways open")


def heard(cases: Sequence[Case], found: Found, faulty: Set[str]) -> str:
    """Return what the jury says, a sentence for the models of which it says the same.

    Of the models in `faulty` its votes are told and nothing is concluded.
    """
    alike: dict[tuple[Any, ...], list[tuple[Case, Finding]]] = {}
    for case in cases:
        one = finding(case, found)
        is_faulty = case.model in faulty
        concluded = () if is_faulty else (one.says, one.why)
        says = (one.over, one.rate is None, concluded, case.judges, case.silence)
        alike.setdefault((is_faulty, *says), []).append((case, one))
    return " ".join(_heard(told, found, demoted=key[0]) for key, told in alike.items())


def style(cases: Sequence[Case], found: Found, *, several: bool) -> str:
    """Return where the tuned models stand in style, or that its two measures disagree."""
    return sentence([one for case in cases for one in _style(case, found, several=several)])


def _sees_the_margin(case: Case, found: Found) -> bool:
    """Whether the same judges, on the same items, tell the host from the prompted model by more than the margin."""
    taken = found.get((TAKEN_FOR_HOST, case.model, Arm.PROMPTED))
    return taken is not None and taken.high is not None and taken.high < EVEN - MARGIN


def _rival(case: Case, found: Found) -> Arm:
    """The prompted model, or the untuned one where that is the better of the two or beats the tuned one."""
    prompted = found.get((WINS.format(Arm.PROMPTED), case.model, Arm.TUNED))
    untuned = found.get((WINS.format(Arm.BASE), case.model, Arm.TUNED))
    if untuned is None:
        return Arm.PROMPTED
    prompt = _prompt(case, found)
    if prompted is None or answer(untuned) == "less" or (prompt and answer(prompt) == "less"):
        return Arm.BASE
    return Arm.PROMPTED


def _prompt(case: Case, found: Found) -> Number | None:
    """How often the prompted model was preferred to the untuned one."""
    return found.get((WINS.format(Arm.BASE), case.model, Arm.PROMPTED))


def _heard(told: Sequence[tuple[Case, Finding]], found: Found, *, demoted: bool) -> str:
    case, one = told[0]
    than = _rival_told(told, found)
    names = " and ".join(of.name for of, _ in told)
    sound = "sounds" if len(told) == 1 else "sound"
    if one.rate is None:
        return (
            f"Whether {names}, tuned, {sound} more like {case.host} than {than} was not judged: "
            f"{case.silence}."
        )
    preferred = f"{case.judges} preferred {_shares(told, found)}"
    if demoted:
        rest = f"beside {than}, {preferred}"
        return f"The jury sees none of this, and says nothing of how {names} {sound}: {rest}."
    if one.says == "open":
        return (
            f"This run cannot tell whether {names}, tuned, {sound} more like {case.host} than "
            f"{than}: {preferred}; {one.why}."
        )
    as_than = "as" if one.says == "as much" else "than"
    near = ", nowhere ten points from even" if one.says == "as much" else ""
    return (
        f"Tuned, {names} {sound} {one.says} like {case.host} {as_than} {than}: {preferred}{near}."
    )


def _rival_told(told: Sequence[tuple[Case, Finding]], found: Found) -> str:
    """Whom the models were compared with, and whether the prompt is any good."""
    over = told[0][1].over
    prompts = [prompt for case, _ in told if (prompt := _prompt(case, found))]
    doubtful = [prompt for prompt in prompts if answer(prompt) != "more"]
    if not doubtful:
        return OVER[over]
    worst = min(doubtful, key=lambda prompt: prompt.value)
    shown = f"preferred to none in {percent(worst.value)}{interval(worst)}"
    if over == Arm.BASE:
        worse = "makes it worse" if answer(worst) == "less" else "is not shown to help"
        return f"{OVER[over]} (its prompt {worse}: {shown})"
    return f"{NO_GOOD_PROMPT} (which is not shown to help: {shown})"


def _shares(told: Sequence[tuple[Case, Finding]], found: Found) -> str:
    whose = [f"the reply of {case.name}" if len(told) > 1 else "its reply" for case, _ in told]
    rates = [one.rate for _, one in told if one.rate]
    return " and ".join(
        f"{reply} in {percent(rate.value)} of {counted(rate.n, 'held-out pair')}{interval(rate)}"
        for reply, rate in zip(whose, rates, strict=True)
    ) + _taken(told, found)


def _taken(told: Sequence[tuple[Case, Finding]], found: Found) -> str:
    """How often the tuned models were taken for the host."""
    numbers = [found.get((TAKEN_FOR_HOST, case.model, Arm.TUNED)) for case, _ in told]
    shares = [f"{percent(number.value)}{interval(number)}" for number in numbers if number]
    it = "it" if len(told) == 1 else "them"
    return f" and took {it} for the host in {listed(shares)}" if shares else ""


def _style(case: Case, found: Found, *, several: bool) -> Iterator[str]:
    tuned = found.get((STYLE, case.model, Arm.TUNED))
    if tuned is None:
        return
    it = case.name if several else "it"
    second = found.get((SECOND_STYLE, case.model, Arm.TUNED))
    if second and _disagree(tuned, second, found.get((AGREEMENT, None, None))):
        yield (
            f"how near {it} comes in style is open: the two measures disagree ({percent(tuned.value)} of the "
            f"way to the host by character n-grams, {percent(second.value)} by function words)"
        )
        return
    prompted = found.get((STYLE, case.model, Arm.PROMPTED))
    beside = f" (prompted: {percent(prompted.value)})" if prompted else ""
    way = f"{percent(tuned.value)} of the way from another person"
    goes = f"goes {way} to the host" if tuned.value <= 1 else f"goes beyond the host, {way}"
    yield f"in style {it} {goes}{beside}"


def _disagree(one: Number, other: Number, agreement: Number | None) -> bool:
    lower, upper = sorted((one, other), key=lambda number: number.value)
    overlap = lower.high is not None and upper.low is not None and lower.high >= upper.low
    apart = upper.value - lower.value > FARTHEST_APART and not overlap
    return apart or (agreement is not None and agreement.value < 0)
