"""The pages of invented runs, as files, and a browser to open them with."""

import pytest

from shared.lake import keys
from tests.integration.pages.browser import chromium
from tests.sample_run import RUN_ID, sample_run

LONG = "W" * 300
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">'
FIVE = ("gpt-4.1", "gpt-4.1-mini", "gpt-4o-mini", "llama-3.1-8b", "llama-3.3-70b")


def whole(run):
    run.write_manifest()
    run.write_corpus()
    run.write_dataset()
    run.write_jobs()
    run.write_all_arms(held_out=4)


def plan(run):
    run.dry_run = True
    run.write_manifest()
    run.write_corpus()
    run.write_dataset()


def failed(run):
    plan(run)
    run.dry_run = False
    run.write_manifest()
    run.write_jobs(status="failed")


def refused(run):
    run.write_manifest()


def hostile(run):
    run.write_manifest(title=HOSTILE + LONG)
    run.write_corpus(title=LONG, detail=HOSTILE + LONG, reason=LONG)
    run.write_dataset()
    run.write_jobs()
    run.write_answers(tuned=HOSTILE, base=LONG)


def many(run):
    run.models = FIVE
    whole(run)


KINDS = {
    "whole": (whole, None, None),
    "plan": (plan, None, None),
    "failed": (failed, "EveryFineTuneFailed", "both failed"),
    "refused": (refused, "LedgerBusy", "the table stayed contended"),
    "hostile": (hostile, "FineTuneFailed", HOSTILE + LONG),
    "many": (many, None, None),
}


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The folder of each kind of run, by name."""
    folders = {}
    for kind, (write, error, cause) in KINDS.items():
        folders[kind] = tmp_path_factory.mktemp(kind)
        with sample_run() as run:
            write(run)
            run.report(error, cause)
            for key in run.lake.keys(f"runs/{RUN_ID}/"):
                path = folders[kind] / key.removeprefix(
                    keys.report(RUN_ID).removesuffix("report.html")
                )
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(run.lake.read(key))
    return folders


@pytest.fixture(scope="module")  # while it is open, no other loop of asyncio runs in the process
def browser():
    with chromium() as found:
        yield found
