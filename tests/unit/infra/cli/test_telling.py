import json
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

from infra.cli.telling import (
    NOTICED,
    Teller,
    print_corpus,
    print_plan,
    print_results,
    print_statistics,
    print_table,
)
from infra.local.cloud import Entered, Finished, Left, MapProgress
from shared.dataset.statistics import MEASURES, Tally
from shared.ledger import RunNotOpen, Totals
from shared.report.summary import refused_summary
from tests.sample_run import plan_row

TOTALS = Totals("RUN#r1", Decimal("5.00"), Decimal("0.0000001"), Decimal("0.5"), Decimal(0), "2026-11")  # fmt: skip


class Book:
    """A ledger of one run."""

    def __init__(self, totals=None):
        self._totals = totals

    def totals(self, run_id):
        if self._totals is None:
            raise RunNotOpen(run_id)
        return self._totals


def told(capsys, *progress, totals=TOTALS):
    teller = Teller(Book(totals), "r1")
    for step in progress:
        teller.tell(step)
    return capsys.readouterr().out.splitlines()


def test_each_state_is_told_with_the_money_so_far(capsys):
    first, line = told(capsys, Entered("Build dataset"))
    assert first == "Run r1"
    assert "Build dataset" in line
    # Never less than was spent.
    assert "spent 0.000001, reserved 0.500000 of 5.000000 USD" in line


def test_questions_waits_and_ends_of_states_are_not_told(capsys):
    quiet = Entered("Dry run?"), Entered("Wait"), Entered("Notify"), Left("Build dataset")
    assert told(capsys, *quiet) == ["Run r1"]


def test_a_line_that_would_repeat_the_last_is_not_told(capsys):
    _, *lines = told(capsys, *[Entered("Poll fine tune"), Entered("Wait")] * 3)
    assert len(lines) == 1


def test_failed_batches_count_as_read(capsys):
    _, line = told(capsys, MapProgress(succeeded=3, failed=1, total=19))
    assert "batches read: 4 of 19" in line


def test_before_the_ledger_is_open_there_is_no_money_to_tell(capsys):
    _, line = told(capsys, Entered("Prepare run"), totals=None)
    assert "USD" not in line


def test_the_end_is_told(capsys):
    assert "FAILED" in told(capsys, Finished("FAILED", "E", "C", ""))[-1]


def test_a_table_is_as_wide_as_its_widest_cell_and_cuts_what_is_too_long(capsys):
    print_table(("a", "b"), [("long", "x\n y"), ("s", "z" * 20)], widest=10)
    assert capsys.readouterr().out.splitlines() == [
        "a     b",
        "----  ----------",
        "long  x y",
        "s     zzzzzzzzz…",
    ]


def test_a_table_without_rows_is_its_header(capsys):
    print_table(("a", "b"), [])
    assert capsys.readouterr().out.splitlines() == ["a  b", "-  -"]


def test_a_table_without_columns_is_no_error(capsys):
    print_table([], [])
    assert capsys.readouterr().out.strip() == ""


def test_the_plan_tells_whether_each_model_fits(capsys):
    rows = [plan_row({}, "gpt-4.1-mini"), {**plan_row({}, "gpt-4o"), "fits": False}]
    print_plan(json.loads(json.dumps(rows, default=str)), "5.000000")
    *_, fitting, unaffordable, together = capsys.readouterr().out.splitlines()
    assert fitting.endswith("yes")
    assert "0.001200" in fitting
    assert unaffordable.endswith("no")
    # Only what fits is bought: 0.0012 + 0.002 as expected, 0.001224 + 0.004 at most.
    assert together == ("Together: about 0.003200, at most 0.005224 of the ceiling of 5.000000 USD")


def model(**changes):
    return {
        "model": "gpt-4.1-mini",
        "name": "gpt-4.1-mini",
        "status": "succeeded",
        "selected_pairs": 230,
        "training_tokens": 173420,
        "estimated_usd": "0.485576",
        "settled_usd": "0.485576",
        "unknown_usd": "0.000000",
        "fine_tuned_model": "ft:mini",
        **changes,
    }


