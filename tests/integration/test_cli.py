"""The command as a person uses it: whatever is wrong is one sentence, and the folder stays good."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote, urlsplit

import feedparser
import pandas as pd
import pytest
import yaml

from infra.cli import inputs
from infra.local.cloud import server
from infra.local.demo.site import build_site, serve
from infra.local.folder import state_dir
from infra.local.provider.process import start
from shared import catalogue, money, shows
from tests import permissions
from tests.cfn import load_template
from tests.integration.pages.browser import PHONE, chromium, opened
from tests.places import ROOT
from tests.typed import Said, econchatr

FIVE = '{"ceiling_usd": "5.00"}'


def corpus_line(said: Said) -> str:
    """The line that sums up what was found and read."""
    (line,) = (line for line in said.out.splitlines() if line.startswith("SUCCEEDED: "))
    return line


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The folder of every run of this module, good or bad."""
    return tmp_path_factory.mktemp("cli") / "out"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A web server's folder and its address."""
    folder = tmp_path_factory.mktemp("site")
    with serve(folder) as base_url:
        yield folder, base_url


@pytest.fixture(scope="module")
def good_run(out):
    """A run of the demo show in the folder."""
    return econchatr("local", "--show", "demo", "--input", FIVE, "--out", out)


@pytest.fixture
def profile(tmp_path):
    """Writes the demo show's profile under another name, with another feed."""

    def write(name, feed):
        show = inputs.inline(shows.packaged("demo")) | {"name": name, "feed": feed}
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump(show), encoding="utf-8")
        return path

    return write


def test_the_command_is_installed_and_says_what_is_wrong():
    command = Path(sys.executable).with_name("econchatr")
    ended = subprocess.run(
        [command, "local", "--show", "nosuch", "--out", "nosuch"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("econchatr: show 'nosuch' is not packaged; packaged are demo")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            '{"cieling_usd": "5.00"}',
            "no field 'cieling_usd'; did you mean ceiling_usd? its fields are show",
        ),
        ('{"ceiling_usd": "5.00", "models": ["gpt-9"]}', "models holds 'gpt-9'"),
        ('{"ceiling_usd": "-5.00"}', "ceiling_usd is '-5.00'; write a positive amount"),
        ('{"ceiling_usd": "five"}', "ceiling_usd is 'five'; write a positive amount"),
        ('{"ceiling_usd": 5.0}', "ceiling_usd is 5.0; write a positive amount"),
        ("{}", "a run that may cost something needs a ceiling; add --ceiling 10"),
        ('{"ceiling_usd": "5.00", "n_epochs": 0}', "n_epochs"),
        ('{"ceiling_usd": "5.00", "since": "soon"}', "since"),
        ('{"ceiling_usd": "5.00", "show": "econtalk"}', "--input names show 'econtalk'"),
        ("ceiling_usd=5.00", "--input is not JSON"),
        ("@nosuch.json", "nosuch.json"),
    ],
)
def test_an_input_that_cannot_run_is_refused_before_anything_starts(tmp_path, document, said):
    ended = econchatr("local", "--show", "demo", "--input", document, "--out", tmp_path / "out")
    assert ended.code == 2
    assert said in ended.sentence
    assert ended.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prices": []}, "model gpt-4.1-mini has no price for training; add one to the catalogue"),
        ({"margin_percent": -1}, "margin_percent"),
    ],
)
def test_a_price_list_that_cannot_be_used_is_refused(tmp_path, out, change, said):
    model = catalogue.packaged().model("gpt-4.1-mini").model_dump(mode="json", exclude_none=True)
    prices = tmp_path / "prices.yaml"
    prices.write_text(yaml.safe_dump({"as_of": "2026-11-23", "models": [{**model, **change}]}))
    document = json.dumps({"ceiling_usd": "5.00", "models": ["gpt-4.1-mini"]})
    ended = econchatr("local", "--show", "demo", "--input", document, "--out", out, "--catalogue", prices)  # fmt: skip
    assert ended.code == 2
    assert said in ended.sentence


