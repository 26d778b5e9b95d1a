"""A clock that stands still until told, and a model provider in memory that keeps its own bill."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Any, BinaryIO

from shared.providers import (
    ChatRequest,
    Completion,
    FileNotReady,
    FileState,
    Job,
    JobRequest,
    ModelNotReady,
    OutcomeUnknown,
    ProviderOutOfMoney,
    ProviderRejected,
    ProviderUnavailable,
    RateLimited,
    TrainingNotAvailable,
    UploadedFile,
)

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACTIVE = ("validating_files", "queued", "running")


class Clock:
    """`now` and `sleep` for whoever takes the time as an argument."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Fault(Enum):
    """What may go wrong with one call."""

    LOST_AFTER = auto()  # done, and billed, but no reply
    LOST_BEFORE = auto()  # not done, and no reply
    NOT_SENT = auto()
    RATE_LIMITED = auto()
    FILE_NOT_READY = auto()
    OUT_OF_MONEY = auto()
    NOT_ELIGIBLE = auto()
    REJECTED = auto()
    NOT_READY = auto()
    HIDDEN = auto()  # a job that is there is not shown
    ODD_STATUS = auto()


ERRORS: dict[Fault, Callable[[], Exception]] = {
    Fault.LOST_AFTER: lambda: OutcomeUnknown("no reply"),
    Fault.LOST_BEFORE: lambda: OutcomeUnknown("no reply"),
    Fault.NOT_SENT: lambda: ProviderUnavailable("no connection"),
    Fault.FILE_NOT_READY: lambda: FileNotReady("still being processed"),
    Fault.RATE_LIMITED: lambda: RateLimited("too fast", 1.0),
    Fault.OUT_OF_MONEY: lambda: ProviderOutOfMoney("no credit"),
    Fault.NOT_ELIGIBLE: lambda: TrainingNotAvailable("not you"),
    Fault.REJECTED: lambda: ProviderRejected("no"),
    Fault.NOT_READY: lambda: ModelNotReady("not yet"),
}


@dataclass
class FakeJob:
    """One job as the provider knows it."""

    job_id: str
    request: JobRequest
    created_at: datetime
    seconds: float
    tokens: int
    ending: str
    tells_tokens: bool = True
    ended_at: datetime | None = None
    ended_as: str | None = None
    billed_tokens: int = 0


@dataclass(frozen=True)
class FakeCall:
    """One billed answer."""

    request: ChatRequest
    cost: Decimal


