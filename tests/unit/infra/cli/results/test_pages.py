"""Which report is opened first, and the page that links all of them."""

import json

import pytest

from infra.cli.results import pages
from infra.local.cloud import Cloud
from infra.local.folder import FolderObjects, claim, opened, state_dir
from infra.machine.runs import RunStore
from shared.report.summary import refused_summary

BOUGHT = {"model": "llama-3.3-70b", "job_id": "job-1"}
PLANNED = {"model": "llama-3.3-70b", "job_id": None}


@pytest.fixture
def out(tmp_path):
    claim(Cloud("http://127.0.0.1:1", state_dir(tmp_path) / "cloud"), tmp_path)
    return tmp_path


@pytest.fixture
def bucket(out):
    return out / "bucket"


def run(bucket, run_id, day, models=(PLANNED,), *, report=True, **changes):
    folder = bucket / "runs" / run_id
    folder.mkdir(parents=True)
    summary = {
        **refused_summary(run_id, None, None, "SUCCEEDED"),
        "models": list(models),
        **changes,
    }
    (folder / "summary.json").write_text(json.dumps(summary))
    manifest = {"started_at": f"2026-11-{day}T10:00:00Z", "show": {"name": "p"}, "dry_run": False}
    if report:
        (folder / "manifest.json").write_text(json.dumps(manifest))
        (folder / "report.html").write_text(f"page of {run_id}")


def first(out, bucket):
    assert pages.publish(opened(out), RunStore(FolderObjects(bucket))) == []
    return (out / "report.html").read_text()


def test_without_a_report_there_is_nothing_to_show(out, bucket):
    run(bucket, "refused", 10, report=False)
    assert pages.publish(opened(out), RunStore(FolderObjects(bucket))) == []
    assert not (out / "report.html").exists()


def test_of_plans_the_newest_comes_first(out, bucket):
    run(bucket, "z-older", 10)
    run(bucket, "a-newer", 11)
    assert first(out, bucket) == "page of a-newer"


@pytest.mark.parametrize(
    "paid",
    [{"models": (BOUGHT,)}, {"settled_usd": "0.000001"}, {"reserved_usd": "1.000000"}],
)
def test_a_plan_never_replaces_the_report_of_what_was_paid_for(out, bucket, paid):
    run(bucket, "bought", 10, **paid)
    run(bucket, "plan", 11)
    assert first(out, bucket) == "page of bought"
    run(bucket, "bought-again", 12, **paid)
    assert first(out, bucket) == "page of bought-again"


def test_the_index_links_every_report_the_newest_first_and_escapes_what_it_shows(out, bucket):
    run(bucket, "older", 10, models=({"model": "<b>odd</b>", "job_id": None},))
    run(bucket, "newer", 11)
    first(out, bucket)
    page = (out / "index.html").read_text()
    newer, older = (page.index(f'href="runs/{name}/report.html"') for name in ("newer", "older"))
    assert newer < older
    assert "&lt;b&gt;odd" in page
    assert "<script" not in page


def test_a_page_of_the_users_is_named_and_stays(out, bucket):
    (out / "index.html").write_text("mine")
    run(bucket, "only", 10)
    assert pages.publish(opened(out), RunStore(FolderObjects(bucket))) == ["index.html"]
    assert (out / "index.html").read_text() == "mine"


def test_the_copy_under_a_name_that_stays_links_what_lies_beside_the_report(out, bucket):
    run(bucket, "a run", 10)
    page = '<a href="./quiz.html">q</a> <a href="#money">m</a> &#34;href=&#34;./'
    (bucket / "runs" / "a run" / "report.html").write_text(page)
    assert first(out, bucket) == page.replace("./quiz", "runs/a%20run/quiz")


def test_the_index_links_the_quiz_of_a_run_that_has_one(out, bucket):
    run(bucket, "with", 10)
    run(bucket, "without", 11)
    (bucket / "runs" / "with" / "quiz.html").write_text("quiz")
    first(out, bucket)
    page = (out / "index.html").read_text()
    assert page.count("quiz.html") == 1
    assert 'href="runs/with/quiz.html"' in page
