"""Whole sessions in a terminal of a hundred columns; times, amounts and names that differ each time are masked.

A session that is not there yet is written, and the test fails so that somebody looks at it.
"""

import re
from pathlib import Path

import pytest

from tests.terminal import typed_in_a_terminal

HERE = Path(__file__).parent
THREE = ("llama-3.1-8b", "llama-3.3-70b", "gpt-4o-mini")
SMALL = ("--limit", "6")
MASKS = (
    (r"demo-\d{8}T\d{6}-[0-9a-f]{4}", "demo-<moment>"),
    (r"(\d+ h )?(\d+ min )?\d+(\.\d)? s\b", "<time>"),
    (r"\$?\d+\.\d{2,}", "<usd>"),
    (
        r"(✓.*) · would have cost .*",
        r"\1",
    ),  # as the ledger was read last, which is a matter of time
    (r"[0-9a-f]{24}(-[0-9a-f]{4})?\b|(?<=:)[0-9a-f]{8}\b", "<id>"),
    (r" {2,}", "  "),  # columns are as wide as what was masked
    (r"─{2,}", "──"),
)


def masked(text: str) -> str:
    for pattern, word in MASKS:
        text = re.sub(pattern, word, text)
    return text


def told(name: str, text: str) -> None:
    """Hold a session against the one that is kept."""
    kept = HERE / f"{name}.txt"
    if not kept.is_file():
        kept.write_text(masked(text), encoding="utf-8")
        pytest.fail(f"{kept} was not there and has been written; look at it")
    assert masked(text) == kept.read_text(encoding="utf-8")


def test_a_plan(tmp_path):
    session = typed_in_a_terminal(["plan", "demo", *SMALL], cwd=tmp_path)
    assert session.code == 0
    told("plan", session.text)


def test_the_demo(tmp_path):
    session = typed_in_a_terminal(["local", "demo", "--ceiling", "5"], cwd=tmp_path)
    assert session.code == 0
    told("demo", session.text)


def test_a_run_of_three_models(tmp_path):
    models = [word for model in THREE for word in ("--model", model)]
    session = typed_in_a_terminal(
        ["local", "demo", "--ceiling", "5", *SMALL, *models], cwd=tmp_path
    )
    assert session.code == 0
    told("three-models", session.text)


def test_a_run_that_fails(tmp_path):
    session = typed_in_a_terminal(["local", "demo", "--ceiling", "0.01", *SMALL], cwd=tmp_path)
    assert session.code == 1
    told("failing", session.text)


def test_mistakes_in_a_profile(tmp_path):
    profile = "name: porch\nfeed: https://example.org/feed.xml\nhost: {name: Ida}\nquestoins: [a]\n"
    (tmp_path / "mine.yaml").write_text(profile, encoding="utf-8")
    session = typed_in_a_terminal(["plan", "mine.yaml"], cwd=tmp_path)
    assert session.code == 2
    told("mistake", session.text)
