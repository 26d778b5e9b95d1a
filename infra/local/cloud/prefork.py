"""Execution environments that begin with their libraries imported: one process imports, and forks for each.

A cold start of a function spends most of its time in the imports of libraries that all functions share.
`serve` runs beside MiniStack; the bootstrap of a function runs `main`, which hands over its environment,
folder and output and lives exactly as long as the process forked for it. Where no such server runs, as on a
system that does not fork safely, the bootstrap is the worker itself.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

ADDRESS = "prefork"  # in the folder that FOLDER names: a socket's path may not be long
FOLDER = "PREFORK_SERVER_FOLDER"
LOOK_SECONDS = 0.1
START_SECONDS = 10
OUTPUT = (1, 2)
WORKER = Path(__file__).resolve().with_name("worker.py")
PRELOAD = "PREFORK_SERVER_PRELOAD"


class Preload(NamedTuple):
    """What environments begin with: imported `modules`, in this order, and models of AWS services that boto3 reads.

    No module of the deployed code, which every environment takes from its own zip, and not AWS's runtime
    client, which reads the address of its Lambda when it is imported.
    """

    modules: Sequence[str] = ()
    services: Sequence[str] = ()

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment variable that tells the server."""
        return {PRELOAD: json.dumps(self._asdict())}


def serve(folder: Path, preload: Preload) -> None:
    """Fork an environment for whoever asks, and import meanwhile; ends with the process that started it."""
    sys.path.pop(0)  # the folder of this script
    parent = os.getppid()
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(ADDRESS)
        listener.listen()
        missing, children = _steps(preload), dict[int, socket.socket]()
        while os.getppid() == parent:
            if select.select([listener], [], [], 0 if missing else LOOK_SECONDS)[0]:
                asking, _ = listener.accept()
                gc.freeze()
                if (pid := os.fork()) == 0:
                    for others in (listener, *children.values()):
                        others.close()
                    _become(asking)
                children[pid] = asking
            elif missing:
                missing.pop(0)()
            _tell_ends(children)


def _steps(preload: Preload) -> list[Callable[[], object]]:
    imports = [partial(importlib.import_module, name) for name in preload.modules]
    return [*imports[:1], partial(_read_services, preload.services), *imports[1:]]


def _read_services(services: Sequence[str]) -> None:
    """Let boto3's default session know what it would read of AWS anew in each; it has no credentials yet."""
    import boto3
    import botocore.session

    session = botocore.session.get_session()
    boto3.setup_default_session(botocore_session=session)
    loader = session.get_component("data_loader")
    session.get_component("endpoint_resolver")
    for service in services:
        loader.load_service_model(service, "service-2")
        loader.load_service_model(service, "endpoint-rule-set-1")


def _tell_ends(children: dict[int, socket.socket]) -> None:
    """To each who asked, how the environment ended, as a shell would be told."""
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with children.pop(pid) as asked, contextlib.suppress(OSError):
            asked.sendall(bytes([os.waitstatus_to_exitcode(status) & 0xFF]))


def _become(asking: socket.socket) -> NoReturn:
    """Be the environment that was asked for, for as long as who asked for it lives."""
    head, descriptors, _, _ = socket.recv_fds(asking, 4, len(OUTPUT))
    body = b""
    while len(body) < int.from_bytes(head, "big"):
        body += asking.recv(1 << 20)
    asked: dict[str, Any] = json.loads(body)
    for descriptor, number in zip(descriptors, OUTPUT, strict=True):
        os.dup2(descriptor, number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = asked["arguments"]
    sys.path.insert(0, "")  # which the worker replaces by the unpacked code
    threading.Thread(target=_end_with, args=(asking,), daemon=True).start()
    code = 0
    try:
        # By its file: as a module it would bring the packages beside it along, and not those of the unpacked code.
        runpy.run_path(str(WORKER), run_name="__main__")
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _end_with(asking: socket.socket) -> None:
    asking.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    """Ask for an environment, as the bootstrap does, and return its exit code."""
    here, arguments = str(Path.cwd()), sys.argv[1:]
    message = json.dumps(
        {"environment": dict(os.environ), "folder": here, "arguments": arguments}
    ).encode()
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(os.environ[FOLDER])
        _connect(server)
        socket.send_fds(server, [len(message).to_bytes(4, "big")], OUTPUT)
        server.sendall(message)
        return int.from_bytes(server.recv(1) or b"\1", "big")


def _connect(server: socket.socket) -> None:
    """Also to one that is about to listen."""
    for _ in range(int(START_SECONDS / LOOK_SECONDS)):
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            return server.connect(ADDRESS)
        time.sleep(LOOK_SECONDS)
    return server.connect(ADDRESS)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        serve(Path(os.environ[FOLDER]), Preload(**json.loads(os.environ[PRELOAD])))
    else:
        sys.exit(main())
