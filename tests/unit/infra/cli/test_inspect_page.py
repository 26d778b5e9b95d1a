"""`econchatr inspect`: what the ledger of the corpus would say of one page."""

import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from infra.cli.main import main
from shared.lake import keys
from shared.lake.schemas import SCHEMAS
from shared.transcripts import Host, read_transcript
from tests.unit.shared.corpus.test_corpus import page

PROFILE = """
name: porch
feed: http://127.0.0.1:1/feed.xml
host: {name: Ida Stone}
questions: ["Why?"]
"""
TITLE = "Tom Ash on Rain"


@pytest.fixture
def inspect(tmp_path):
    (tmp_path / "porch.yaml").write_text(PROFILE)

    def inspected(body, *options):
        (tmp_path / "page.html").write_bytes(body)
        return main(
            [
                "inspect",
                str(tmp_path / "page.html"),
                "--show",
                str(tmp_path / "porch.yaml"),
                *options,
            ]
        )

    return inspected


def test_a_page_is_summed_up(inspect, capsys):
    said = "Write to ida@example.org. Nora Quill: I was never announced. And then"
    assert inspect(page(TITLE, said)) == 0
    told = capsys.readouterr().out
    assert "table.ts2" in told
    assert "Turns:     3, " in told
    assert "% by the host" in told
    assert "replaces 1 email" in told
    assert re.search(r"^Tom Ash +guest", told, re.MULTILINE)
    assert "Warning: inside turns stand what may be speakers' labels: Nora Quill" in told
    assert "Warning: the transcript may be cut off" in told
    assert "unknown speakers" not in told


def test_a_refused_page_is_told_with_its_reason(inspect, capsys):
    assert inspect(b"%PDF-1.7 is what some servers call a page") == 1
    assert "not_html" in capsys.readouterr().out


def test_an_episode_with_the_same_turns_is_named(inspect, capsys, tmp_path):

    digest = read_transcript(
        page(TITLE), content_type=None, host=Host("Ida Stone"), guests=("Tom Ash",)
    ).digest
    row = {"title": "Rain, again", "url": "http://127.0.0.1:1/x", "status": "parsed"}
    sheet = pa.Table.from_pylist([{**row, "turns_digest": digest}], schema=SCHEMAS["episodes"])
    target = tmp_path / keys.shard_file("episodes", "porch.2026-10")
    target.parent.mkdir(parents=True)
    pq.write_table(sheet, target)
    assert inspect(page(TITLE), "--out", str(tmp_path)) == 0
    assert (
        "The same turns as: Rain, again (http://127.0.0.1:1/x), parsed" in capsys.readouterr().out
    )
    assert inspect(page(TITLE, "Other words."), "--out", str(tmp_path)) == 0
    assert "The same turns" not in capsys.readouterr().out


def test_who_is_who_is_proposed_from_who_introduces_the_show(inspect, capsys):
    said = ("SPEAKER_01: Hello, I'm Ida Stone, welcome to The Porch.\n\nSPEAKER_00: I am Tom Ash.\n\n"
            "SPEAKER_01: So, rain.\n\nSPEAKER_00: It is wet.\n")  # fmt: skip
    assert inspect(said.encode()) == 0
    assert "speakers: {SPEAKER_01: Ida Stone, SPEAKER_00: Tom Ash}" in capsys.readouterr().out


def test_nothing_is_proposed_where_all_are_named(inspect, capsys):
    assert inspect(b"Ida Stone: Rain?\n\nTom Ash: Wet.\n\nIda Stone: So.\n\nTom Ash: Yes.\n") == 0
    assert "speakers: {" not in capsys.readouterr().out