def test_a_folder_that_cannot_be_written_is_refused_by_its_name(tmp_path):
    (tmp_path / "file").write_text("in the way")
    blocked = tmp_path / "file" / "out"
    ended = econchatr("local", "--show", "demo", "--input", FIVE, "--out", blocked)
    assert ended.code == 2
    assert f"cannot write in {blocked}" in ended.sentence


def test_a_finished_model_is_asked_beside_its_base_and_the_ledger_counts_it_once(good_run, out):
    assert "untuned" in good_run.out
    question = "What does a bridge remember?"
    first, again = (econchatr("ask", question, "--show", "demo", "--out", out) for _ in range(2))
    assert (first.code, again.code) == (0, 0), first.err + again.err
    lines = first.out.splitlines()
    assert lines[lines.index(question) + 1].split() == ["untuned", "prompted", "tuned"]
    assert "It would have cost 0.000000 of 0.100000 USD" not in first.out
    assert "It would have cost 0.000000 of 0.100000 USD" in again.out
    spend = pd.concat(map(pd.read_parquet, (out / "lake/spend").glob("*.parquet")))
    bill = json.loads((out / "bill.json").read_text())
    assert money.format_usd(sum(spend["settled_usd"].dropna())) == bill["total_usd"]
    answers = pd.concat(map(pd.read_parquet, (out / "lake/generations").glob("ask-demo-*")))
    assert sorted(answers["arm"]) == sorted(["base", "prompted", "tuned"] * 2)
    assert answers.groupby("arm")["answer"].nunique().eq(1).all()


@pytest.mark.parametrize("command", ["plan", "local"])
@pytest.mark.parametrize("named", [".", "link", "in full"])
def test_a_folder_of_the_users_own_is_refused_and_every_byte_is_still_there(
    tmp_path, monkeypatch, command, named
):
    project = tmp_path / "project"
    for name in ("raw/mine.txt", "runs/mine.txt", "lake/turns/mine.parquet", "report.html"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(f"my {name}")
    (tmp_path / "link").symlink_to(project)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    monkeypatch.chdir(project)
    where = {".": ".", "link": tmp_path / "link", "in full": project}[named]
    ended = econchatr(command, "--show", "demo", "--input", FIVE, "--out", where)
    assert ended.code == 2
    assert "holds files that econchatr did not write" in ended.sentence
    assert ended.out == ""
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_the_root_of_the_machine_is_no_place_for_a_run(tmp_path):
    (tmp_path / "link").symlink_to("/")
    before = sorted(Path("/").iterdir())
    for where in ("/", tmp_path / "link"):
        ended = econchatr("plan", "--show", "demo", "--out", where)
        assert ended.code == 2
        assert "did not write" in ended.sentence
    assert sorted(Path("/").iterdir()) == before


def test_a_folder_that_a_newer_release_wrote_is_refused_also_to_be_read(tmp_path):
    (state_dir(tmp_path) / "cloud").mkdir(parents=True)
    (state_dir(tmp_path) / "folder.json").write_text('{"version": 99}')
    for arguments in (("plan", "--show", "demo"), ("query", "SELECT 1")):
        ended = econchatr(*arguments, "--out", tmp_path)
        assert ended.code == 2
        assert "another release of econchatr" in ended.sentence


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of one megabyte, with nothing on it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not (mount and umount and os.geteuid() == 0):
        pytest.skip("a small file system needs root and mount")
    command = [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {made.stderr.strip()}")
    yield disk
    subprocess.run([umount, str(disk)], check=True)


def test_a_full_disk_is_refused_with_nothing_written(tiny_disk):
    ended = econchatr("plan", "--show", "demo", "--out", tiny_disk / "out")
    assert ended.code == 2
    assert "MB left" in ended.sentence
    assert list(tiny_disk.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="/proc takes no folders from anybody")
def test_a_place_where_nothing_can_be_written_is_refused():
    ended = econchatr("plan", "--show", "demo", "--out", "/proc/econchatr")
    assert ended.code == 2
    assert "/proc/econchatr" in ended.sentence


@pytest.mark.parametrize("in_the_way", ["provider", "catalogue.yaml"])
def test_a_file_in_the_way_of_the_folders_own_is_told_by_its_name(tmp_path, in_the_way):
    (state_dir(tmp_path) / "cloud").mkdir(parents=True)
    path = state_dir(tmp_path) / in_the_way
    if in_the_way == "provider":
        path.write_text("in the way")
    else:
        path.mkdir()
    ended = econchatr("plan", "--show", "demo", "--out", tmp_path)
    assert ended.code in (1, 2)
    assert in_the_way in ended.sentence


def test_a_folder_that_another_run_uses_is_refused_by_its_name(out, monkeypatch):
    monkeypatch.setattr(server, "LOCK_SECONDS", 0)
    state = state_dir(out) / "cloud"
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = econchatr("plan", "--show", "demo", "--out", out)
    assert ended.code == 2
    assert str(state) in ended.sentence


def test_a_folder_that_no_run_has_used_has_no_lake(tmp_path):
    ended = econchatr("query", "episodes_that_failed", "--out", tmp_path / "nosuch")
    assert ended.code == 2
    assert "holds no lake; run `econchatr local" in ended.sentence
    assert list(tmp_path.iterdir()) == []


def test_a_feed_that_cannot_be_reached_fails_the_run_by_its_address(profile, out):
    show = profile("gone", "http://127.0.0.1:1/feed.xml")
    ended = econchatr("local", "--show", show, "--input", FIVE, "--out", out)
    assert ended.code == 1
    assert "FAILED: Unreachable: http://127.0.0.1:1/" in ended.sentence


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("prose", b"<html><p>Not found, but with status 200.</p></html>", "is not an RSS, Atom or JSON feed"),
        ("silent", b'<rss version="2.0"><channel><title>T</title></channel></rss>', "without a single episode"),
    ],
)  # fmt: skip
def test_a_feed_that_holds_no_episodes_fails_the_run_by_its_address(
    profile, site, out, name, body, said
):
    folder, base_url = site
    (folder / f"{name}.xml").write_bytes(body)
    ended = econchatr("plan", "--show", profile(name, f"{base_url}/{name}.xml"), "--out", out)
    assert ended.code == 1
    assert f"{base_url}/{name}.xml" in ended.sentence
    assert said in ended.sentence


