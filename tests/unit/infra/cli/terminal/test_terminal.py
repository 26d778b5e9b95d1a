import io
import json
from dataclasses import replace
from decimal import Decimal

import pyte
import pytest
from rich.console import Console

from infra.cli.terminal import displays
from infra.cli.terminal.reporter import ProgressReporter
from infra.cli.terminal.results import (
    NOTICED,
    print_corpus,
    print_plan,
    print_results,
    print_statistics,
)
from infra.cli.terminal.screen import print_table
from infra.machine.follow import Entered, Finished, Left, MapProgress
from infra.machine.progress import RunProgress
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


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self):
        return self.now


TWO_MODELS = {"dataset": {"value": {"models": ["small", "large"]}}}
POLLED = {"model": "small", "wait": 1}


def told(capsys, *steps, totals=TOTALS, **how):
    """The lines of a reporter that is told the steps; a number lets so many seconds pass."""
    clock = Clock()
    with ProgressReporter(Book(totals), "r1", clock=clock, **how) as reporter:
        for step in steps:
            if isinstance(step, int):
                clock.now += step
                reporter.tick()
            else:
                reporter.report(step)
    return capsys.readouterr().out.splitlines()


def test_each_state_is_told_with_the_money_so_far(capsys):
    first, line = told(capsys, Entered("Build dataset"))
    assert first == "Run r1"
    assert "Build dataset" in line
    # Never less than was spent.
    assert line.endswith("spent $0.000001, $0.50 reserved of $5.00")


def test_questions_waits_and_ends_of_states_are_not_told(capsys):
    quiet = Entered("Dry run?"), Entered("Wait"), Entered("Notify"), Left("Build dataset")
    assert told(capsys, *quiet) == ["Run r1"]


def test_each_model_is_told_by_name_and_never_twice_with_the_same(capsys):
    polls = [Entered("Poll fine tune", POLLED), Entered("Wait", POLLED)] * 3
    _, state, line = told(capsys, Entered("Fine-tune models", TWO_MODELS), *polls)
    assert "Fine-tune models" in state
    assert "small trains" in line


def test_a_line_a_minute_tells_how_many_how_fast_and_how_long(capsys):
    batches = [MapProgress(succeeded=n, failed=1, total=19) for n in range(9)]
    _, _, line = told(capsys, Entered("Scrape episodes"), 10, *batches, 50)
    assert "Scrape episodes 9 of 19 batches, 6.7 s each, 1 min 07 s left" in line
    assert line.startswith("  60.0 s")


def test_nothing_is_told_within_a_minute_of_the_last_line(capsys):
    assert len(told(capsys, Entered("Measure style"), *[1] * 59)) == 2


def test_before_the_ledger_is_open_there_is_no_money_to_tell(capsys):
    _, line = told(capsys, Entered("Prepare run"), totals=None)
    assert "$" not in line


def test_while_nothing_is_spent_or_held_there_is_no_money_to_tell(capsys):
    nothing = replace(TOTALS, settled=Decimal(0), reserved=Decimal(0))
    _, line = told(capsys, Entered("Prepare run"), totals=nothing)
    assert "$" not in line


def test_the_end_is_told(capsys):
    assert "FAILED" in told(capsys, Finished("FAILED", "E", "C", ""))[-1]


def test_who_wants_quiet_hears_nothing(capsys):
    steps = Entered("Scrape episodes"), 100, Finished("FAILED", "E", "C", "")
    assert told(capsys, *steps, quiet=True) == []


def on_a_terminal(monkeypatch, *steps):
    """What stands on a terminal after the steps, before the reporter is left."""
    written = io.StringIO()
    monkeypatch.setattr(
        displays, "console", lambda: Console(file=written, force_terminal=True, width=100)
    )
    clock = Clock()
    display = displays.Live()
    progress = RunProgress(clock)
    display.begin()
    for step in steps:
        clock.now += 2
        if isinstance(step, Finished):
            display.finished(step.status, clock.now, "spent $1.00")
        elif (changed := progress.take(step)) is not None:
            display.changed(changed, clock.now, "spent $1.00")
    display.end()
    screen = pyte.Screen(100, 30)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(written.getvalue())
    return [line.rstrip() for line in screen.display if line.strip()]


