"""Names of objects in the bucket are written in one module."""

import ast
import re

import pytest

from shared.lake import keys
from tests.places import ROOT

FOLDERS = re.compile(r"(raw|lake|runs|shows|splits|models|customization|athena)/")
MODULES = sorted(
    path
    for package in ("functions", "shared")
    for path in (ROOT / package).rglob("*.py")
    if path != ROOT / "shared" / "lake" / "keys.py"
)


def texts(module):
    """Every string of a module but for docstrings, and of f-strings each part."""
    documentation = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in documentation:
            yield node.value


def test_no_module_but_keys_writes_the_name_of_an_object():
    written = [
        (str(path.relative_to(ROOT)), text)
        for path in MODULES
        for text in texts(ast.parse(path.read_text("utf-8")))
        if FOLDERS.search(text) and not re.search(r"\s", text)
    ]
    assert written == []


@pytest.mark.parametrize(
    "source",
    ['key = f"runs/{run_id}/plan.json"', 'lake.keys("lake/")', 'raw = f"s3://{name}/raw/"'],
)
def test_a_name_written_elsewhere_would_be_seen(source):
    assert any(FOLDERS.search(text) for text in texts(ast.parse(source)))


def test_a_pair_file_lies_in_the_year_of_its_shard_and_is_of_its_show():
    name = keys.pair_file("porch.2026-11", "0123abcd")
    assert name == "lake/pairs/year=2026/porch.2026-11.0123abcd.parquet"
    assert keys.belongs_to(name, "porch")
    assert keys.table_of(name) == "pairs"


def test_a_run_is_known_by_any_object_that_it_left():
    assert {keys.run_of(name("r1")) for name in (keys.plan, keys.speech, keys.answers_of)} == {"r1"}
