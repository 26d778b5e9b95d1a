"""What goes over the wire: replies, error bodies and pages in the shapes of the OpenAI API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is written: `body` is a JSON document, or the bytes of a file."""

    body: Json | bytes
    status: int = 200


class ApiError(Exception):
    """A refusal that the client sees as {"error": {message, type, param, code}}."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | int | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.reply = Reply(
            {"error": {"message": message, "type": kind, "param": param, "code": code}}, status
        )


def bad_request(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    return ApiError(400, message, param=param, code=code)


def not_found(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    return ApiError(404, message, param=param, code=code)


def everything(items: Sequence[Json]) -> Json:
    """Return all items as a list object that takes no cursor and yet says that there is more."""
    return {"object": "list", "data": list(items), "has_more": True}


def page(items: Sequence[Json], query: Mapping[str, str], default_limit: int) -> Json:
    """Return the items after the one with id `after`, at most `limit`, as a list object."""
    limit = _limit(query.get("limit"), default_limit)
    after = query.get("after")
    start = 0
    if after:
        ids = [item["id"] for item in items]
        if after not in ids:
            raise bad_request(f"No such object to list after: {after}", "after")
        start = ids.index(after) + 1
    shown = list(items[start : start + limit])
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": start + limit < len(items),
    }


def _limit(given: str | None, default: int) -> int:
    if given is None:
        return default
    if not given.isdecimal() or int(given) < 1:
        raise bad_request(f"limit must be a whole number of at least 1, found {given!r}", "limit")
    return int(given)
