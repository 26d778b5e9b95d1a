"""Whoever ends the command, nothing is left running and the books hold: judged by the provider's own meter."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from infra.cli.local_run import OUTPUT
from infra.local.folder import state_dir
from infra.local.provider.process import start
from shared import catalogue
from tests.integration.test_killed_while_scraping import wait_for_the_cloud_to_end
from tests.places import ROOT

pytestmark = pytest.mark.integration

ECONCHATR = [sys.executable, "-m", "infra.cli.main"]
INPUT = '{"models": ["llama-3.3-70b"], "ceiling_usd": "5.00", "limit": 6}'
KEY = "sk-canary-0123456789abcdef"
LAST_STATE = " trains"
READER_GONE_AT = ("Scrape episodes", " is submitted")
INTERRUPTED_AT = (
    ("Prepare run", signal.SIGTERM),
    ("Discover episodes", signal.SIGINT),
    ("Scrape episodes", signal.SIGTERM),
    ("Build dataset", signal.SIGINT),
    (" is submitted", signal.SIGTERM),
    (LAST_STATE, signal.SIGINT),
)


@dataclass(frozen=True, slots=True)
class Laptop:
    """A folder for runs, and a provider that goes on when they end."""

    out: Path
    base_url: str
    root_url: str

    @contextmanager
    def run(self) -> Iterator[subprocess.Popen[str]]:
        command = [*ECONCHATR, "local", "--show", "demo", "--input", INPUT]
        command += ["--out", str(self.out), "--openai-base-url", self.base_url, "--yes"]
        with (
            (self.out.parent / "stderr.txt").open("w") as said,
            subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "OPENAI_API_KEY": KEY},
                text=True,
                stdout=subprocess.PIPE,
                stderr=said,
            ) as running,
        ):
            try:
                yield running
            finally:
                if running.poll() is None:
                    running.kill()

    def said(self) -> str:
        return (self.out.parent / "stderr.txt").read_text()

    def meter(self):
        return self.asked("GET", "/_meter")

    def fault(self, action: str, **options) -> None:
        self.asked("POST", "/_faults", {"rules": [{"action": action, "times": 99, **options}]})

    def no_faults(self) -> None:
        self.asked("DELETE", "/_faults")

    def asked(self, method, path, body=None):
        request = urllib.request.Request(  # noqa: S310 - the provider's own loopback address
            self.root_url + path,
            method=method,
            headers={"Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None

    def rows(self, table: str) -> pd.DataFrame:
        return pd.read_parquet(self.out / "lake" / table)

    def settled(self) -> Decimal:
        spend = self.out / "lake" / "spend"
        if not spend.exists():
            return Decimal(0)
        return sum(pd.read_parquet(spend)["settled_usd"].dropna(), Decimal(0))


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stopping")
    prices = folder / "prices.yaml"
    prices.write_text(catalogue.dump(catalogue.packaged()))
    with start(prices, folder / "provider", job_seconds=3, api_key=KEY) as provider:
        yield Laptop(folder / "out", provider.base_url, provider.root_url)


def until(running, text: str) -> str:
    """Read what the command says up to a line that holds the text; what it said."""
    said = []
    for line in running.stdout:
        said.append(line)
        if text in line:
            return "".join(said)
    pytest.fail(f"the command ended without {text!r}:\n{''.join(said)}")


def run_id_of(said: str) -> str:
    return next(line for line in said.splitlines() if line.startswith("Run ")).split()[1]


def summary_of(laptop, run_id):
    return json.loads((laptop.out / "runs" / run_id / "summary.json").read_text())


def test_a_run_stopped_at_any_state_is_closed_and_leaves_nothing_running(laptop):
    for state, number in INTERRUPTED_AT:
        laptop.fault("slow_job")
        with laptop.run() as running:
            said = until(running, state)
            if state in READER_GONE_AT:
                running.stdout.close()
                running.send_signal(signal.SIGHUP)
            running.send_signal(number)
            said += "" if running.stdout.closed else running.stdout.read()
            assert running.wait() == 130, (state, said, laptop.said())
        if state in READER_GONE_AT:
            said += (state_dir(laptop.out) / OUTPUT).read_text()
        assert "Stopping: cancelling what runs" in laptop.said(), state
        assert "ABORTED: RunStopped: stopped by" in laptop.said(), state
        meter = laptop.meter()
        assert meter["running_jobs"] == 0, state
        assert laptop.settled() == Decimal(meter["exact_usd"]), state
        summary = summary_of(laptop, run_id_of(said))
        assert (summary["status"], summary["error"]) == ("ABORTED", "RunStopped"), state
        assert summary["left_running"] == [], state
    assert "Nothing is left running." in said
    assert [job["status"] for job in meter["jobs"]][-1] == "cancelled"
    assert Decimal(meter["exact_usd"]) > 0
    assert f"job {meter['jobs'][-1]['job_id']} cancelled" in said
    assert set(laptop.rows("runs")["status"]) == {"ABORTED"}
    assert laptop.rows("jobs")["job_id"].iloc[-1] in {job["job_id"] for job in meter["jobs"]}


def test_a_second_signal_leaves_at_once_naming_what_runs_and_the_next_run_goes_on_with_it(laptop):
    laptop.fault("slow_job")
    laptop.fault("cancel_refused")
    with laptop.run() as running:
        said = until(running, LAST_STATE)
        running.send_signal(signal.SIGINT)
        left = run_id_of(said)
        until(running, "ABORTED")
        running.send_signal(signal.SIGINT)
        running.stdout.read()
        assert running.wait() == 130
    (job,) = (job for job in laptop.meter()["jobs"] if job["status"] == "running")
    assert (
        f"STILL RUNNING: llama-3.3-70b at nebius, job {job['job_id']}, at most 0." in laptop.said()
    )
    assert not (laptop.out / "runs" / left / "summary.json").exists()
    laptop.no_faults()
    with laptop.run() as running:
        until(running, LAST_STATE)
        running.send_signal(signal.SIGINT)
        said = running.stdout.read()
        assert running.wait() == 130
    assert f"Closing run {left}, which was killed before its end" in said
    assert laptop.meter()["running_jobs"] == 0
    assert laptop.settled() == Decimal(laptop.meter()["exact_usd"])
    assert summary_of(laptop, left)["models"][0]["job_id"] == job["job_id"]


def test_a_command_killed_and_run_again_buys_once_and_ends_with_the_same_books(laptop):
    laptop.no_faults()
    before = laptop.meter()
    with laptop.run() as running:
        killed = run_id_of(until(running, LAST_STATE))
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    wait_for_the_cloud_to_end(laptop.out)
    with laptop.run() as running:
        said = running.stdout.read()
        assert running.wait() == 0, (said, laptop.said())
    after = laptop.meter()
    assert len(after["jobs"]) == len(before["jobs"]) + 1
    assert after["running_jobs"] == 0
    assert laptop.settled() == Decimal(after["exact_usd"])
    runs = laptop.rows("runs").set_index("run_id")
    assert runs.loc[killed, "error"] == "RunKilled"
    assert runs.loc[run_id_of(said), "status"] == "SUCCEEDED"
    jobs = laptop.rows("jobs").set_index("run_id")
    for run_id in (killed, run_id_of(said)):
        assert jobs.loc[run_id, "job_id"] == after["jobs"][-1]["job_id"]
        assert jobs.loc[run_id, "fine_tuned_model"]
    assert set(jobs.loc[[killed, run_id_of(said)], "bought_by"]) == {killed}


def test_the_books_that_athena_shows_are_the_providers(laptop):
    command = [*ECONCHATR, "query", "spend_by_month_and_model", "--format", "csv"]
    command += ["--out", str(laptop.out)]
    answered = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True)
    row = next(line for line in answered.stdout.splitlines() if "training" in line)
    trained = sum(Decimal(job["charged_usd"]) for job in laptop.meter()["jobs"])
    assert trained in {
        Decimal(cell) for cell in row.split(",") if cell.replace(".", "", 1).isdigit()
    }


def holds(path: Path, text: str) -> bool:
    """Whether a file holds the text, in a Parquet file's cells too."""
    if path.suffix == ".parquet":
        return text in pd.read_parquet(path).to_csv()
    return text.encode() in path.read_bytes()


def test_the_key_is_in_nothing_that_runs_leave_behind_stopped_killed_or_whole(laptop, tmp_path):
    left = [path for path in laptop.out.rglob("*") if path.is_file()]
    kinds = {path.suffix for path in left}
    assert {".json", ".html", ".parquet", ".log"} <= kinds
    assert [path for path in left if holds(path, KEY)] == []
    assert KEY not in laptop.said()
    for name in ("leak.json", "leak.parquet"):  # else nothing would be found anywhere
        leak = tmp_path / name
        frame = pd.DataFrame({"error": [f"refused {KEY}"]})
        frame.to_parquet(leak) if leak.suffix == ".parquet" else frame.to_json(leak)
        assert holds(leak, KEY)
