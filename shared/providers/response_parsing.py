"""What a provider's replies say: JSON of any shape as our records.

Nothing here trusts a reply. What cannot be told from it is None; a reply without what makes it one
raises TypeError or another ValueError, LookupError or ArithmeticError, which `error_mapping` maps.
"""

import base64
import binascii
import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from shared.providers.contract import (
    KEY_FIELD,
    UNUSABLE,
    Completion,
    Deployment,
    FileState,
    Job,
    JobEvent,
    TrainingStep,
    UploadedFile,
)
from shared.text import encodable

FILE_STATES: Mapping[str, FileState] = {
    "processed": "ready",
    "error": "broken",
    "failed": "broken",
    "deleted": "broken",
    **dict.fromkeys(("pending", "queued", "running", "processing", "validating"), "pending"),
}
FILES_OF_A_JOB = frozenset({"training_file", "validation_file"})
REFUSED_FILES = frozenset(
    ("invalid_file", "invalid_file_format", "invalid_training_file", "invalid_validation_file")
)
BEGAN = re.compile(r"\b(?:step|epoch|batch|iteration)s?\W{0,3}\d", re.IGNORECASE)
MOST_TOKENS = 10**15  # what is more is a mistake, and no money could be reckoned from it
MILLISECONDS_FROM = 10**11
Read = TypeVar("Read")
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a listing; `more` is None where the service does not say whether there is another."""

    items: Sequence[Fields]
    more: bool | None


def decoded(body: bytes) -> Any:
    """Return the JSON of a reply; NaN and infinities, which JSON does not know, are None."""
    return json.loads(body.decode("utf-8", "replace"), parse_constant=lambda _: None)


def page(resource: Any) -> Page:
    """Return the items that are JSON objects with an id; other entries are passed over.

    Some services send the list alone. Raises TypeError where there is no list.
    """
    listing = {"data": resource} if isinstance(resource, list) else _fields(resource)
    items = listing["data"]
    if not isinstance(items, list):
        raise TypeError(f"a listing has a list of data, found {type(items).__name__}")
    more = listing.get("has_more")
    found = [item for item in items if isinstance(item, Mapping) and _words(item.get("id"))]
    return Page(
        [{**item, "id": _name(item["id"])} for item in found],
        more if isinstance(more, bool) else None,
    )


def entries(resource: Any) -> Sequence[Fields]:
    """Return the items of a listing that is read once and no obstacle: none where there is no list to read."""
    try:
        return page(resource).items
    except (TypeError, LookupError):
        return ()


def job(resource: Any) -> Job:
    """Return a job is whatever has an id."""
    raw = _fields(resource)
    metadata, error = _maybe_fields(raw.get("metadata")), _maybe_fields(raw.get("error"))
    files = raw.get("result_files")
    return Job(
        job_id=_name(raw.get("id")),
        run_key=_words(metadata.get(KEY_FIELD)),
        status=_words(raw.get("status")) or "unknown",
        fine_tuned_model=_words(raw.get("fine_tuned_model")),
        trained_tokens=_count(raw.get("trained_tokens")),
        result_files=tuple(filter(None, map(_words, files if isinstance(files, list) else ()))),
        error=_words(error.get("message")) or _words(raw.get("error")) or "",
        training_file=_words(raw.get("training_file")),
        base_model=_words(raw.get("model")),
        created_at=_moment(raw.get("created_at")),
        never_began=_never_began(raw, error),
        suffix=_words(raw.get("user_provided_suffix")) or _words(raw.get("suffix")),
        seed=_count(raw.get("seed")),
    )


def file(resource: Any) -> UploadedFile:
    """Return a file is whatever has an id."""
    raw = _fields(resource)
    state = FILE_STATES.get(_words(raw.get("status")) or "", "unsaid")
    return UploadedFile(_name(raw.get("id")), _words(raw.get("filename")) or "", state)


def uploaded_at(resource: Fields) -> datetime:
    """Return when a listed file was uploaded; the beginning of time where the service does not say."""
    return _moment(resource.get("created_at")) or datetime.fromtimestamp(0, UTC)


def completion(resource: Any) -> Completion:
    """Return an answer, which may be UNUSABLE and billed all the same."""
    raw = _fields(resource)
    if "choices" not in raw and "usage" not in raw:
        raise TypeError("a completion has choices")
    choice, usage = _first(raw.get("choices")), _maybe_fields(raw.get("usage"))
    text = _answer(choice.get("message"))
    return Completion(
        text=text or "",
        finish_reason=UNUSABLE if text is None else _words(choice.get("finish_reason")) or "",
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
    )


def deployment(resource: Any) -> Deployment:
    """Return a deployment under the name that the provider gave it."""
    raw = _fields(resource)
    return Deployment(_name(raw.get("name")), _name(raw.get("status")))


def event(resource: Any) -> JobEvent:
    """Return a line of a log; one without a time is as old as can be."""
    raw = _fields(resource)
    at = _moment(raw.get("created_at")) or datetime.fromtimestamp(0, UTC)
    return JobEvent(at, _words(raw.get("level")) or "info", _words(raw.get("message")) or "")


def step_number(resource: Fields) -> int:
    """Return where in its training a checkpoint was taken."""
    return _count(resource.get("step_number")) or 0


def shutdown_date(resource: Fields) -> date | None:
    """Return the last day that a model's entry announces."""
    with suppress(TypeError, ValueError):
        return (
            date.fromisoformat(resource["shutdown_date"]) if resource.get("shutdown_date") else None
        )
    return None


