"""The provider as a process of its own, for as long as a block lasts."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import MappingProxyType
from typing import IO

from infra.local.provider.behaviours import BARE

KEY = "PROVIDER_API_KEY"  # in the environment, because every user of a machine sees a command line
_START_SECONDS = 120
_STOP_SECONDS = 10
_INHERITED = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "TIKTOKEN_CACHE_DIR")
_OF_WHO_TUNES = (
    "HF_HOME",
    "HF_HUB_OFFLINE",
    "HF_TOKEN",
    "HTTPS_PROXY",
    "CUDA_VISIBLE_DEVICES",
    "LD_LIBRARY_PATH",
)
_NO_AWS_SETTINGS = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
_REPOSITORY = Path(__file__).resolve().parents[3]


class ProviderDidNotStart(Exception):
    """The provider ended before it listened; the message is what it said last."""


@dataclass(frozen=True, slots=True)
class RunningProvider:
    """`base_url` is what the openai client takes; `root_url` has /_meter and /_faults."""

    base_url: str
    pid: int

    @property
    def root_url(self) -> str:
        return self.base_url.removesuffix("/v1/")


@contextmanager
def start(
    catalogue: Path,
    state: Path,
    *,
    job_seconds: float = 2.0,
    api_key: str | None = None,
    behaviour: str = BARE.name,
    port: int = 0,
    s3_endpoint: str | None = None,
    bases: Mapping[str, str] = MappingProxyType({}),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[RunningProvider]:
    """Run the provider on loopback with the prices of `catalogue`; it continues from `state`.

    `behaviour` names the service it stands in for; `bare` promises the least. `s3_endpoint` is the cloud
    whose buckets it reads as Bedrock does. With `bases`, where each model lies by its `base_model`, real weights
    are trained and it stands in for nobody. `environment` is added to the little that it
    gets of this process's; TIKTOKEN_CACHE_DIR names a folder with tiktoken's vocabularies, which are
    fetched otherwise.

    It outlives a Ctrl-C, so that what runs can still be cancelled, and ends with the block, or with
    this process where that is killed.
    Raises ProviderDidNotStart, for example when `port` is in use or `state` cannot be written.
    """
    command = [sys.executable, "-m", "infra.local.provider", "--port", str(port)]
    command += ["--catalogue", str(catalogue.resolve()), "--state", str(state.resolve())]
    command += ["--job-seconds", str(job_seconds), "--until-stdin-closes"]
    command += ["--behaviour", behaviour]
    command += [word for name, at in bases.items() for word in ("--base", f"{name}={at}")]
    command += ["--s3-endpoint", s3_endpoint] if s3_endpoint else []
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=_REPOSITORY,
            env={**_inherited(), **_NO_AWS_SETTINGS, **environment, **_key(api_key)},
            start_new_session=True,
        ) as process,
    ):
        try:
            yield RunningProvider(_base_url(process, log), process.pid)
        finally:
            _stop(process)


def _inherited() -> dict[str, str]:
    names = (*_INHERITED, *_OF_WHO_TUNES)
    return {name: os.environ[name] for name in names if name in os.environ}


def _key(api_key: str | None) -> dict[str, str]:
    return {KEY: api_key} if api_key else {}


def _base_url(process: subprocess.Popen[str], log: IO[str]) -> str:
    deadline = Timer(_START_SECONDS, process.kill)
    deadline.start()
    line = process.stdout.readline() if process.stdout else ""
    deadline.cancel()
    if not line:
        process.wait()
        log.seek(0)
        raise ProviderDidNotStart(log.read().strip().rpartition("\n")[2] or "no word from it")
    return str(json.loads(line)["base_url"])


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
