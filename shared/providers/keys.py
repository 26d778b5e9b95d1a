"""API keys that may be replaced while a worker lives."""

from collections.abc import Callable, Generator

import httpx2

# The key as it is now; asked with True, as it is at its source, whatever was remembered.
KeySource = Callable[[bool], str]


class RenewedKey(httpx2.Auth):
    """A request whose key is refused is sent once more if the source holds another by now."""

    def __init__(self, source: KeySource) -> None:
        self._source = source

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        response = yield request
        if response.status_code in (401, 403):
            renewed = f"Bearer {self._source(True)}"
            if request.headers.get("authorization") != renewed:
                request.headers["authorization"] = renewed
                yield request