@dataclass
class FakeProvider:
    """Implements the provider's verbs, and bills by its own counting.

    It says of a job what every service says: metadata only when `echoes_metadata`.

    `faults[verb]` is a queue of what goes wrong with the next calls (None: nothing). The next jobs
    take `job_seconds`, bill `job_tokens`, and end as `job_ending` (None: not until cancelled).
    A new job appears in listings after `listing_delay` seconds. What it lists, tells of a job that is asked
    for, and replies to a creation is changed by `listed_as`, `told_as` and `replied_as`.
    """

    clock: Clock
    price_per_token: Decimal = Decimal("0.000005")
    answer_price: Decimal = Decimal("0.000072")
    job_seconds: float = 120
    job_tokens: int = 100_000
    job_ending: str | None = "succeeded"
    tells_tokens: bool = True
    listing_delay: float = 0
    echoes_metadata: bool = False
    never_began: bool = False
    file_seconds: float = 0
    file_ending: FileState = "ready"
    listed_as: dict[str, Any] = field(default_factory=dict)
    told_as: dict[str, Any] = field(default_factory=dict)
    replied_as: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, deque[Fault | None]] = field(default_factory=lambda: defaultdict(deque))
    made: dict[str, FakeJob] = field(default_factory=dict)
    files: dict[str, UploadedFile] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    uploaded_at: dict[str, datetime] = field(default_factory=dict)
    calls: list[FakeCall] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def script(self, verb: str, *faults: Fault | None) -> None:
        self.faults[verb].extend(faults)

    def bill(self) -> Decimal:
        """What is owed so far."""
        tokens = sum(self._billed(job) for job in self.made.values())
        return sum((call.cost for call in self.calls), self.price_per_token * tokens)

    def running(self) -> list[str]:
        return [job.job_id for job in self.made.values() if self._status(job) in ACTIVE]

    def find_files(self, name: str) -> list[UploadedFile]:
        self._raise_if(self._fault("find_files"))
        return [file for file in self.files.values() if file.name == name]

    def upload(self, name: str, content: BinaryIO) -> UploadedFile:
        fault = self._fault("upload")
        if fault is None or fault is Fault.LOST_AFTER:
            file = UploadedFile(f"file-{len(self.contents) + 1}", name, "pending")
            self.files[file.file_id] = file
            self.contents[file.file_id] = content.read()
            self.uploaded_at[file.file_id] = self.clock.now()
        # Uploading buys nothing, so a lost reply is only a failed call.
        if fault is not None:
            raise ProviderUnavailable("no reply")
        return file

    def file(self, file_id: str) -> UploadedFile | None:
        self._raise_if(self._fault("file"))
        file = self.files.get(file_id)
        if file is None or not self._processed(file_id):
            return file
        return replace(file, state=self.file_ending)

    def _processed(self, file_id: str) -> bool:
        age = (self.clock.now() - self.uploaded_at[file_id]).total_seconds()
        return age >= self.file_seconds

    def delete_file(self, file_id: str) -> None:
        self._raise_if(self._fault("delete_file"))
        self.files.pop(file_id, None)

    def create(self, request: JobRequest) -> Job:
        fault = self._fault("create")
        if fault is None or fault is Fault.LOST_AFTER:
            job = FakeJob(
                job_id=f"job-{len(self.made) + 1}",
                request=request,
                created_at=self.clock.now(),
                seconds=self.job_seconds if self.job_ending else float("inf"),
                tokens=self.job_tokens,
                ending=self.job_ending or "succeeded",
                tells_tokens=self.tells_tokens,
            )
            self.made[job.job_id] = job
        self._raise_if(fault)
        return replace(self._shown(job), **self.replied_as)

    def jobs(self) -> list[Job]:
        self._raise_if(self._fault("jobs"))
        oldest_shown = self.clock.now() - timedelta(seconds=self.listing_delay)
        return [
            replace(self._shown(job), **self.listed_as)
            for job in reversed(self.made.values())
            if job.created_at <= oldest_shown
        ]

    def get(self, job_id: str) -> Job | None:
        fault = self._fault("get")
        if fault is Fault.HIDDEN:
            return None
        if fault is Fault.ODD_STATUS:
            return replace(self._shown(self.made[job_id]), status="reticulating")
        self._raise_if(fault)
        return replace(self._shown(self.made[job_id]), **self.told_as)

    def cancel(self, job_id: str) -> None:
        self._raise_if(self._fault("cancel"))
        job = self.made[job_id]
        if self._status(job) not in ACTIVE:
            raise ProviderRejected("the job has ended")
        job.billed_tokens = self._so_far(job)
        job.ended_at, job.ended_as = self.clock.now(), "cancelled"

    def complete(self, request: ChatRequest) -> Completion:
        fault = self._fault("complete")
        if fault is None or fault is Fault.LOST_AFTER:
            call = FakeCall(request, self.answer_price)
            self.calls.append(call)
        self._raise_if(fault)
        return Completion("An answer.", "stop", 50, 10)

    def _fault(self, verb: str) -> Fault | None:
        self.sent.append(verb)
        return self.faults[verb].popleft() if self.faults[verb] else None

    def _raise_if(self, fault: Fault | None) -> None:
        if fault is not None:
            raise ERRORS[fault]()

    def _status(self, job: FakeJob) -> str:
        if job.ended_as is not None:
            return job.ended_as
        age = (self.clock.now() - job.created_at).total_seconds()
        if age >= job.seconds:
            job.ended_at = job.created_at + timedelta(seconds=job.seconds)
            job.ended_as = job.ending
            job.billed_tokens = job.tokens if job.ending == "succeeded" else 0
            return job.ended_as
        return ACTIVE[min(int(age // 10), len(ACTIVE) - 1)]

    def _so_far(self, job: FakeJob) -> int:
        progress = min(1.0, (self.clock.now() - job.created_at).total_seconds() / job.seconds)
        return int(job.tokens * progress)

    def _told(self, job: FakeJob) -> int | None:
        return job.billed_tokens if job.ended_as is not None and job.tells_tokens else None

    def _billed(self, job: FakeJob) -> int:
        self._status(job)
        return job.billed_tokens

    def _shown(self, job: FakeJob) -> Job:
        status = self._status(job)
        return Job(
            job_id=job.job_id,
            run_key=job.request.run_key if self.echoes_metadata else None,
            status=status,
            fine_tuned_model=f"ft:{job.job_id}" if status == "succeeded" else None,
            trained_tokens=self._told(job),
            error="the loss diverged" if status == "failed" else "",
            training_file=job.request.file_id,
            base_model=job.request.base_model,
            created_at=job.created_at,
            never_began=self.never_began,
        )
