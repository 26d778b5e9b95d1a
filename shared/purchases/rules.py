"""The decisions behind buying, apart from the outside world that they are about."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from shared import money
from shared.catalogue import Price
from shared.ledger import AnswerPurchase, Entry, TrainingPurchase
from shared.providers import CALL_TIMEOUT_SECONDS, UNUSABLE, Completion, Job, job_key, run_key

# A writer that was held up this long after its intent leaves the creation to whoever reconciles.
CREATE_WITHIN = timedelta(seconds=30)
# From then on a job that cannot be found was never created: longer than the writer may still start
# its call, the call may last, and a new job may take to appear in the provider's list.
SUBMISSION_WINDOW = timedelta(minutes=5)
# The same for an answer, which can only be waited for.
ANSWER_WINDOW = timedelta(seconds=2 * CALL_TIMEOUT_SECONDS)
# A finished model may not be found for some minutes.
MODEL_PATIENCE = timedelta(minutes=5)
# How long a run stands in line for a free slot at a provider, or for its file to be ready.
QUEUE_PATIENCE = timedelta(hours=24)
# How far a provider's clock and ours may be apart.
CLOCK_SKEW = timedelta(minutes=10)
# How often a finished job is asked again for what it billed, and for the name of its model.
BILL_POLLS = 12
MAX_LOST_ANSWERS = 2

PHASES = {
    "validating_files": "active",
    "queued": "active",
    "pending": "active",
    "running": "active",
    "paused": "active",
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
}
DATED = re.compile(r"[-@:]?\d{4}.*")
ENDED_BADLY = frozenset({"failed", "cancelled", "refused"})
BILLABLE = frozenset({"succeeded", "failed", "cancelled"})


class Step(Enum):
    """What to do next about a training purchase."""

    BUY = auto()
    FIND = auto()
    FOLLOW = auto()


class AnswerStep(Enum):
    """What to do next about an answer."""

    ASK = auto()
    WAIT = auto()
    KEEP = auto()
    GIVE_UP = auto()


@dataclass(frozen=True, slots=True)
class Bill:
    """What a job cost, None where nobody knows, and how we know."""

    amount: Decimal | None
    detail: str


def phase(status: str) -> str:
    """Return the provider's word as active, succeeded, failed, cancelled, or unknown: never a guess."""
    return PHASES.get(status, "unknown")


def next_step(purchase: TrainingPurchase | None, run_id: str) -> Step:
    """Nothing bought, or a stranger's purchase that came to nothing: buy. Otherwise never again."""
    if purchase is None or purchase.state == "withdrawn":
        return Step.BUY
    if purchase.state in ENDED_BADLY and purchase.run_id != run_id:
        return Step.BUY
    return Step.FIND if purchase.state == "submitting" else Step.FOLLOW


def is_lost(purchase: TrainingPurchase, now: datetime, window: timedelta) -> bool:
    """Return whether an intent is so old that a job which cannot be found does not exist."""
    return now - purchase.intent_at > window


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the ledger knows of a try to create a job, any one part of which a service may echo, and is ours alone.

    An upload belongs to one attempt, and so does a key; whatever else a service says of a job in other
    words than ours speaks against nothing.
    """

    keys: frozenset[str]
    files: frozenset[str]

    def made(self, job: Job) -> bool:
        """Return whether the job bears the attempt's key or was made from its upload."""
        return job.training_file in self.files or job.run_key in self.keys


def is_useful(job: Job) -> bool:
    """Return whether a job has given or may yet give a model."""
    return phase(job.status) not in ("failed", "cancelled")


def same_model(one_name: str | None, other_name: str) -> bool:
    """Return whether two names on the wire mean one base model: equal, or one says the version's date too."""
    if not one_name or not other_name:
        return True
    shorter, longer = sorted((one_name.casefold(), other_name.casefold()), key=len)
    dated = longer.startswith(shorter) and DATED.fullmatch(longer.removeprefix(shorter))
    return longer == shorter or bool(dated)


def adoptable(jobs: Iterable[Job], purchase: TrainingPurchase) -> Job | None:
    """Return the job that the intent made: this attempt's, else an earlier one's that lives or succeeded.

    Of several the one with the right model that was created last. Where none bears a mark of ours, the
    only one that has our suffix and seed, model and time.
    """
    listed = list(jobs)
    this, earlier = _attempts(purchase)
    marked = [job for job in listed if this.made(job)]
    useful = [job for job in listed if is_useful(job) and earlier.made(job)]
    like_ours = [job for job in listed if _is_like_ours(job, purchase)]
    if marked or useful:
        return max(marked or useful, key=lambda job: _rank(job, purchase))
    return like_ours[0] if len(like_ours) == 1 else None


def may_be_ours(job: Job, purchase: TrainingPurchase) -> bool:
    """Return whether a job shows nothing by which it could be told from the one that an intent made."""
    tells = job.training_file is not None or job.run_key is not None
    if tells or (job.suffix is not None and job.suffix != purchase.suffix):
        return False
    return _is_of_its_time(job, purchase) and same_model(job.base_model, purchase.base_model)


def is_doubtful(job: Job, intent: TrainingPurchase) -> bool:
    """Return whether a reply to a creation may name another order's job: it bears marks, and none of ours."""
    this, _ = _attempts(intent)
    bears_marks = job.run_key is not None or job.training_file is not None
    return bears_marks and not this.made(job)


def late_job(jobs: Iterable[Job], entry: Entry, purchase: TrainingPurchase) -> Job | None:
    """Return a job of an attempt that was given up, whose reservation `entry` was, if there is one."""
    if entry.intent_at is None:
        return None
    key, files = job_key(entry.run_id, entry.entry_id), filter(None, [entry.file_id])
    gone = Attempt(frozenset({key}), frozenset(files))
    return next((job for job in jobs if job.job_id != purchase.job_id and gone.made(job)), None)


