"""The command killed in the middle of scraping goes on where it was."""

import fcntl
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.integration.site import FlakySite, flaky_site
from tests.places import ROOT

pytestmark = pytest.mark.integration

PAGES_BEFORE_THE_KILL = 8
PROFILE = """
name: killed
feed: {base_url}/feed.xml
host: {{name: Mara Tolliver, aliases: [Mara, Tolliver]}}
fetch: {{delay_seconds: 0.0}}
questions: ["Why?"]
"""


def plan(profile: Path, out: Path) -> list[str]:
    command = [sys.executable, "-m", "infra.cli.main", "plan"]
    return [*command, "--show", str(profile), "--out", str(out)]


def wait_for_the_cloud_to_end(out: Path) -> None:
    """The embedded cloud notices that its parent is gone, and lets go of its folder when it ends."""
    with (out / ".econchatr" / "cloud" / "lock").open("a") as lock:
        deadline = time.monotonic() + 30
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                assert time.monotonic() < deadline, "the embedded cloud did not end"
                time.sleep(0.05)


def kill_while_scraping(profile: Path, out: Path, site: FlakySite) -> None:
    site.pages_before_it_hangs = PAGES_BEFORE_THE_KILL
    with subprocess.Popen(
        plan(profile, out), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as command:
        try:
            assert site.hanging.wait(60)
        finally:
            command.kill()
    wait_for_the_cloud_to_end(out)
    site.pages_before_it_hangs = None
    site.let_go.set()


def table(out: Path, name: str, *order: str) -> pd.DataFrame:
    rows = pd.read_parquet(out / "lake" / name).sort_values(list(order)).reset_index(drop=True)
    return rows.drop(columns=["fetched_at", "asked_since"], errors="ignore")


def test_a_run_killed_while_scraping_fetches_no_page_twice_and_leaves_the_same_corpus(tmp_path):
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    with flaky_site(tmp_path / "site") as site:
        profile = tmp_path / "killed.yaml"
        profile.write_text(PROFILE.format(base_url=site.base_url))
        subprocess.run(plan(profile, undisturbed), cwd=ROOT, check=True, capture_output=True)
        pages = sorted(site.fetched_in_full())
        site.answers.clear()
        kill_while_scraping(profile, killed, site)
        assert len(site.fetched_in_full()) == PAGES_BEFORE_THE_KILL < len(pages)
        subprocess.run(plan(profile, killed), cwd=ROOT, check=True, capture_output=True)
        assert sorted(site.fetched_in_full()) == pages
        assert {site.answers[path, 200] for path in pages} == {1}
    for name, order in (
        ("episodes", ("episode_id",)),
        ("turns", ("episode_id", "turn")),
        ("pairs", ("pair_id",)),
    ):
        pd.testing.assert_frame_equal(table(killed, name, *order), table(undisturbed, name, *order))
