"""A report is computed once: no object of the bucket is asked for twice, and no result is worked out twice."""

import ast
import importlib
import inspect
import sys
from collections import Counter
from contextlib import contextmanager

import pytest

from shared.evaluation.jury import pair_results, qualify
from shared.evaluation.measures import copied_spans, longest_shared_spans, numbers, quotations
from shared.lake import keys
from shared.providers import formats
from shared.report import arms, data_quality, ending, record, spending, stages
from shared.report.results import answers, choice, jury, quiz, report, years
from tests.memory_s3 import reads
from tests.places import ROOT
from tests.sample_run import FINISHED, JUDGES, PAIRS, RUN_ID, TRAINING
from tests.unit.shared.fakes import Clock
from tests.unit.shared.ledgers import ledger_in_memory

REPORT = ROOT / "shared" / "report"
QUOTING = 'As somebody put it, "a porch is a room that forgives the weather", and so it is.'


def whole(run):
    run.write_whole(4)
    run.save_generations(
        [{**row, "answer": QUOTING} if row["question"] == 1 else row for row in run.generations()]
    )
    run.write_judgements()
    run.lake.write_json(keys.style(RUN_ID), [])


def plan(run):
    run.dry_run = True
    run.write_manifest(training=TRAINING)
    run.write_corpus()
    run.write_dataset()
    run.write_pairs("e2", PAIRS)


def stopped(run):
    run.write_manifest()
    run.lake.write_json(keys.stopped(RUN_ID), {"error": "AccessDenied", "cause": "403"})


def refused(run):
    pass


FAILED = {"failure": {"Error": "States.TaskFailed", "Cause": "{}"}}
KILLED = {"closing": {"name": RUN_ID, "status": "FAILED", "input": "{}"}}


def close(run, state):
    clock = Clock()
    ledger = ledger_in_memory(clock, RUN_ID)
    return stages.close(run.lake, ledger, RUN_ID, state, FINISHED)


@pytest.mark.parametrize("state", [{}, FAILED, KILLED], ids=["ended", "failed", "killed"])
@pytest.mark.parametrize("write", [whole, plan, stopped, refused])
def test_every_object_of_the_bucket_is_asked_for_once(run, write, state):
    write(run)
    there = set(run.lake.keys(""))
    with reads() as asked:
        close(run, state)
    assert {key: n for key, n in asked.items() if n > 1} == {}
    if write is whole:
        assert there <= asked.keys()


def test_the_words_of_the_show_are_not_read_where_nothing_asks_for_them(run):
    plan(run)
    with reads() as asked:
        close(run, {})
    turns = set(run.lake.show_files("turns", "porch"))
    assert turns
    assert not turns & asked.keys()


@contextmanager
def calls():
    """How often each function is called, by its code; every call is real."""
    counted = Counter()

    def count(frame, event, _):
        if event == "call":
            counted[frame.f_code] += 1

    sys.setprofile(count)
    try:
        yield counted
    finally:
        sys.setprofile(None)


def test_every_result_is_worked_out_once_for_summary_page_quiz_and_exports(run):
    whole(run)
    lines = sum(
        len(run.lake.read(keys.training_file(RUN_ID, model)).splitlines()) for model in run.models
    )
    by_machines = sum(row["generated"] for row in run.generations())
    with calls() as counted:
        run.report()
    once = (
        *(record.read, record.episode_counts, report.compute, arms.arms, numbers),
        *(jury.judged, jury.verdict, data_quality.findings, spending.commitment),
        *(spending.spend_rows, answers.questions, choice.choice, quiz.items, years.corpus_by_year),
        ending.running_jobs,
    )
    found = {function.__qualname__: counted[function.__code__] for function in once}
    assert found == dict.fromkeys(found, 1)
    n_judges, n_models = len(JUDGES), len(run.models)
    assert counted[pair_results.__code__] == counted[qualify.__code__] == n_judges
    assert counted[spending.model_line.__code__] == n_models
    assert counted[longest_shared_spans.__code__] == counted[copied_spans.__code__] == n_models
    assert counted[formats.decoded.__code__] == lines
    assert counted[quotations.__code__] == by_machines


def importers(name, module):
    """Which modules of the report, but the one that computes it, take `name` from `module`."""
    for path in REPORT.rglob("*.py"):
        if path.name in ("report.py", "__init__.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == module:
                yield from (path.name for alias in node.names if alias.name == name)


def test_what_the_report_is_computed_by_is_called_by_none_of_those_that_show_it():
    tree = ast.parse((REPORT / "results" / "report.py").read_text("utf-8"))
    computing = [
        (alias.name, node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("shared.report.")
        for alias in node.names
        if inspect.isfunction(getattr(importlib.import_module(node.module), alias.name, None))
    ]
    assert len(computing) >= 10
    for name, module in computing:
        assert not list(importers(name, module)), name


def test_only_the_record_and_what_reads_the_shows_words_read_the_bucket():
    reading = {"read", "read_json", "read_as", "read_rows", "read_file", "show_rows", "open"}
    readers = {
        (path.name, node.attr)
        for path in REPORT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in reading
        if isinstance(node.value, ast.Name) and node.value.id == "lake"
    }
    assert readers == {
        ("record.py", "read_json"),
        ("record.py", "read_as"),
        ("corpus.py", "read_as"),
        ("copying.py", "open"),
        ("stages.py", "read_json"),  # why a batch stopped the show, and whether a run is closed
    }
