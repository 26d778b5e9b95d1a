"""The line between one run and the stand-in: real requests, any of which may come to grief on the way."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx2
import openai

from infra.local.provider.store import Call, Job
from shared.providers import CALL_TIMEOUT_SECONDS
from tests.campaign.stage import Stage

if TYPE_CHECKING:
    from tests.campaign.world import World

# How long after the client hung up the provider may still begin, and how old a job may be that a
# listing leaves out: together with the call itself less than `SUBMISSION_WINDOW` allows for.
LATE_SECONDS = (1, 20, 60)
STALE_SECONDS = 120
OUTAGE_SECONDS, SLOW_SECONDS = (0, 0, 20), (5, 20, 50)
BURSTS = (1, 1, 3)  # the client asks three times for what it may ask again

VERBS = {
    ("POST", "/v1/fine_tuning/jobs"): "create job",
    ("GET", "/v1/fine_tuning/jobs"): "list jobs",
    ("POST", "/v1/chat/completions"): "ask",
    ("GET", "/v1/files"): "list files",
    ("POST", "/v1/files"): "upload",
    ("POST", "/v1/model-customization-jobs"): "create job",
    ("GET", "/v1/model-customization-jobs"): "list jobs",
}


@dataclass(frozen=True)
class Trouble:
    """What becomes of a request: the stand-in misbehaves by `rule`, or the line itself does.

    `unheard`: the deed may be done and billed although no reply arrives. `times`: how many requests
    of its kind it strikes, one of these.
    """

    name: str
    rule: Mapping[str, Any] | None = None
    unheard: bool = False
    times: tuple[int, ...] = (1,)


NOT_SENT = Trouble("not sent")
SLOW = Trouble("slow")
TIMED_OUT = Trouble("timed out", unheard=True)
LATE = Trouble("timed out, acted upon later", unheard=True)
REPLY_LOST = Trouble("reply lost", {"action": "reply_lost"}, unheard=True)
ERROR_AFTER = Trouble("5xx after", {"action": "error_after", "status": 502}, unheard=True)
ERROR_BEFORE = Trouble("5xx before", {"action": "error_before", "status": 503})
TOO_FAST = Trouble("429", {"action": "error_before", "status": 429})
BUSY = replace(TOO_FAST, name="429 for a while", times=(20, 60))
NO_CREDIT = Trouble("no credit", {"action": "quota"})
NOT_ELIGIBLE = Trouble("not eligible", {"action": "not_eligible"})
NOT_READY = Trouble(
    "not ready", {"action": "error_before", "status": 404, "code": "model_not_found"}
)
HIDDEN = Trouble("hidden", {"action": "error_before", "status": 404})
ODD_STATUS = Trouble("odd status", {"action": "status", "value": "reticulating"})
STALE = Trouble("stale list", {"action": "stale_list", "seconds": STALE_SECONDS})
REFUSED = Trouble("refused", {"action": "cancel_refused"})

BUYING = (REPLY_LOST, ERROR_AFTER, ERROR_BEFORE, TIMED_OUT, LATE, NOT_SENT, TOO_FAST, SLOW)
READING = (NOT_SENT, ERROR_BEFORE, TIMED_OUT, SLOW)
TROUBLES: Mapping[str, tuple[Trouble, ...]] = {
    "create job": (*BUYING, *BUYING, NO_CREDIT, NOT_ELIGIBLE),
    "ask": (*BUYING, *BUYING, BUSY, NOT_READY, NO_CREDIT),
    "cancel job": (REFUSED, REFUSED, NOT_SENT, REPLY_LOST, ERROR_AFTER, TIMED_OUT),
    "get job": (*READING, HIDDEN, ODD_STATUS, ODD_STATUS),
    "list jobs": (*READING, STALE, STALE),
    "list files": READING,
    "upload": (*READING, REPLY_LOST, ERROR_AFTER),
    "delete file": READING,
}
# What a schedule does only once or twice goes wrong more often.
RATES = {"create job": 0.45, "ask": 0.35, "cancel job": 0.4}
OTHER_RATE = 0.12


class NoConnection(Exception):
    """The request never left."""


class NoReply(Exception):
    """The line went dead before a reply."""


class TooLate(Exception):
    """The caller hung up before the reply."""


class Line:
    """One run's way to the stand-in: what it has done there is on this run's bill."""

    def __init__(self, world: "World", run_id: str) -> None:
        self._world, self._run_id = world, run_id
        self._way = httpx2.WSGITransport(world.application)

    def send(self, request: httpx2.Request) -> httpx2.Response:
        """The stand-in's reply; raises NoConnection, NoReply or TooLate."""
        world, verb = self._world, _verb(request)
        request.read()
        world.gate(verb)
        trouble = world.trouble_with(verb)
        if trouble is NOT_SENT:
            raise NoConnection
        if trouble is not None and trouble.unheard:
            world.unheard[request.content] += 1
        if trouble is LATE:
            delay = CALL_TIMEOUT_SECONDS + world.rng.choice(LATE_SECONDS)
            world.stage.spawn("late request", lambda: self._arrive_late(request), delay)
            raise self._hang_up()
        reply = self._delivered(request, trouble)
        if trouble is TIMED_OUT:
            raise self._hang_up()
        if trouble is SLOW:
            world.stage.sleep(world.rng.choice(SLOW_SECONDS))
        world.stage.actor.carries = request.content
        world.gate(f"after {verb}")
        return reply

    def _delivered(self, request: httpx2.Request, trouble: Trouble | None) -> httpx2.Response:
        """What the stand-in answers; whatever it bills for the request is put down to this run."""
        provider, before = self._world.standin, self._billable()
        if trouble is not None and trouble.rule is not None:
            once = _verb(request) in ("create job", "ask")
            times = self._world.rng.choice(trouble.times if once else BURSTS)
            match = {"method": request.method, "path": f"^{re.escape(request.url.path)}$"}
            provider.faults.add({"rules": [{**trouble.rule, "match": match, "times": times}]})
        try:
            reply = self._way.handle_request(request)
            reply.read()
        except ConnectionAbortedError as lost:
            raise NoReply from lost
        finally:
            for bought in self._billable() - before:
                self._world.payer[bought] = self._run_id
                self._world.asked[bought] = request.content
        return reply

    def _arrive_late(self, request: httpx2.Request) -> None:
        with suppress(NoReply):  # nobody is listening any more
            self._delivered(request, None)

    def _billable(self) -> set[str]:
        store = self._world.standin.store
        return {job.id for job in store.all(Job)} | {call.id for call in store.all(Call)}

    def _hang_up(self) -> TooLate:
        self._world.stage.sleep(CALL_TIMEOUT_SECONDS)
        return TooLate()