def summary(**changes):
    return {
        **refused_summary("r1", None, None, "SUCCEEDED"),
        "status": "SUCCEEDED",
        "settled_usd": "0.485576",
        "ceiling_usd": "5.000000",
        "models": [model()],
        **changes,
    }


def test_results_tell_what_was_bought_and_spent(capsys):
    print_results(summary())
    out = capsys.readouterr().out
    assert "173,420" in out
    assert "Spent 0.485576 of 5.000000 USD; 0.000000 still reserved." in out
    assert "Nothing was bought" not in out


def test_what_a_stand_in_answered_is_told_in_the_conditional(capsys):
    print_results(summary(stand_in=True, models=[model(name="stand-in for gpt-4.1-mini")]))
    out = capsys.readouterr().out
    assert "stand-in for gpt-4.1-mini" in out
    assert "A stand-in answered; it would have cost 0.485576 of 5.000000 USD" in out
    assert "Spent" not in out
    teller = Teller(Book(TOTALS), "r1", stand_in=True)
    teller.tell(Entered("Build dataset"))
    assert "would have cost 0.000001" in capsys.readouterr().out


def test_a_bill_that_nobody_told_is_neither_nothing_nor_a_number_of_tokens(capsys):
    print_results(summary(settled_usd="0.000000", models=[model(unknown_usd="0.232165")]))
    out = capsys.readouterr().out
    assert "not told" in out
    assert "173,420" not in out
    assert "Nothing was bought" not in out


def test_a_run_that_found_everything_bought_says_so(capsys):
    print_results(summary(settled_usd="0.000000"))
    assert "Nothing was bought" in capsys.readouterr().out


@pytest.mark.parametrize("models", [[], [model(status="not planned", fine_tuned_model=None)]])
def test_a_run_that_failed_early_is_told_without_an_excuse(capsys, models):
    failed = summary(status="FAILED", settled_usd="0.000000", models=models)
    print_corpus(failed)
    print_results(failed)
    out = capsys.readouterr().out
    assert "FAILED" in out
    assert "Nothing was bought" not in out


def found(n, **fields):
    return {
        "kind": "no_labels",
        "sentence": f"{n} episodes refused: nobody's name stands before what is said",
        "way_out": "Have the transcripts made with the speakers' names.",
        "episodes": n,
        "examples": ["Rain", "Lamps", "Swings"][:n],
        **fields,
    }


def test_what_was_noticed_is_told_with_where_and_what_to_do(capsys):
    print_corpus(summary(noticed=[found(20), found(2, way_out="")]))
    _, counts, _, head, first, where, way_out, second, *_ = capsys.readouterr().out.splitlines()
    assert "episodes found" in counts
    assert head == "Noticed, worst first:"
    assert first == "  - 20 episodes refused: nobody's name stands before what is said"
    assert where == "    in: Rain; Lamps; Swings and 17 more"
    assert way_out.strip() == "Have the transcripts made with the speakers' names."
    assert second.startswith("  - 2 episodes")


def test_more_than_a_screenful_of_findings_is_left_to_the_query(capsys):
    print_corpus(summary(noticed=[found(1)] * (NOTICED + 5)))
    assert capsys.readouterr().out.endswith("and 5 more: econchatr query what_was_noticed\n")


@pytest.mark.parametrize("n", [0, 2])
def test_statistics_are_told_by_scope_and_text(capsys, n):
    tally = Tally()
    for _ in range(n):
        tally.add(dict.fromkeys(MEASURES, 1500))
    print_statistics(pd.DataFrame(list(tally.rows("all pairs"))))
    pair = capsys.readouterr().out.splitlines()[-1]
    assert pair.split()[:4] == ["all", "pairs", "pair", str(n)]
    assert ("6,000" in pair) is bool(n)


def test_money_that_moved_makes_no_new_line_for_the_same_state(capsys):
    book = Book(TOTALS)
    teller = Teller(book, "r1")
    teller.tell(Entered("Poll fine tune"))
    book._totals = replace(TOTALS, settled=Decimal(1))
    teller.tell(Entered("Poll fine tune"))
    assert len(capsys.readouterr().out.splitlines()) == 2
