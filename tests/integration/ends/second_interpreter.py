"""A second Step Functions: moto's, which is LocalStack's interpreter, with our handlers run in its process.

Started as a script, with a JSON object on its command line: `port` to listen on, and the handlers'
`environment`. moto would run functions in Docker; here an invocation imports the handler and calls it.
Wait states and the pauses before retries last a hundredth. A file of faults, which FAULTS names, says which function
fails with what, until when or how often. One thing is mended: moto's DynamoDB cannot add to `0E-12`,
which DynamoDB can.
"""

import importlib
import json
import os
import sys
import time
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.exceptions import EndpointConnectionError

from shared.providers import ProviderUnavailable

SCALE = 0.01


def invoke(function: Any, event: Any = None) -> tuple[str, bool, str]:
    """What moto asks of a container: the reply as JSON, whether it is an error, the log."""
    module, _, name = function.handler.rpartition(".")
    ends_at = time.monotonic() + int(function.timeout)
    context = SimpleNamespace(
        function_name=function.function_name,
        memory_limit_in_mb=function.memory_size,
        invoked_function_arn=function.function_arn,
        aws_request_id=os.urandom(8).hex(),
        get_remaining_time_in_millis=lambda: int(1000 * (ends_at - time.monotonic())),
    )
    error = due(function.function_name)
    if error and error.startswith("Lambda."):
        return json.dumps({"errorType": error, "errorMessage": "as asked for"}), True, ""
    try:
        handlers = importlib.import_module(module)
        with (
            patch.object(handlers, "settings_of", side_effect=RAISED[error])
            if error
            else nullcontext()
        ):
            reply = getattr(handlers, name)(event, context)
    except Exception as error:  # noqa: BLE001 - Lambda reports whatever a handler raises
        told = {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": []}
        return json.dumps(told), True, ""
    return json.dumps(reply), False, ""


RAISED = {
    "EndpointConnectionError": EndpointConnectionError(endpoint_url="https://s3.example.org"),
    "ProviderUnavailable": ProviderUnavailable("the provider is away"),
}


def due(function: str) -> str | None:
    """What the function fails with now: a fault has an end in seconds of the clock, or so many `times`."""
    file = Path(os.environ["FAULTS"])
    faults = json.loads(file.read_text()) if file.exists() else {}
    fault = faults.get(function)
    if fault is None or time.time() > fault.get("until", 1e12) or fault.get("times", 1) < 1:
        return None
    if "times" in fault:
        fault["times"] -= 1
        file.write_text(json.dumps(faults))
    return str(fault["error"])


def prepare() -> None:
    """Put our handlers and the short waits into moto."""
    from moto.awslambda.models import LambdaFunction
    from moto.core.config import default_user_config
    from moto.dynamodb.models.dynamo_type import DynamoType
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
    from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
        WaitFunction,
    )

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    wait: Any = WaitFunction._wait_interval
    replaced: list[tuple[type, str, Any]] = [
        (LambdaFunction, "_invoke_lambda", invoke),
        (
            WaitFunction,
            "_wait_interval",
            lambda self, env, wait_seconds: wait(self, env, wait_seconds * SCALE),
        ),
        (DynamoType, "__add__", lambda a, b: number(a, Decimal(a.value) + Decimal(b.value))),
        (DynamoType, "__sub__", lambda a, b: number(a, Decimal(a.value) - Decimal(b.value))),
    ]
    for owner, name, ours in replaced:
        setattr(owner, name, ours)
    paced: Any = retrier_decl
    paced.time = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds * SCALE))


def number(like: Any, value: Decimal) -> Any:
    return type(like)({"N": f"{value:f}"})


def main() -> None:
    """Serve until standard input ends."""
    asked = json.loads(sys.argv[1])
    os.environ.update(asked["environment"])
    os.environ["MOTO_PORT"] = str(asked["port"])
    prepare()
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=asked["port"], verbose=False)
    server.start()
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
