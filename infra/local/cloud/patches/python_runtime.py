"""Python functions run on AWS's own runtime client.

AWS: a failed invocation reports the exception's class name as `errorType`, which Step Functions
matches against Retry and Catch; `/opt` holds the layers.
MiniStack 1.5.33: runs python* on a worker script of its own, which reports every exception as
`Runtime.HandlerError`, so that no Retry or Catch on a class name ever matches. It does serve the
Lambda Runtime API, for provided.* runtimes, with timeouts, logs and reuse as documented.
Here: python* runtimes get a `bootstrap` that starts `awslambdaric`, and go the way of provided.*.
There is no `/opt`, libraries come from this process's environment. As variables of the template
may point there, those in `WORKER_ENVIRONMENT` (a JSON object) win over them.
Case: `error_of_a_python_function`.
"""

import json
import os
import sys
from pathlib import Path
from shlex import quote
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from infra.local.cloud import prefork, worker
from infra.local.cloud.cloud import WORKER_ENVIRONMENT

_PYTHON, _WORKER = quote(sys.executable), quote(worker.__file__)
_BOOTSTRAP = f"""#!/bin/sh
if [ -n "${prefork.FOLDER}" ]; then
  exec {_PYTHON} -I -S {quote(prefork.__file__)} {_WORKER} "$_HANDLER"
fi
exec {_PYTHON} {_WORKER} "$_HANDLER"
"""


def install() -> None:
    """Route python* runtimes to the Lambda Runtime API, with awslambdaric as the worker."""
    _route_execution()
    _route_worker_class()
    _add_bootstrap()
    _override_environment()


def _is_python(config: dict[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("python")


def _route_execution() -> None:
    other = lambda_svc._execute_function_warm

    def execute(func: dict[str, Any], event: Any, request_id: str) -> Any:
        python = _is_python(func.get("config") or func)
        run = lambda_svc._execute_function_provided_warm if python else other
        return run(func, event, request_id)

    lambda_svc._execute_function_warm = execute


def _route_worker_class() -> None:
    other = lambda_runtime._worker_class_for

    def worker_class(config: dict[str, Any]) -> Any:
        return lambda_runtime.ProvidedWorker if _is_python(config) else other(config)

    lambda_runtime._worker_class_for = worker_class


def _add_bootstrap() -> None:
    unpack = lambda_svc._provided_runtime_code_dir

    def code_dir(code_zip: bytes) -> str:
        folder: str = unpack(code_zip)
        bootstrap = Path(folder, "bootstrap")
        if not bootstrap.exists():
            partial = bootstrap.with_suffix(f".{os.urandom(8).hex()}")
            partial.write_text(_BOOTSTRAP)
            partial.chmod(0o755)
            partial.replace(bootstrap)
        return folder

    lambda_svc._provided_runtime_code_dir = code_dir


def _override_environment() -> None:
    build = lambda_svc._provided_worker_env
    overrides: dict[str, str] = json.loads(os.environ.pop(WORKER_ENVIRONMENT, "{}"))
    if prefork.FOLDER in os.environ:
        overrides[prefork.FOLDER] = os.environ[prefork.FOLDER]

    def environment(config: dict[str, Any], code_dir: str, port: int) -> dict[str, str]:
        return {**build(config, code_dir, port), **overrides}

    lambda_svc._provided_worker_env = environment
