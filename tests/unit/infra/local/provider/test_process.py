"""What survives when the provider stops, and why it may not start."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.local.provider.process import ProviderDidNotStart, start
from tests.places import ROOT
from tests.unit.infra.local.provider.support import CATALOGUE, bench

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUESTION = "Why do you keep a red book?"
HOSTILE = {
    "AWS_PROFILE": "no-such-profile",
    "AWS_DEFAULTS_MODE": "odd",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "PYTHONHOME": "/nonexistent",
    "PYTHONOPTIMIZE": "many",
    "PYTHONWARNINGS": "error",
    "OPENAI_API_KEY": "sk-canary",
    "NEBIUS_API_KEY": "sk-canary",
}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_goes_on_with_files_jobs_models_and_the_bill(
    tmp_path: Path, how: signal.Signals
) -> None:
    with bench(tmp_path / "state") as before:
        model = before.tuned()
        answer = before.ask(model, QUESTION, temperature=0)
        bill = before.meter()
        files = [file.id for file in before.client.files.list()]
        os.kill(before.running.pid, how)
    with bench(tmp_path / "state") as after:
        assert after.meter() == bill
        assert [file.id for file in after.client.files.list()] == files
        assert after.ask(model, QUESTION, temperature=0) == answer


def test_a_job_goes_on_while_the_provider_is_away(tmp_path: Path) -> None:
    with bench(tmp_path / "state") as before:
        job = before.create()
    with bench(tmp_path / "state") as after:
        assert after.finished(job.id).status == "succeeded"


def test_a_half_written_record_is_no_record(tmp_path: Path) -> None:
    with bench(tmp_path / "state") as before:
        job = before.finished(before.create().id)
    (tmp_path / "state" / "Job" / "ftjob-half.partial").write_text('{"id": "ftj')
    with bench(tmp_path / "state") as after:
        assert [listed.id for listed in after.client.fine_tuning.jobs.list()] == [job.id]


def test_it_stops_with_the_block(tmp_path: Path) -> None:
    with bench(tmp_path / "state") as running:
        pid = running.running.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def listens(host: str, port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex((host, port)) == 0


STARTER = """
import sys
from pathlib import Path
from infra.local.provider.process import start
with start(Path(sys.argv[1]), Path(sys.argv[2])) as running:
    print(running.base_url, flush=True)
    sys.stdin.read()
"""


def test_it_ends_with_the_process_that_started_it_even_if_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE)
    command: list[str | Path] = [
        sys.executable,
        "-c",
        STARTER,
        tmp_path / "catalogue.yaml",
        tmp_path / "state",
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as starter:
        assert starter.stdout
        url = urlsplit(starter.stdout.readline())
        address = str(url.hostname), int(url.port or 0)
        socket.create_connection(address).close()
        starter.kill()
    deadline = time.monotonic() + 30
    while listens(*address) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not listens(*address)


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        attempt = start(tmp_path / "catalogue.yaml", tmp_path / "state", port=port)
        with pytest.raises(ProviderDidNotStart, match=f"Port {port} is in use"), attempt:
            pass


def test_a_place_that_cannot_be_written_or_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE)
    (tmp_path / "file").write_text("")
    blocked = start(tmp_path / "catalogue.yaml", tmp_path / "file" / "state")
    with pytest.raises(ProviderDidNotStart, match="cannot start"), blocked:
        pass
    missing = start(tmp_path / "none.yaml", tmp_path / "state")
    with pytest.raises(ProviderDidNotStart, match=r"none\.yaml"), missing:
        pass


def test_a_callers_settings_neither_stop_the_provider_nor_reach_it(tmp_path, monkeypatch):
    for name in ("infra", "shared"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('of another project')")
    for name, value in {**HOSTILE, "PYTHONPATH": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    prices = tmp_path / "prices.yaml"
    prices.write_text(CATALOGUE)
    with start(prices, tmp_path / "state", s3_endpoint="http://127.0.0.1:1") as provider:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{provider.root_url}/_meter", timeout=30) as answer:
            assert answer.status == 200
        environment = Path(f"/proc/{provider.pid}/environ")
        if environment.exists():
            assert b"canary" not in environment.read_bytes()