def test_a_page_that_is_not_html_is_one_refused_episode(profile, site, out):
    folder, base_url = site
    build_site(folder, base_url)
    broken = sorted(folder.glob("*/index.html"))[0]
    broken.write_bytes(b"%PDF-1.7 " + bytes(range(256)))
    ended = econchatr("plan", "--show", profile("torn", f"{base_url}/feed.xml"), "--out", out)
    assert ended.code == 0
    assert ended.err == ""
    episodes = pd.read_parquet(out / "lake" / "episodes")
    torn = episodes[episodes["url"] == f"{base_url}/{broken.parent.name}/"].iloc[0]
    assert torn["status"] == "refused"
    assert torn["reason"]
    assert torn["detail"]


def test_after_all_that_a_good_run_in_the_same_folder_succeeds(good_run, out):
    assert good_run.code == 0, good_run.err
    assert good_run.err == ""
    assert "SUCCEEDED" in good_run.out
    (summary,) = (json.loads(path.read_text()) for path in out.glob("runs/demo-*/summary.json"))
    billed = f"all runs here would have cost {summary['settled_usd']} USD by the stand-in's count"
    assert billed in good_run.out  # as the meter stood then: what is asked later is billed on top
    assert (out / "report.html").read_text().startswith("<!doctype html>")
    assert good_run.out.startswith(
        "Provider: none; on this machine a stand-in for llama-3.1-8b, llama"
    )
    for place in ("report.html", "index.html"):
        assert "stand-in" in (out / place).read_text()
    assert summary["stand_in"] is True
    assert [one["name"] for one in summary["models"]] == [
        "stand-in for llama-3.1-8b",
        "stand-in for llama-3.3-70b",
    ]
    for table in ("jobs", "generations", "spend"):
        rows = pd.read_parquet(out / "lake" / table)
        machines = rows.get("generated", pd.Series(True, rows.index))  # not the host's own replies
        assert rows[(rows["run_id"] == summary["run_id"]) & machines]["stand_in"].all()


