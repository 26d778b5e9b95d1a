"""What every route works on."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request

from infra.local.provider.behaviours import BARE, Behaviour
from infra.local.provider.catalogue import Model
from infra.local.provider.engine import Engine, JobState
from infra.local.provider.faults import Faults
from infra.local.provider.store import Job, Store
from infra.local.provider.wire import Json, Reply, bad_request, everything, not_found, page


@dataclass(slots=True)
class AppState:
    """The provider: what it offers, what it remembers, who trains and answers, and how it is told to misbehave.

    `catalogue` knows a model by each of its names; a job of the stand-in takes `job_seconds`; `api_key` None
    accepts any key and may be replaced at any time; `behaviour` is whose service it stands in for;
    `s3` is boto3's client of where Bedrock's training files lie; `now` is the Unix time.
    """

    catalogue: dict[str, Model]
    store: Store
    engine: Engine
    job_seconds: float
    api_key: str | None
    behaviour: Behaviour = BARE
    s3: Any = None
    faults: Faults = field(default_factory=Faults)
    now: Callable[[], float] = time.time

    def base(self, job: Job) -> Model:
        """Return the model that a job tunes."""
        return self.catalogue[job.model]


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request: `at` is the Unix time it came in, `traits` what faults make of a new job."""

    app: AppState
    request: Request
    at: float
    traits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.app.store

    @property
    def behaviour(self) -> Behaviour:
        return self.app.behaviour

    def listed(self, items: Sequence[Json], default_limit: int) -> Reply:
        """Return the items in pages, where this service knows them."""
        if self.behaviour.pages:
            return Reply(page(items, self.request.args, default_limit))
        return Reply(everything(items))

    def body(self) -> dict[str, Any]:
        """Return the request's JSON object. Raises ApiError for anything else."""
        document = self.request.get_json(force=True, silent=True)
        if not isinstance(document, dict):
            raise bad_request("We could not parse the JSON body of your request.")
        return document

    def state(self, job: Job) -> JobState:
        """Return how far a job is."""
        return self.app.engine.state(job, self.at)

    def job(self, job_id: str) -> Job:
        """Return the job. Raises ApiError where there is none."""
        job = self.store.get(Job, job_id)
        if job is None:
            raise not_found(f"Could not find fine tune: {job_id}", "fine_tune_id")
        return job
