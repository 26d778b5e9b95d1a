"""Before any win rate: do the answers recite, do they answer what was said, are they whole?

A jury sees none of the three, so that a win rate of answers that fail says nothing of how a model sounds.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from shared.dataset import Arm
from shared.evaluation.measures.degeneration import CUT_OFF, EMPTY, LOOPING
from shared.evaluation.measures.leakage import RECITES
from shared.evaluation.measures.records import Number
from shared.evaluation.measures.relevance import RELEVANCE
from shared.evaluation.verdicts.records import Case, Found, listed, of, percent, sentence

MOST_FAULTY = 0.2
"""So large a share of an arm's answers may fail before it is said first."""
FEWEST_ANSWERS = 5
"""Of fewer answers nothing is concluded."""
BROKEN = {EMPTY: "are empty", CUT_OFF: "are cut off", LOOPING: "go in circles"}


class Fault(NamedTuple):
    """What an arm of a model does, as the rest of a clause."""

    who: str
    does: str


def failed(case: Case, found: Found) -> list[Fault]:
    """Return what fails of a tuned model and of its prompted self, with which it is compared."""
    told = []
    for arm, who in ((Arm.TUNED, "tuned"), (Arm.PROMPTED, "prompted")):
        faults = list(_faults(case, found, arm))
        if faults:
            told.append(Fault(who, listed(faults)))
    return told


def told(failures: Mapping[str, Sequence[Fault]]) -> str:
    """Return the faults by the names of their models as a sentence, what fails alike together."""
    alike: dict[Fault, list[str]] = {}
    for name, faults in failures.items():
        for fault in faults:
            alike.setdefault(fault, []).append(name)
    return sentence(
        [
            f"{fault.who}, {'each of ' if len(names) > 1 else ''}{listed(names)} {fault.does}"
            for fault, names in alike.items()
        ]
    )


def _faults(case: Case, found: Found, arm: Arm) -> Iterator[str]:
    yield from _recital(case, found, arm)
    yield from _off_the_point(case, found, arm)
    yield from _broken(case, found, arm)


def _recital(case: Case, found: Found, arm: Arm) -> Iterator[str]:
    own, prompted, host = (
        found.get((RECITES, case.model, one)) for one in (arm, Arm.PROMPTED, Arm.HOST)
    )
    if own is None or not _is_recital(own, host):
        return
    if arm == Arm.PROMPTED and _is_recital(found.get((RECITES, case.model, Arm.TUNED)), host):
        return  # told beside the tuned one
    beside = f"; prompted, {of(prompted)} do" if prompted and arm == Arm.TUNED else ""
    beside += f"; of the host’s own replies {of(host)} do" if host and host.n else ""
    yield (
        f"recites ({of(own)} answers repeat what the model has seen nearly word for word{beside})"
    )


def _is_recital(own: Number | None, host: Number | None) -> bool:
    """Whether too many answers recite, and for certain more than the host's own replies do."""
    if own is None or own.n < FEWEST_ANSWERS:
        return False
    return own.value > MOST_FAULTY and _least(own) > (host.value if host else 0.0)


def _off_the_point(case: Case, found: Found, arm: Arm) -> Iterator[str]:
    """Replies that fit what was said less than the host's, no better than those of a person who was not asked."""
    own = found.get((RELEVANCE, case.model, arm))
    host, other = (found.get((RELEVANCE, None, one)) for one in (Arm.HOST, Arm.IMPOSTOR))
    if own is None or host is None or other is None or _least(host) <= other.value:
        return
    if own.value < _least(host) and own.value <= _most(other):
        yield (
            f"does not answer what was said (its replies fit their own prompt better than others in "
            f"{percent(own.value)}, the host’s in {percent(host.value)}, words of another person who was not "
            f"asked in {percent(other.value)})"
        )


def _broken(case: Case, found: Found, arm: Arm) -> Iterator[str]:
    parts = {metric: found.get((metric, case.model, arm)) for metric in BROKEN}
    broken = {
        metric: number
        for metric, number in parts.items()
        if number and number.value > 0 and number.n >= FEWEST_ANSWERS
    }
    if sum(number.value for number in broken.values()) > MOST_FAULTY:
        told = [f"{of(number)} answers {BROKEN[metric]}" for metric, number in broken.items()]
        yield f"breaks down ({listed(told)})"


def _least(number: Number) -> float:
    return number.value if number.low is None else number.low


def _most(number: Number) -> float:
    return number.value if number.high is None else number.high