def test_judges_that_know_the_host_compare_the_models_with_their_prompted_selves(out, good_run):
    (summary,) = (json.loads(path.read_text()) for path in out.glob("runs/demo-*/summary.json"))
    assert [judge["qualified"] for judge in summary["jury"]] == [True, True]
    assert len({judge["family"] for judge in summary["jury"]}) == 2
    won = {
        one["model"]: one
        for one in summary["metrics"]
        if (one["arm"], one["metric"]) == ("tuned", "jury_wins_over_prompted")
    }
    assert {one["n"] for one in won.values()} == {15}
    for model, one in won.items():
        assert (
            f"the reply of stand-in for {model} in {100 * one['value']:.0f}% of 15"
            in summary["verdict"]
        )
    assert summary["verdict"] in good_run.out
    lake = out / "lake" / "judgements"
    judged = pd.read_parquet(lake)
    assert set(judged["judge"]) == {"llama-3.1-8b", "gpt-6-luna"}


def test_the_pages_that_a_run_leaves_lead_to_each_other_without_a_server(out, good_run):
    assert good_run.code == 0, good_run.err
    with chromium() as browser:
        with opened(browser, out / "index.html", PHONE) as found:
            assert found.overflow() <= 0
            found.page.click("text=blind quiz")
            assert found.page.locator(".item:visible .option").count() >= 3
            assert found.overflow() <= 0
        with opened(browser, out / "report.html") as found:
            links = [one.get_attribute("href") for one in found.page.locator("a").all()]
            beside = [link for link in links if not link.startswith(("#", "http"))]
            assert any(link.endswith("quiz.html") for link in beside)
            assert [link for link in beside if not (out / unquote(link)).is_file()] == []


def test_a_plan_needs_no_input_and_a_port_in_use_changes_nothing(good_run, out, tmp_path):
    models = tmp_path / "input.json"
    models.write_text('{"models": ["llama-3.1-8b"]}')
    feed = state_dir(out) / "site" / "feed.xml"
    port = urlsplit(feedparser.parse(feed).feed.link).port
    report = (out / "report.html").read_bytes()
    mine = {out / name: f"my {name}" for name in ("notes.txt", "raw/mine.txt", "index.html")}
    for path, text in mine.items():
        path.write_text(text)
    with contextlib.ExitStack() as taken:
        with contextlib.suppress(OSError):  # somebody else has it, which will do
            taken.enter_context(socket.create_server(("127.0.0.1", port)))
        ended = econchatr("plan", "--show", "demo", "--input", f"@{models}", "--out", out)
    assert ended.code == 0
    assert "llama-3.1-8b" in ended.out
    assert corpus_line(ended) == corpus_line(good_run)
    assert "left as they are" in ended.sentence
    assert "index.html" in ended.sentence
    assert {path: path.read_text() for path in mine} == mine
    assert (out / "report.html").read_bytes() == report
    assert "the stand-in charged" not in ended.out