def test_on_a_terminal_a_state_is_a_line_and_each_model_another_while_it_goes_on(monkeypatch):
    lines = on_a_terminal(
        monkeypatch,
        Entered("Prepare run"),
        Entered("Fine-tune models", TWO_MODELS),
        Entered("Submit fine tune", {"model": "small"}),
        Entered("Poll fine tune", {"model": "small"}),
        Left("Settle fine tune", {"model": "small", "deploying": False}),
        Entered("Poll fine tune", {"model": "large"}),
    )
    assert lines[0] == "✓ Prepare run        2.0 s · spent $1.00"
    assert "Fine-tune models   8.0 s · 1 of 2 models, 8.0 s each, 8.0 s left" in lines[1]
    assert [line.strip() for line in lines[2:]] == ["small is done", "large trains"]


def test_on_a_terminal_what_was_done_stands_there_at_the_end(monkeypatch):
    lines = on_a_terminal(
        monkeypatch,
        Entered("Scrape episodes"),
        Entered("Build dataset"),
        MapProgress(succeeded=19, failed=0, total=19),
        Finished("SUCCEEDED", "", "", ""),
    )
    assert lines == [
        "✓ Scrape episodes    2.0 s · 19 of 19 batches · spent $1.00",
        "✓ Build dataset      4.0 s · spent $1.00",
    ]


def test_a_state_that_failed_on_the_way_is_crossed_out_too(monkeypatch):
    lines = on_a_terminal(
        monkeypatch,
        Entered("Build dataset"),
        Entered("Cancel fine tunes"),
        Entered("Write report"),
        Finished("FAILED", "E", "C", ""),
    )
    assert [line[0] for line in lines] == ["✗", "✓", "✓"]


def test_the_jury_goes_on_to_the_end_by_itself(monkeypatch):
    jury, _ = on_a_terminal(monkeypatch, Entered("Hear the jury"), Entered("Cancel fine tunes"))
    assert jury.startswith("✓")


def test_on_a_terminal_a_state_that_failed_is_crossed_out(monkeypatch):
    (line,) = on_a_terminal(monkeypatch, Entered("Build dataset"), Finished("FAILED", "E", "C", ""))
    assert line.startswith("✗ Build dataset")


def test_a_table_is_as_wide_as_its_widest_cell_and_cuts_what_is_too_long(capsys):
    print_table(("a", "b"), [("long", "x\n y"), ("s", "z" * 20)], widest=10)
    assert capsys.readouterr().out.splitlines() == [
        "a     b",
        "────────────────",
        "long  x y",
        "s     zzzzzzzzz…",
    ]


def test_numbers_stand_to_the_right_and_nothing_is_markup(capsys):
    print_table(("what", "n"), [("[red]a[/]", "1,000"), (":smile:", "-7.5 %"), ("c", "")])
    assert capsys.readouterr().out.splitlines()[2:] == [
        "[red]a[/]   1,000",
        ":smile:    -7.5 %",
        "c",
    ]


def test_a_table_without_rows_is_its_header(capsys):
    print_table(("a", "b"), [])
    assert capsys.readouterr().out.splitlines() == ["a  b", "────"]


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
    assert "would have cost $0.000001" in told(capsys, Entered("Build dataset"), stand_in=True)[1]


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
    print_statistics(list(tally.rows("all pairs")))
    pair = capsys.readouterr().out.splitlines()[-1]
    assert pair.split()[:4] == ["all", "pairs", "pair", str(n)]
    assert ("6,000" in pair) is bool(n)