class OpenAILine(httpx2.BaseTransport):
    """The line as the `openai` client takes it."""

    def __init__(self, world: "World", run_id: str) -> None:
        self._world, self._run_id = world, run_id
        self._line = Line(world, run_id)

    def client(self) -> openai.OpenAI:
        """The real client, which repeats what it repeats, in simulated time."""
        return _client_class(self._world.stage)(
            api_key=self._run_id,
            base_url="http://stand-in.invalid/v1/",
            timeout=CALL_TIMEOUT_SECONDS,
            http_client=httpx2.Client(transport=self, trust_env=False),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            return self._line.send(request)
        except NoConnection:
            raise httpx2.ConnectError("no connection", request=request) from None
        except NoReply:
            raise httpx2.RemoteProtocolError("no reply", request=request) from None
        except TooLate:
            raise httpx2.ReadTimeout("no reply in time", request=request) from None


def _client_class(stage: Stage) -> type[openai.OpenAI]:
    class StagedClient(openai.OpenAI):
        """Waits on the stage before it repeats a request; a copy of it does so too."""

        def _sleep_for_retry(self, *, retries_taken: int, **_: Any) -> None:
            stage.sleep(0.5 * 2**retries_taken)

    return StagedClient


def _verb(request: httpx2.Request) -> str:
    known = VERBS.get((request.method, request.url.path))
    if known is not None:
        return known
    if request.url.path.endswith(("/cancel", "/stop")):
        return "cancel job"
    if request.url.path.endswith("/converse"):
        return "ask"
    return "delete file" if request.method == "DELETE" else "get job"