def _attempts(purchase: TrainingPurchase) -> tuple[Attempt, Attempt]:
    """Return this attempt, and those before it as one."""
    keys = [
        job_key(purchase.run_id, run_key(purchase.purchase_id, attempt))
        for attempt in range(1, purchase.attempt + 1)
    ]
    this = Attempt(frozenset(keys[-1:]), frozenset({purchase.file_id}))
    return this, Attempt(frozenset(keys[:-1]), frozenset(purchase.earlier_files))


def _is_like_ours(job: Job, purchase: TrainingPurchase) -> bool:
    """Return whether a job without a mark of ours has our suffix and seed, and all else that it says is ours too."""
    ours = purchase.suffix is not None and (job.suffix, job.seed) == (
        purchase.suffix,
        purchase.seed,
    )
    return ours and may_be_ours(job, purchase)


def _is_of_its_time(job: Job, purchase: TrainingPurchase) -> bool:
    """Return whether a job was created when the intent was, as far as clocks agree; it is where nothing is said."""
    if job.created_at is None:
        return True
    latest = CREATE_WITHIN + timedelta(seconds=CALL_TIMEOUT_SECONDS) + CLOCK_SKEW
    return -CLOCK_SKEW <= job.created_at - purchase.intent_at <= latest


def _rank(job: Job, purchase: TrainingPurchase) -> tuple[bool, float]:
    created = job.created_at.timestamp() if job.created_at else 0.0
    return same_model(job.base_model, purchase.base_model), created


def bill(purchase: TrainingPurchase) -> Bill:
    """Return a finished job's cost: the tokens the provider billed, whether the job succeeded or not."""
    units = purchase.billed_seconds if by_time(purchase) else purchase.trained_tokens
    if units is None and purchase.price_amount == 0:
        return Bill(money.ZERO, f"{purchase.state}; free")
    if units is None:
        return Bill(None, f"{purchase.state}; the provider never said what it billed")
    amount = money.cost(purchase.price_amount, purchase.price_per, units)
    return Bill(amount, f"{purchase.state}; {units} billed {purchase.price_unit}s")


def by_time(purchase: TrainingPurchase) -> bool:
    """Return whether a purchase is charged by the time that it takes."""
    return purchase.price_unit == "second"


def billed(purchase: TrainingPurchase, job: Job) -> int | None:
    """Return the tokens or seconds on a finished job's bill: none if it ended badly before its first step.

    A job that succeeded has billed more than 0, which is only how a service says that it does not know yet.
    """
    units = job.billed_seconds if by_time(purchase) else job.trained_tokens
    if units == 0 and phase(job.status) == "succeeded":
        return None
    return 0 if units is None and job.never_began and not is_useful(job) else units


def ending(purchase: TrainingPurchase, job: Job) -> dict[str, Any]:
    """Return the fields of a purchase whose job has ended."""
    units = {"billed_seconds" if by_time(purchase) else "trained_tokens": billed(purchase, job)}
    return {
        "state": phase(job.status),
        "fine_tuned_model": job.fine_tuned_model,
        "reason": job.error,
    } | units


def is_untold(purchase: TrainingPurchase, job: Job) -> bool:
    """Return whether a finished job does not say yet what it billed, or which model it made."""
    nameless = phase(job.status) == "succeeded" and job.names_model and not job.fine_tuned_model
    return nameless or (billed(purchase, job) is None and job.tells_bill)


def lacks_an_answer(purchase: TrainingPurchase) -> bool:
    """Return whether a purchase was written down as ended before all of it was known."""
    if purchase.state not in BILLABLE:
        return False
    return bill(purchase).amount is None or (
        purchase.state == "succeeded" and not purchase.fine_tuned_model
    )


def passes_ceiling(billed: Decimal, reserved: Decimal, available: Decimal) -> bool:
    """Return whether a bill so far is beyond its reservation by more than is free in a scope."""
    return billed - reserved > max(money.ZERO, available)


def next_answer_step(
    purchase: AnswerPurchase | None, run_id: str, now: datetime, window: timedelta
) -> AnswerStep:
    """Return an answer is asked once; a lost reply, which may have been billed, once more in each run.

    What came back unusable is not asked again by the run that paid for it.
    """
    if purchase is None or purchase.state == "withdrawn":
        return AnswerStep.ASK
    if purchase.state == "answered":
        useless = purchase.finish_reason == UNUSABLE and purchase.run_id != run_id
        return AnswerStep.ASK if useless else AnswerStep.KEEP
    if purchase.state == "submitting" and now - purchase.intent_at <= window:
        return AnswerStep.WAIT
    given_up = losses(purchase, run_id) >= MAX_LOST_ANSWERS
    return AnswerStep.GIVE_UP if given_up else AnswerStep.ASK


def losses(purchase: AnswerPurchase | None, run_id: str) -> int:
    """Return how many replies this run has lost to this question, the one that is now given up included."""
    if purchase is None or purchase.run_id != run_id:
        return 0
    return purchase.losses + (purchase.state in ("submitting", "lost"))


def answer_cost(completion: Completion, input_price: Price, output_price: Price) -> Decimal | None:
    """Return the bill of an answer; None when the provider did not count its tokens."""
    if completion.prompt_tokens is None or completion.completion_tokens is None:
        return None
    return money.add(
        input_price.of_tokens(completion.prompt_tokens),
        output_price.of_tokens(completion.completion_tokens),
    )
