"""How a run ended, and what of it may still be running: read from the machine's state and the ledger."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared import money
from shared.lake import Bucket, keys
from shared.ledger import Entry, Ledger, SpendOverrun, TrainingPurchase

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


def ending(lake: Bucket, run_id: str, state: Mapping[str, Any]) -> Ending:
    """How the run ended, from the state that *Write report* is given.

    `failure`, `jury_failure` and `cancel_failure` are what Step Functions caught, {"Error", "Cause"};
    `closing` is the event's detail of an execution that was ended from outside. A jury that failed
    fails the run where a bill passed its reservation, and nowhere else.
    """
    closing = state.get("closing")
    if closing:
        status = closing["status"]
        error, cause = explain(lake, run_id, _outside(closing))
    else:
        error, cause = explain(lake, run_id, state.get("failure") or _overrun(state))
        status = "FAILED" if error else "SUCCEEDED"
    if left := state.get("cancel_failure"):
        name, sentence = left["Error"], _sentence(left.get("Cause", ""))
        if error is None:
            return Ending("FAILED", name, sentence)
        cause = f"{cause} What is more, {name}: {sentence}"
    return Ending(status, error, cause)


def _overrun(state: Mapping[str, Any]) -> Failure | None:
    failure: Failure | None = state.get("jury_failure")
    return failure if failure and failure["Error"] == SpendOverrun.__name__ else None


def explain(lake: Bucket, run_id: str, failure: Failure | None) -> tuple[str | None, str | None]:
    """The error's name and its sentence, dug out of what Step Functions caught."""
    if failure is None:
        return None, None
    # A Distributed Map reports only that too many items failed; the batch left the reason behind.
    stopped = lake.read_json(keys.stopped(run_id))
    if stopped is not None and failure["Error"].startswith("States."):
        return stopped["error"], stopped["cause"]
    return failure["Error"], _sentence(failure.get("Cause", ""))


def style_failure(state: Mapping[str, Any]) -> str | None:
    """Why *Measure style* failed, which changes nothing about the run's end; None where it did not."""
    failure = state.get("style_failure")
    return f"{failure['Error']}: {_sentence(failure.get('Cause', ''))}" if failure else None


def left_running(ledger: Ledger, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The jobs of the run that were not seen to end, each with the most it may cost in dollars."""
    return [
        {
            "model": entry.model,
            "provider": entry.provider,
            "job_id": purchase.job_id,
            "at_most_usd": money.format_usd(entry.reserved),
        }
        for entry, purchase in trainings(ledger, entries)
        if entry.status == "reserved"
    ]


def still_running(job: Mapping[str, Any]) -> str:
    """One of those jobs in words."""
    return (
        f"STILL RUNNING: {job['model']} at {job['provider']}, job {job['job_id'] or 'not yet known'}, "
        f"at most {job['at_most_usd']} USD"
    )


def unsettled_jobs(
    lake: Bucket, ledger: Ledger, run_id: str, entries: Iterable[Entry]
) -> Iterator[dict[str, Any]]:
    """Rows of `jobs` for the trainings the run pays for and never came to settle: it was stopped before."""
    manifest = lake.read_json(keys.manifest(run_id))
    plan = {row["model"]: row for row in lake.read_json(keys.plan(run_id)) or ()}
    for entry, purchase in trainings(ledger, entries):
        if lake.read_json(keys.outcome(run_id, entry.model)) is not None:
            continue
        yield {
            "run_id": run_id,
            "show": manifest["show"]["name"],
            "model": entry.model,
            "provider": entry.provider,
            "stand_in": manifest.get("stand_in", False),
            "purchase_id": entry.purchase_id,
            "job_id": purchase.job_id,
            "status": "running" if purchase.state == "created" else purchase.state,
            "fine_tuned_model": purchase.fine_tuned_model,
            "bought_by": run_id,
            "training_tokens": purchase.trained_tokens,
            "estimated_usd": plan.get(entry.model, {}).get("estimated_usd"),
            "settled_usd": entry.settled or money.ZERO,
            "error": purchase.reason or None,
        }


def trainings(ledger: Ledger, entries: Iterable[Entry]) -> Iterator[tuple[Entry, TrainingPurchase]]:
    """The run's entries that pay, or will pay, for a training, each with that training."""
    for entry in entries:
        if entry.purpose != "training" or entry.status == "released" or entry.intent_at is None:
            continue
        purchase = ledger.trainings.get(entry.purchase_id)
        if purchase and (purchase.run_id, purchase.entry_id) == (entry.run_id, entry.entry_id):
            yield entry, purchase


def _outside(closing: Mapping[str, Any]) -> Failure:
    error, cause = ENDED.get(closing["status"], ENDED["FAILED"])
    return {"Error": closing.get("error") or error, "Cause": closing.get("cause") or cause}


def _sentence(cause: str) -> str:
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return cause
