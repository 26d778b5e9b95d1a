"""Fault injection: rules for the next requests that match.

A rule is {"action", "times", "match": {"method", "path"}, ...options}. `match` and `times` (1) may
be left out: each action knows the requests it is meant for. Methods and paths are regular
expressions for the whole method and any part of the path. What the actions do:

    reply_lost      the request is acted upon, then the connection is closed without an answer
    error_after     acted upon, then answered with `status` (500) and the error's `code` (none)
    error_before    answered with `status` (500) and `code` (none), not acted upon
    stall           acted upon, the answer is held back for `seconds`
    quota           429 insufficient_quota with `code` (credit_balance_exhausted)
    not_eligible    403 training_not_available
    cancel_refused  409 to a cancellation
    status          a job is shown with the status `value` (resting)
    stale_list      the list of jobs leaves out those younger than `seconds` (3600)
    trained_tokens  with `factor` the new job counts and bills that many times its tokens,
                    without it a job is shown with trained_tokens null
    progress        the new job tells the tokens it has billed so far while it runs
    fail_job        the new job ends failed with `message`, nothing billed; whether it says so is
                    a matter of the behaviour, unless `tells_tokens` is true
    slow_job        the new job runs until it is cancelled
    price_surprise  the new job bills `factor` (1.5) times its price
    no_choices      a chat is answered, and billed, with no choice at all
    parts           a chat's text comes as a list of parts
    surrogate       a chat's text ends with half of a character
    bias            a judge goes by `way`: first, longer, named, prose, html or nothing
    bad_losses      a job's result file holds losses that are no finite numbers
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra.local.provider.faults.replies import (
    half_a_character,
    in_parts,
    with_bad_losses,
    with_text,
    without_choices,
)
from infra.local.provider.wire import ApiError, Json, Reply, bad_request

Options = Mapping[str, Any]

_CREATE_JOB = ("POST", "/(fine_tuning/jobs|model-customization-jobs)$")
_READ_JOB = ("GET", "/(fine_tuning/jobs/[^/]+|model-customization-jobs/.+)$")
_LIST_JOBS = ("GET", "/(fine_tuning/jobs|model-customization-jobs)$")
_ANSWER = ("POST", "/chat/completions$")
_RESULTS = ("GET", "/files/file-results-[^/]+/content$")
_CANCEL_JOB = ("POST", "/(fine_tuning/jobs/[^/]+/cancel|model-customization-jobs/.+/stop)$")


BEDROCK_JOBS = "modelCustomizationJobSummaries"


class ReplyLost(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule does instead of acting, to the reply, or to the job that is created.

    `match` is the method and path of the requests it is meant for; `after` is told the Unix time.
    """

    match: tuple[str, str] = _CREATE_JOB
    refuse: Callable[[Options], ApiError] | None = None
    after: Callable[[Options, Reply, float], Reply] | None = None
    traits: Callable[[Options], Json] | None = None


@dataclass(slots=True)
class Rule:
    """An action for the next `times` requests that match."""

    name: str
    method: re.Pattern[str]
    path: re.Pattern[str]
    times: int
    options: Options
    action: Action

    def matches(self, method: str, path: str) -> bool:
        """Return whether a request is one of those that the rule is for."""
        return (
            self.times > 0
            and self.method.fullmatch(method) is not None
            and self.path.search(path) is not None
        )


@dataclass(frozen=True, slots=True)
class MatchedRules:
    """The rules that one request matches."""

    rules: list[Rule] = field(default_factory=list)

    def refuse(self) -> None:
        """Raise ApiError if one of the rules keeps the request from being acted upon."""
        for rule in self.rules:
            if rule.action.refuse:
                raise rule.action.refuse(rule.options)

    def traits(self) -> Json:
        """Return what becomes of a job that the request creates (see store.Job)."""
        traits: Json = {}
        for rule in self.rules:
            traits |= rule.action.traits(rule.options) if rule.action.traits else {}
        return traits

    def apply(self, reply: Reply, at: float) -> Reply:
        """Return the reply as it is given at a Unix time. Raises ReplyLost if none is."""
        for rule in self.rules:
            reply = rule.action.after(rule.options, reply, at) if rule.action.after else reply
        return reply


