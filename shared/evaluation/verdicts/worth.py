"""What the run cost, and what a point of preference over the best prompt cost."""

from collections.abc import Iterator, Sequence, Set
from decimal import Decimal

from shared.dataset import Arm
from shared.evaluation.verdicts.likeness import EVEN, finding
from shared.evaluation.verdicts.records import Case, Found, sentence
from shared.money import dollars

CENT = Decimal("0.01")


def worth(cases: Sequence[Case], found: Found, money: str, faulty: Set[str]) -> str:
    """Return one sentence: the money, what tuning bought with it, and what makes models hard to compare."""
    told = [
        clause for case in cases for clause in _bought(case, found, faulty=case.model in faulty)
    ]
    return sentence([*_unequal(cases), money, *told])


def _bought(case: Case, found: Found, *, faulty: bool) -> Iterator[str]:
    over, rate, says, _ = finding(case, found)
    if rate is None:
        return
    tuning = (
        f"tuning {case.name} for {dollars(case.training)}"
        if case.training
        else f"tuning {case.name}"
    )
    than = "the prompt" if over == Arm.PROMPTED else "the untuned model"
    if faulty:
        yield f"what {tuning} bought cannot be said"
    elif says == "open":
        yield f"whether {tuning} bought anything over {than} is open"
    elif says == "more":
        points = Decimal(round(100 * (rate.value - EVEN)))
        price = f", {_price(case.training / points)} a point" if case.training else ""
        yield f"{tuning} bought {points} points of preference over {than}{price}"
    else:
        yield f"do not tune: {tuning} bought nothing over {than}"


def _price(amount: Decimal) -> str:
    """Whole cents where it is a cent or more."""
    return dollars(round(amount, 2) if amount >= CENT else amount)


def _unequal(cases: Sequence[Case]) -> list[str]:
    """Models that learned from more or fewer pairs than others differ by that too."""
    if len({case.pairs for case in cases}) < 2:
        return []
    learned = " and ".join(f"{case.name} from {case.pairs:,}" for case in cases)
    return [f"they learned from unequal data ({learned} pairs)"]
