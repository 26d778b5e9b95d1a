"""How a run ended, and what of it may still be running: told by the machine's state and the ledger."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypedDict

from shared import money
from shared.ledger import Entry, Ledger, RunNotOpen, SpendOverrun, Totals, TrainingPurchase

Failure = Mapping[str, str]
_AGAIN = "start it again to go on from what is there"
# Step Functions says why only where a state, or who stopped the execution, gave a reason.
ENDED = {
    "ABORTED": ("RunStopped", f"the run was stopped before its end; {_AGAIN}"),
    "TIMED_OUT": ("States.Timeout", f"the run took longer than its machine allows; {_AGAIN}"),
    "FAILED": ("States.Runtime", f"Step Functions ended the run and gave no reason; {_AGAIN}"),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """`status` is SUCCEEDED, which has neither error nor cause, FAILED, ABORTED or TIMED_OUT."""

    status: str
    error: str | None
    cause: str | None


class Training(NamedTuple):
    """A training that a run pays for, or will, and the entry that holds its money."""

    entry: Entry
    purchase: TrainingPurchase


@dataclass(frozen=True, slots=True)
class Closing:
    """What a report tells of a run besides what lies in the bucket: how and when it ended, and its money.

    `totals` is None where the run ended before its ledger was opened; `style_failure` says why
    *Measure style* failed, where it did.
    """

    run_id: str
    ending: Ending
    finished_at: datetime
    totals: Totals | None = None
    entries: tuple[Entry, ...] = ()
    trainings: tuple[Training, ...] = ()
    style_failure: str | None = None

    @property
    def settled(self) -> Decimal:
        """What the run has paid, in dollars."""
        return self.totals.settled if self.totals else money.ZERO

    @property
    def reserved(self) -> Decimal:
        """What is still held for it, in dollars."""
        return self.totals.reserved if self.totals else money.ZERO


class RunningJob(TypedDict):
    """A job that was not seen to end, and the most it may cost, in dollars with six decimals."""

    model: str
    provider: str
    job_id: str | None
    at_most_usd: str


def closing(
    ledger: Ledger, run_id: str, state: Mapping[str, Any], stopped: Failure | None, now: datetime
) -> Closing:
    """Return how the run ended, by the state that *Write report* is given, and what the ledger has of it."""
    try:
        totals, entries = ledger.totals(run_id), tuple(ledger.entries(run_id))
    except RunNotOpen:
        totals, entries = None, ()
    return Closing(
        run_id,
        ending(state, stopped),
        now,
        totals,
        entries,
        tuple(trainings(ledger, entries)),
        style_failure(state),
    )


def failure(state: Mapping[str, Any]) -> Failure | None:
    """Return what ended the run, {"Error", "Cause"} as Step Functions has them; None of one that went well.

    A jury that failed fails the run where a bill passed its reservation, and nowhere else.
    """
    if closing := state.get("closing"):
        error, cause = ENDED.get(closing["status"], ENDED["FAILED"])
        return {"Error": closing.get("error") or error, "Cause": closing.get("cause") or cause}
    jury: Failure | None = state.get("jury_failure")
    overrun = jury if jury and jury["Error"] == SpendOverrun.__name__ else None
    return state.get("failure") or overrun


def ending(state: Mapping[str, Any], stopped: Failure | None) -> Ending:
    """Return how the run ended.

    `failure`, `jury_failure` and `cancel_failure` of the state are what Step Functions caught; `closing` is
    the event's detail of an execution that was ended from outside; `stopped` is what `explain` takes.
    """
    error, cause = explain(failure(state), stopped)
    from_outside = state.get("closing")
    status = from_outside["status"] if from_outside else "FAILED" if error else "SUCCEEDED"
    if left := state.get("cancel_failure"):
        name, sentence = left["Error"], _sentence(left.get("Cause", ""))
        if error is None:
            return Ending("FAILED", name, sentence)
        cause = f"{cause} What is more, {name}: {sentence}"
    return Ending(status, error, cause)


def explain(failure: Failure | None, stopped: Failure | None) -> tuple[str | None, str | None]:
    """Return the error's name and its sentence, dug out of what Step Functions caught.

    `stopped` is the `error` and `cause` that a batch left which stopped the whole show, if one did: a
    Distributed Map reports only that too many items failed.
    """
    if failure is None:
        return None, None
    if stopped is not None and failure["Error"].startswith("States."):
        return stopped["error"], stopped["cause"]
    return failure["Error"], _sentence(failure.get("Cause", ""))


def style_failure(state: Mapping[str, Any]) -> str | None:
    """Why *Measure style* failed, which changes nothing about the run's end; None where it did not."""
    failed = state.get("style_failure")
    return f"{failed['Error']}: {_sentence(failed.get('Cause', ''))}" if failed else None


def trainings(ledger: Ledger, entries: Iterable[Entry]) -> Iterator[Training]:
    """Yield the trainings that the run's entries pay for, or will."""
    for entry in entries:
        if entry.purpose != "training" or entry.status == "released" or entry.intent_at is None:
            continue
        purchase = ledger.trainings.get(entry.purchase_id)
        if purchase and (purchase.run_id, purchase.entry_id) == (entry.run_id, entry.entry_id):
            yield Training(entry, purchase)


def left_running(ledger: Ledger, entries: Iterable[Entry]) -> list[RunningJob]:
    """Return the jobs of the run that were not seen to end."""
    return running_jobs(trainings(ledger, entries))


def running_jobs(trainings: Iterable[Training]) -> list[RunningJob]:
    """Return the jobs of those trainings that were not seen to end."""
    return [
        {
            "model": entry.model,
            "provider": entry.provider,
            "job_id": purchase.job_id,
            "at_most_usd": money.format_usd(entry.reserved),
        }
        for entry, purchase in trainings
        if entry.status == "reserved"
    ]


def still_running(job: RunningJob) -> str:
    """One of those jobs in words."""
    return (
        f"STILL RUNNING: {job['model']} at {job['provider']}, job {job['job_id'] or 'not yet known'}, "
        f"at most {job['at_most_usd']} USD"
    )


def _sentence(cause: str) -> str:
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return cause
