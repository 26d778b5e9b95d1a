"""Starting and stopping the laptop cloud."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import IO

from infra.local.cloud import prefork
from infra.local.cloud.cloud import (
    ACCESS_KEY,
    ACCOUNT,
    REGION,
    SECRET_KEY,
    WORKER_ENVIRONMENT,
    Cloud,
)
from infra.local.cloud.errors import CloudNotStarted, StateFolderInUse, StateFolderUnusable
from infra.local.cloud.patches import UNPATCHED, require_version
from infra.local.cloud.prefork import Preload

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
LOCK_SECONDS = 15.0
FORKS_SAFELY = sys.platform == "linux"
NOTHING = Preload()
REPOSITORY = Path(__file__).resolve().parents[3]
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", *_PROXIES)


@contextmanager
def running(
    state_dir: Path,
    *,
    wait_scale: float = 1.0,
    environment: Mapping[str, str] = MappingProxyType({}),
    preload: Preload = NOTHING,
    unpatched: bool = False,
) -> Iterator[Cloud]:
    """Run the laptop cloud on a free loopback port, its state kept in `state_dir` between runs.

    `wait_scale` multiplies what Wait states and retry intervals last; `environment` is added to
    that of every Lambda function; where `preload` names modules, functions begin with these imported
    (on Linux). Nothing of the caller's own AWS settings is passed on. On the way out the state is
    saved, and MiniStack and its Lambda workers are ended. `unpatched` leaves MiniStack as it is.
    Raises StateFolderUnusable, StateFolderInUse, CloudNotStarted or UnsupportedMiniStack.
    """
    require_version()
    state_dir = state_dir.resolve()
    with _locked(state_dir) as lock:
        port = _free_port()
        added = _added(wait_scale, environment, preload, state_dir)
        if unpatched:
            added[UNPATCHED] = "yes"
        process = _start(state_dir, port, added, lock)
        try:
            cloud = Cloud(endpoint_url=f"http://{HOST}:{port}", state_dir=state_dir)
            _wait_until_healthy(cloud, process)
            yield cloud
        finally:
            _stop(process)


@contextmanager
def _locked(state_dir: Path) -> Iterator[IO[str]]:
    """The folder, made if need be, for this process alone; the open file carries the lock."""
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        lock = (state_dir / "lock").open("a")
    except OSError as problem:
        raise StateFolderUnusable(
            f"cannot write in {state_dir} ({problem.strerror}); name a folder you may write to"
        ) from problem
    with lock:
        _wait_for_lock(lock, state_dir)
        lock.truncate(0)
        lock.write(str(os.getpid()))  # whose, for `used_by`
        lock.flush()
        os.utime(lock.fileno())  # since when, for `in_use_since`
        yield lock


def in_use_since(state_dir: Path) -> datetime | None:
    """Return since when a cloud uses the folder; None where none does. Nothing in it is changed."""
    try:
        with (state_dir / "lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return datetime.fromtimestamp(os.fstat(lock.fileno()).st_mtime, UTC)
    except FileNotFoundError:
        pass
    return None


def used_by(state_dir: Path) -> int | None:
    """Return the process whose cloud uses the folder; None where none does."""
    if in_use_since(state_dir) is None:
        return None
    written = (state_dir / "lock").read_text()
    return int(written) if written.isdigit() else None


def _wait_for_lock(lock: IO[str], state_dir: Path) -> None:
    """A killed run's cloud needs a moment to save its state before it lets go."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StateFolderInUse(
                    f"another run is using {state_dir}; wait for its end, or name another folder"
                ) from None
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _start(
    state_dir: Path, port: int, added: Mapping[str, str], lock: IO[str]
) -> subprocess.Popen[bytes]:
    """MiniStack in a session of its own, so that Ctrl-C reaches it and its workers by `_stop`."""
    shutil.rmtree(state_dir / "tmp", ignore_errors=True)
    (state_dir / "tmp").mkdir(mode=0o700)
    with (state_dir / "ministack.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "infra.local.cloud.engine"],
            cwd=REPOSITORY,
            env={**_engine_environment(state_dir, port), **added},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[lock.fileno()],
            start_new_session=True,
        )


def _added(
    wait_scale: float, environment: Mapping[str, str], preload: Preload, state_dir: Path
) -> dict[str, str]:
    """Return the variables that depend on what the caller asked for."""
    forks = {prefork.FOLDER: str(state_dir / "tmp"), **preload.variables}
    return {
        "SFN_WAIT_SCALE": str(wait_scale),
        WORKER_ENVIRONMENT: json.dumps(dict(environment)),
        **(forks if preload.modules and FORKS_SAFELY else {}),
    }


def _engine_environment(state_dir: Path, port: int) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state_dir / "services"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state_dir / "s3"),
        "TMPDIR": str(state_dir / "tmp"),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "NO_PROXY": f"{HOST},localhost",
        "no_proxy": f"{HOST},localhost",
    }


def _wait_until_healthy(cloud: Cloud, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if _is_healthy(cloud):
            return
        time.sleep(0.05)
    log = (cloud.state_dir / "ministack.log").read_text(errors="replace").strip()
    raise CloudNotStarted(
        f"the laptop cloud did not start at {cloud.endpoint_url}; its log is "
        f"{cloud.state_dir / 'ministack.log'} and ends: {log[-400:] or '(empty)'}"
    )


def _is_healthy(cloud: Cloud) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{cloud.endpoint_url}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """The end of its input lets MiniStack save its state; then what is left of it is ended."""
    try:
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=STOP_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