@pytest.mark.usefixtures("good_run")
def test_the_readme_quotes_what_the_demo_answers(out):
    quoted = re.findall(
        r"^> \*(untuned|prompted|tuned):\* (.+?) …$",
        (ROOT / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )
    rows = pd.read_parquet(out / "lake" / "generations")
    asked = rows[rows["prompt"].str.contains("A thing that is looked at", regex=False)]
    said = asked[asked["model"] == "llama-3.1-8b"].set_index("arm")["answer"]
    arms = {"untuned": "base", "prompted": "prompted", "tuned": "tuned"}
    assert len(quoted) == len(arms)
    for name, text in quoted:
        assert " ".join(said[arms[name]].split()).startswith(text), name


@pytest.mark.usefixtures("good_run")
def test_json_stands_alone_on_standard_output_and_quiet_tells_how_it_ended(out):
    ended = econchatr("plan", "demo", "--out", out, "--json", "--quiet")
    document = json.loads(ended.out)
    assert (document["status"], document["stand_in"]) == ("SUCCEEDED", True)
    assert {row["model"] for row in document["plan"]} == {"llama-3.1-8b", "llama-3.3-70b"}
    told = ended.err.splitlines()
    assert told[0].startswith("Provider: none")
    assert told[-1].startswith(f"SUCCEEDED: {document['run_id']} would have cost 0.000000 of")
    assert not [line for line in told if "Build dataset" in line]


@pytest.mark.usefixtures("good_run")
def test_a_packaged_query_is_answered_from_what_the_run_left(out):
    ended = econchatr("query", "spend_by_month_and_model", "--out", out)
    assert ended.code == 0
    assert "llama-3.3-70b" in ended.out


@pytest.mark.usefixtures("good_run")
@pytest.mark.parametrize(
    ("sql", "code", "said"),
    [
        ("SELECT count(*) AS n FROM runs WHERE status = 'SUCCEEDED'", 0, "1 row\n"),
        ("SELECT nosuch FROM runs", 1, "nosuch"),
    ],
)
def test_sql_of_ones_own_is_answered_or_refused_with_athenas_reason(out, sql, code, said):
    ended = econchatr("query", sql, "--out", out)
    assert ended.code == code
    assert said in ended.out + ended.err


@pytest.mark.usefixtures("good_run")
def test_the_lake_cannot_be_changed_by_a_query(out):
    for sql in ("DROP TABLE runs", "SELECT 1; DROP TABLE runs", "CREATE TABLE x AS SELECT 1"):
        ended = econchatr("query", sql, "--out", out)
        assert ended.code == 2
        assert "a query only reads" in ended.sentence
    assert "runs" in econchatr("query", "SHOW TABLES", "--out", out).out
    assert econchatr("query", "SELECT count(*) FROM runs", "--out", out).code == 0


def told(out):
    """Everything a reader may look at, as text."""
    pages = {name: (out / name).read_text() for name in ("report.html", "index.html")}
    (summary,) = out.glob("runs/demo-*/summary.json")
    tables = {
        name: pd.read_parquet(out / "lake" / name).to_csv()
        for name in ("jobs", "generations", "spend")
    }
    return {**pages, "summary.json": summary.read_text(), **tables}


def test_a_run_against_another_provider_speaks_nowhere_of_a_stand_in(tmp_path):
    prices, out = tmp_path / "prices.yaml", tmp_path / "out"
    prices.write_text(catalogue.dump(catalogue.packaged()), encoding="utf-8")
    with start(prices, tmp_path / "provider") as other:
        what = ("local", "demo", "--ceiling", "5", "--limit", "8", "--model", "llama-3.1-8b")
        ended = econchatr(*what, "--out", out, "--openai-base-url", other.base_url, "--yes")
    assert ended.code == 0, ended.err
    assert ended.out.startswith(f"Provider: {other.base_url}, a real one, for meta-llama/")
    assert "stand-in" not in ended.out
    assert not [place for place, text in told(out).items() if "stand-in" in text]
    assert '"stand_in": false' in told(out)["summary.json"]
    for table in ("jobs", "generations", "spend"):
        assert not pd.read_parquet(out / "lake" / table)["stand_in"].any()


def test_an_unknown_query_is_refused_with_those_there_are(out):
    ended = econchatr("query", "nosuch", "--out", out)
    assert ended.code == 2
    assert "spend_by_month_and_model" in ended.sentence


def test_inspect_shows_a_page_over_the_wire_and_says_where_there_is_no_page(site):
    folder, base_url = site
    build_site(folder, base_url)
    full = next(
        page for page in sorted(folder.glob("*/index.html")) if page.read_text().count("<b>") > 20
    )
    ended = econchatr("inspect", f"{base_url}/{full.parent.name}/", "--show", "demo")
    assert ended.code == 0
    assert re.search("^Mara Tolliver +host", ended.out, re.MULTILINE)
    gone = econchatr("inspect", f"{base_url}/nosuch/", "--show", "demo")
    assert gone.code == 1
    assert f"{base_url}/nosuch/ is not there" in gone.sentence


def test_ten_thousand_such_runs_stay_under_what_a_query_may_read(out, good_run):
    parameters = load_template(ROOT / "infra" / "data.yaml")["Parameters"]
    runs = len(list(out.glob("runs/*/summary.json")))
    for table in {path.name for path in (out / "lake").iterdir()} - {"episodes", "turns", "pairs"}:
        size = sum(path.stat().st_size for path in (out / "lake" / table).rglob("*.parquet"))
        assert 10_000 * size / runs < parameters["BytesScannedCutoff"]["Default"], table


# What the runs above have no need for, and where it is needed.
NEEDED_ELSEWHERE = {
    "S3 says that an object is missing, and not that it is forbidden, only to who may list": {
        ("*", "s3:ListBucket", "*"),
    },
    "Bedrock: tests/integration/services/test_bedrock.py, tests/unit/shared/providers/aws/test_aws.py": {
        ("*", "bedrock:*", "*"),
        ("*", "iam:PassRole", "*"),
        ("*", "s3:*", "*/customization/*"),
    },
    "told at half and at four fifths of a ceiling: tests/integration/test_ceilings.py": {
        ("*", "sns:Publish", "*"),
    },
    "what is gone leaves the lake: tests/unit/shared/corpus/test_deletions.py": {
        ("BuildDataset", "s3:*", "*/lake/episodes/*"),
        ("BuildDataset", "s3:*", "*/lake/turns/*"),
        ("BuildDataset", "s3:DeleteObject", "*/lake/pairs/*"),
    },
    "OpenAI takes a validation file: tests/integration/services/test_openai.py": {
        ("BuildDataset", "s3:PutObject", "*/validation/*"),
    },
    "a site that wants nobody: tests/integration/test_machine.py": {
        ("ScrapeBatch", "s3:PutObject", "*/stopped.json"),
    },
    "a profile in the bucket: tests/integration/remote": {
        ("PrepareRun", "s3:GetObject", "*/shows/*")
    },
    "stopping what runs: tests/integration/ends/test_stopping.py, services/test_nebius.py": {
        ("CancelFineTunes", "*", "*"),
    },
    "a model that is given up: tests/integration/test_ceilings.py, unit/shared/fine_tuning/test_stages.py": {
        *(
            ("SubmitFineTune", "dynamodb:Query", "*"),
            ("SubmitFineTune", "s3:PutObject", "*/jobs/*"),
        ),
        *(("PollFineTune", "dynamodb:Query", "*"), ("PollFineTune", "s3:PutObject", "*/jobs/*")),
    },
    "a ceiling passed while a job runs: tests/integration/test_ceilings.py": {
        ("PollFineTune", "dynamodb:UpdateItem", "*"),
    },
    "a month whose ceiling changed: tests/unit/shared/ledger": {
        ("PrepareRun", "dynamodb:UpdateItem", "*"),
    },
}


def needed_elsewhere(one):
    return any(
        all(
            fnmatchcase(value, pattern)
            for value, pattern in zip(
                (one.function, one.action, one.resource), patterns, strict=True
            )
        )
        for reason in NEEDED_ELSEWHERE.values()
        for patterns in reason
    )


def test_no_function_may_do_what_no_run_needs(out, good_run):
    services = state_dir(out) / "cloud" / "services"
    assert {one for one in permissions.unused(services) if not needed_elsewhere(one)} == set()


def test_a_permission_too_many_would_be_noticed(out, good_run, monkeypatch):
    many = permissions.Granted(
        "JudgeAnswers", "s3:PutObject", "${LakeBucket.Arn}/runs/*/manifest.json"
    )
    known = list(permissions.granted())
    monkeypatch.setattr(permissions, "granted", lambda: [*known, many])
    left = permissions.unused(state_dir(out) / "cloud" / "services")
    assert {one for one in left if not needed_elsewhere(one)} == {many}
