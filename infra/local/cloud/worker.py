"""One Lambda execution environment: AWS's runtime client, with the deployed code first on the path.

Started as a script by the `python_runtime` patch; sys.argv[1] is the handler, LAMBDA_TASK_ROOT the
unpacked code and AWS_LAMBDA_RUNTIME_API the address to ask for work.
"""

import http.client
import importlib.util
import os
import sys
from email.message import Message
from types import ModuleType
from typing import cast

API = "/2018-06-01/runtime/invocation"


class HttpRuntimeClient:
    """The native module of `awslambdaric`, for systems for which it has no wheel (macOS).

    Same functions, same arguments, over the Lambda Runtime API of AWS_LAMBDA_RUNTIME_API.
    """

    def initialize_client(self, user_agent: str) -> None:
        self._user_agent = user_agent

    def next(self) -> tuple[bytes, Message]:
        return self._call("GET", "next", b"", {})

    def post_invocation_result(
        self, invoke_id: str, result: bytes, content_type: str, _invocation_id: str | None
    ) -> None:
        self._call("POST", f"{invoke_id}/response", result, {"Content-Type": content_type})

    def post_error(
        self, invoke_id: str, error: str, _xray_fault: str, _invocation_id: str | None
    ) -> None:
        self._call("POST", f"{invoke_id}/error", error.encode(), {})

    def _call(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[bytes, Message]:
        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        try:
            connection.request(
                method, f"{API}/{path}", body, {"User-Agent": self._user_agent, **headers}
            )
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status >= 300:
            raise RuntimeError(f"the Lambda Runtime API answered {response.status} to {path}")
        return answer, response.headers


def main() -> None:
    """Take invocations until the Runtime API goes away."""
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    if importlib.util.find_spec("runtime_client") is None:
        sys.modules["runtime_client"] = cast(ModuleType, HttpRuntimeClient())
    from awslambdaric.__main__ import main as run

    run(sys.argv)


if __name__ == "__main__":
    main()