class Faults:
    """The rules in force; each request uses up one time of every rule it matches."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def add(self, document: Any) -> None:
        """Take the rules of {"rules": [...]}. Raises ApiError for one that makes no sense."""
        try:
            rules = [_rule(entry) for entry in document["rules"]]
        except (KeyError, TypeError, ValueError, re.error) as error:
            raise bad_request(f"rules cannot be read: {error!r}", "rules") from error
        with self._lock:
            self._rules += rules

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def left(self) -> Json:
        """Return how often each rule is still to strike."""
        with self._lock:
            return {"rules": [{"action": rule.name, "times": rule.times} for rule in self._rules]}

    def match(self, method: str, path: str) -> MatchedRules:
        """Return the rules that a request matches; each has one time less from now on."""
        with self._lock:
            matched = [rule for rule in self._rules if rule.matches(method, path)]
            for rule in matched:
                rule.times -= 1
        return MatchedRules(matched)


def _rule(entry: Mapping[str, Any]) -> Rule:
    name = entry["action"]
    if name not in ACTIONS:
        raise ValueError(f"unknown action {name!r}; there are {', '.join(sorted(ACTIONS))}")
    options = {k: v for k, v in entry.items() if k not in ("action", "match", "times")}
    action = ACTIONS[name]
    match = entry.get("match", {})
    if name == "trained_tokens" and "factor" in options:
        action = _MORE_TOKENS
    return Rule(
        name,
        re.compile(match.get("method", action.match[0])),
        re.compile(match.get("path", action.match[1])),
        int(entry.get("times", 1)),
        options,
        action,
    )


def _server_error(options: Options) -> ApiError:
    status = int(options.get("status", 500))
    message, code = "The server had an error. Sorry about that!", options.get("code")
    return ApiError(status, message, code=code, kind="server_error")


def _quota(options: Options) -> ApiError:
    code = options.get("code", "credit_balance_exhausted")
    message = "You exceeded your current quota, please check your plan and billing details."
    return ApiError(429, message, code=code, kind="insufficient_quota")


def _not_eligible(_options: Options) -> ApiError:
    message = "Fine-tuning is no longer available to this organization."
    return ApiError(403, message, code="training_not_available")


def _cancel_refused(_options: Options) -> ApiError:
    return ApiError(409, "The job cannot be cancelled at the moment.", code="cancel_refused")


def _lose(_options: Options, _reply: Reply, _at: float) -> Reply:
    raise ReplyLost


def _replace(options: Options, _reply: Reply, _at: float) -> Reply:
    return _server_error(options).reply


def _hold(options: Options, reply: Reply, _at: float) -> Reply:
    time.sleep(float(options["seconds"]))
    return reply


def _show(key: str, value: Callable[[Options], Any]) -> Callable[[Options, Reply, float], Reply]:
    def after(options: Options, reply: Reply, _at: float) -> Reply:
        if isinstance(reply.body, bytes) or reply.status != 200:
            return reply
        return Reply({**reply.body, key: value(options)}, reply.status)

    return after


def _without_young(options: Options, reply: Reply, at: float) -> Reply:
    if isinstance(reply.body, bytes) or reply.status != 200:
        return reply
    known_until = at - float(options.get("seconds", 3600))
    name = next(name for name in ("data", BEDROCK_JOBS) if name in reply.body)
    shown = [item for item in reply.body[name] if _created_at(item) < known_until]
    return Reply({**reply.body, name: shown}, reply.status)


def _created_at(item: Json) -> float:
    """Return when a listed job was created, in Unix time."""
    if "created_at" in item:
        return float(item["created_at"])
    return datetime.fromisoformat(item["creationTime"]).timestamp()


def _remade(remake: Callable[[Any], Any]) -> Callable[[Options, Reply, float], Reply]:
    def after(_options: Options, reply: Reply, _at: float) -> Reply:
        return Reply(remake(reply.body)) if reply.status == 200 else reply

    return after


_MORE_TOKENS = Action(traits=lambda options: {"token_factor": str(options["factor"])})

ACTIONS: dict[str, Action] = {
    "reply_lost": Action(after=_lose),
    "error_after": Action(after=_replace),
    "error_before": Action(refuse=_server_error),
    "stall": Action(after=_hold),
    "quota": Action(refuse=_quota),
    "not_eligible": Action(refuse=_not_eligible),
    "cancel_refused": Action(_CANCEL_JOB, refuse=_cancel_refused),
    "status": Action(_READ_JOB, after=_show("status", lambda o: o.get("value", "resting"))),
    "stale_list": Action(_LIST_JOBS, after=_without_young),
    "trained_tokens": Action(_READ_JOB, after=_show("trained_tokens", lambda _: None)),
    "progress": Action(traits=lambda _: {"tells_progress": True}),
    "fail_job": Action(
        traits=lambda o: {
            "fails_with": o.get("message", "The training cluster went away."),
            "tells_tokens": bool(o.get("tells_tokens")),
        }
    ),
    "slow_job": Action(traits=lambda _: {"never_ends": True}),
    "price_surprise": Action(traits=lambda o: {"bill_factor": str(o.get("factor", "1.5"))}),
    "no_choices": Action(_ANSWER, after=_remade(without_choices)),
    "parts": Action(_ANSWER, after=_remade(with_text(in_parts))),
    "surrogate": Action(_ANSWER, after=_remade(with_text(half_a_character))),
    "bias": Action(_ANSWER, traits=lambda o: {"bias": str(o["way"])}),
    "bad_losses": Action(_RESULTS, after=_remade(with_bad_losses)),
}
