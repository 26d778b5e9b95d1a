"""No single value ends a report: every cell that may be empty is emptied in turn."""

from collections.abc import Iterator
from dataclasses import replace
from types import NoneType
from typing import get_args, get_type_hints

import pytest

from shared.ledger import Entry
from shared.report import record
from shared.report.page import exports, html, quiz
from shared.report.record import RunRecord
from shared.report.results import compute
from shared.report.summary import run_row, summarise
from tests.sample_run import sample_run


def rows_of(kind: object) -> type | None:
    """The type of the rows that a field of a record is a sequence of."""
    found = [
        one for one in get_args(kind) if isinstance(one, type) and hasattr(one, "__required_keys__")
    ]
    return found[0] if found else None


def nullable(kind: type) -> list[str]:
    return [name for name, hint in get_type_hints(kind).items() if NoneType in get_args(hint)]


def cells() -> Iterator[tuple[str, str]]:
    for name, hint in get_type_hints(RunRecord).items():
        for kind in {rows_of(hint), *map(rows_of, get_args(hint))}:
            if kind is not None:
                yield from ((name, column) for column in nullable(kind))


@pytest.fixture(scope="module")
def whole():
    with sample_run(models=("llama-3.1-8b",)) as run:
        for stage in ("manifest", "corpus", "dataset", "jobs", "all_arms", "judgements"):
            getattr(run, f"write_{stage}")()
        found = record.read(run.lake, run.closing())
        assert found is not None
        style = [
            {"arm": "tuned", "model": "llama-3.1-8b", "metric": "style", "value": 0.5, "n": 3,
             "low": 0.1, "high": 0.9, "reason": None}
        ]  # fmt: skip
        yield run.lake, replace(found, style=style)


def shown(lake, found: RunRecord) -> str:
    report = compute(lake, found)
    summarise(report), run_row(report)
    quiz.render(found.settings, report.quiz)
    return html.render(report, exports.write(lake, report))


@pytest.mark.parametrize(("table", "column"), sorted(cells()))
def test_a_cell_that_nobody_knows_does_not_end_the_report(whole, table, column):
    lake, found = whole
    assert getattr(found, table), f"the sample run has no {table}"
    if table != "judgements":
        found = replace(found, judgements=())  # whose intervals take time
    rows = emptied(getattr(found, table), column)
    assert "</html>" in shown(lake, replace(found, **{table: rows}))


def emptied(rows, column):
    """Every second row without it, so that it also stands beside those that have it."""
    return [{**row, column: None} if at % 2 == 0 else row for at, row in enumerate(rows)]


@pytest.mark.parametrize("field", nullable(Entry))
def test_an_unknown_of_an_entry_of_the_ledger_does_not_end_the_report(whole, field):
    lake, found = whole
    entries = tuple(replace(one, **{field: None}) for one in found.closing.entries)
    closing = replace(found.closing, entries=entries)
    assert "</html>" in shown(lake, replace(found, closing=closing, judgements=()))


def test_an_answer_that_nobody_counted_says_so(whole):
    lake, found = whole
    rows = emptied(found.generations, "completion_tokens")
    page = shown(lake, replace(found, generations=rows, judgements=()))
    assert "tokens not counted" in page
