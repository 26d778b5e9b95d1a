"""AWS's side of a call, by botocore's own description of the service: what is no request is refused.

botocore checks types and lengths before it sends; names, patterns and enumerations it leaves to the
service, so they are held here, and so is every reply.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

from infra.local.provider.context import RequestContext
from infra.local.provider.wire import ApiError, Json, Reply, bad_request

Answer = Callable[[RequestContext, Json], Json]

_CODES = {
    400: "ValidationException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    409: "ConflictException",
    424: "ModelErrorException",
    429: "ThrottlingException",
}


class BadReply(Exception):
    """The stand-in would have answered what the service cannot."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service, called with the context and the request's parameters."""

    service: str
    name: str
    answer: Answer

    @property
    def method(self) -> str:
        return str(_model(self.service, self.name).http["method"])

    @property
    def path(self) -> str:
        """Return the path in its address, in werkzeug's notation; an ARN in the path has slashes."""
        uri = str(_model(self.service, self.name).http["requestUri"])
        return "/v1" + re.sub(r"\{(\w+)\}", r"<path:\1>", uri)

    def __call__(self, context: RequestContext, **in_path: str) -> Reply:
        model = _model(self.service, self.name)
        asked = _asked(context, model, in_path)
        for problem in _problems(asked, model.input_shape):
            raise bad_request(problem)
        told = self.answer(context, asked)
        for problem in _problems(told, model.output_shape):
            raise BadReply(f"{self.name}: {problem}")
        return Reply(_on_the_wire(told), int(model.http.get("responseCode", 200)))


def refused(reply: Reply) -> Reply:
    """Return a refusal in the shape of AWS's; anything else as it is."""
    if reply.status < 400 or isinstance(reply.body, bytes):
        return reply
    error = reply.body["error"]
    if error["type"] == "insufficient_quota":
        return Reply({"__type": "ServiceQuotaExceededException", "message": error["message"]}, 400)
    code = _CODES.get(reply.status, "InternalServerException")
    return Reply({"__type": code, "message": error["message"]}, reply.status)


def authorised(header: str) -> bool:
    """Return whether a request is signed as AWS's are; whose signature it is, is not looked at."""
    return header.startswith("AWS4-HMAC-SHA256 Credential=")


def conflict(message: str) -> ApiError:
    return ApiError(409, message)


@cache
def _model(service: str, operation: str) -> OperationModel:
    return botocore.session.get_session().get_service_model(service).operation_model(operation)


def _asked(context: RequestContext, model: OperationModel, in_path: Mapping[str, str]) -> Json:
    """The parameters from path, query and body, with the types of the service's description."""
    shape = model.input_shape
    asked: Json = dict(context.body()) if context.request.data else {}
    for name, member in (shape.members if isinstance(shape, StructureShape) else {}).items():
        sent = {"uri": in_path, "querystring": context.request.args}.get(
            member.serialization.get("location", ""), {}
        )
        if (wire := member.serialization.get("name", name)) in sent:
            asked[name] = int(sent[wire]) if member.type_name == "integer" else sent[wire]
    return asked


def _problems(value: Any, shape: Shape | None) -> Iterator[str]:
    """What is wrong with a value, by botocore's own check and by what that leaves out."""
    if shape is not None:
        report = ParamValidator().validate(value, shape)
        if report.has_errors():
            yield report.generate_report()
        yield from _unlike(value, shape, "")


def _unlike(value: Any, shape: Any, at: str) -> Iterator[str]:
    """Texts, and values of a mapping or a list, that the description's patterns do not allow."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for name in value:
            if name not in shape.members:
                yield f"unknown field {at}.{name}"
            else:
                yield from _unlike(value[name], shape.members[name], f"{at}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for one in value:
            yield from _unlike(one, shape.member, at)
    elif shape.type_name == "string" and isinstance(value, str):
        yield from _unlike_text(value, shape, at)


def _unlike_text(value: str, shape: Any, at: str) -> Iterator[str]:
    pattern, allowed = shape.metadata.get("pattern"), shape.metadata.get("enum")
    if len(value) > shape.metadata.get("max", len(value)):
        yield f"{at} has {len(value)} characters, more than {shape.metadata['max']}"
    if pattern and not re.fullmatch(pattern, value):
        yield f"{at} {value!r} does not match {pattern}"
    if allowed and value not in allowed:
        yield f"{at} {value!r} is none of {allowed}"


def _on_the_wire(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {key: _on_the_wire(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_on_the_wire(one) for one in value]
    return value
