"""What a run is said to have come to, flaws first: does it sound like the host, is it true, was it worth it?

Every number in them is a score of the run. What fails the gate is said first; what an interval leaves open is
said to be open.
"""

from collections.abc import Sequence

from shared.evaluation.verdicts import gate, likeness, truth, worth
from shared.evaluation.verdicts.likeness import answer
from shared.evaluation.verdicts.power import power
from shared.evaluation.verdicts.records import Case, Found, Verdict

__all__ = ["Case", "Verdict", "answer", "power", "verdict"]


def verdict(cases: Sequence[Case], found: Found, money: str) -> Verdict:
    """Return what the run came to.

    `found` are the run's numbers; `money` is what is to be said of it, such as "the run cost $4.10".
    Everything is empty without a case.
    """
    if not cases:
        return Verdict("", "", "", "")
    failed = {case.model: gate.failed(case, found) for case in cases}
    faulty = {model for model, faults in failed.items() if faults}
    sound = [case for case in cases if case.model not in faulty]
    like = (
        likeness.heard(cases, found, faulty),
        likeness.style(sound, found, several=len(cases) > 1),
    )
    return Verdict(
        gate.told({case.name: failed[case.model] for case in cases}),
        " ".join(part for part in like if part),
        truth.truth(cases, found),
        worth.worth(cases, found, money, faulty),
    )