def curve(content: bytes) -> Iterator[TrainingStep]:
    """Yield the rows of a result file, which some services send in base64."""
    for row in csv.DictReader(io.StringIO(_csv(content))):
        yield TrainingStep(
            step=int(measure(row["step"]) or 0),
            train_loss=measure(row.get("train_loss")),
            train_accuracy=measure(row.get("train_accuracy")),
            valid_loss=measure(row.get("valid_loss")),
            valid_mean_token_accuracy=measure(row.get("valid_mean_token_accuracy")),
        )


def _csv(content: bytes) -> str:
    if not content.lstrip().startswith(b"step"):
        try:
            content = base64.b64decode(content, validate=True)
        except binascii.Error as error:
            raise ValueError("neither CSV nor base64") from error
    return encodable(content.decode())


def measure(value: str | None) -> float | None:
    """Return a measure that can be drawn and written: a loss that ran away is none."""
    number = float(value) if value else None
    return number if number is not None and math.isfinite(number) else None


def _never_began(raw: Fields, error: Fields) -> bool:
    """Return whether the service says that training never took a step, and nothing that it says contradicts."""
    steps, said = _count(raw.get("trained_steps")), _words(error.get("message")) or ""
    if steps or _count(raw.get("trained_tokens")) or BEGAN.search(said):
        return False
    code = _words(error.get("code")) or ""
    return steps == 0 or error.get("param") in FILES_OF_A_JOB or code in REFUSED_FILES


def _answer(message: object) -> str | None:
    """Return what a message says, in one text or in parts; None when that cannot be told."""
    if not isinstance(message, Mapping):
        return None
    content = message.get("content")
    if content is None:
        return _words(message.get("refusal")) or ""
    parts = content if isinstance(content, list) else [content]
    texts = [part.get("text") if isinstance(part, Mapping) else part for part in parts]
    readable = [encodable(text) for text in texts if isinstance(text, str)]
    return "".join(readable) if readable or not parts else None


def _first(choices: object) -> Fields:
    return _maybe_fields(choices[0]) if isinstance(choices, list) and choices else {}


def _fields(value: object) -> Fields:
    if not isinstance(value, Mapping):
        raise TypeError(f"expected a JSON object, got {type(value).__name__}")
    return value


def _maybe_fields(value: object) -> Fields:
    return value if isinstance(value, Mapping) else {}


def _name(value: object) -> str:
    name = _words(value)
    if name is None:
        raise TypeError(f"expected a name, got {type(value).__name__}")
    return name


def _words(value: object) -> str | None:
    return encodable(value) if isinstance(value, str) and value else None


def _count(value: object) -> int | None:
    """Return a number of tokens or steps; some services send whole numbers with a decimal point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MOST_TOKENS else None


def seconds(value: object) -> int | None:
    """Return a time that is billed in whole seconds, the last one begun; None where it cannot be told."""
    if isinstance(value, float) and math.isfinite(value):
        value = math.ceil(value)
    return _count(value)


def _moment(value: object) -> datetime | None:
    """Return a time in seconds or milliseconds since 1970, or in ISO 8601."""
    return _attempted(lambda: _read_moment(value))


def _read_moment(value: object) -> datetime | None:
    if isinstance(value, str) and not value.strip().isdigit():
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    seconds = float(value)
    if seconds >= MILLISECONDS_FROM:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None


def _attempted(read: Callable[[], Read]) -> Read | None:
    try:
        return read()
    except (ArithmeticError, OSError, ValueError):
        return None
