"""What the report says of style: numbers under the arms, what they are worth, and why one is missing."""

import json

import pytest

from shared.evaluation.measures import Score, numbers
from shared.lake import keys
from shared.report import stages
from shared.report.page import style
from tests.sample_run import FINISHED, RUN_ID, sample_run
from tests.unit.shared.fakes import Clock
from tests.unit.shared.ledgers import ledger_in_memory

MODEL = "gpt-4.1-mini"


def row(arm, *score, **fields):
    model = MODEL if arm in ("base", "prompted", "tuned") else None
    return Score(*score, **fields).row(arm, model)


def remarks(rows):
    return style.remarks(rows, numbers(rows))


MEASURED = [
    row("base", "style", 0.25, 5, 0.1, 0.4),
    row("tuned", "style", 0.84, 5, 0.7, 0.95),
    row(None, "style_auc", 0.991, 300, 0.98, 0.998),
    row(None, "style_shuffled", 0.12, 150),
    row("base", "function_words", 0.5, 5, 0.3, 0.6),
    row("tuned", "function_words", None, 0, reason="90 words in all are too few; style takes 300"),
    row(None, "function_words_auc", 1.0, 300, 1.0, 1.0),
    row(None, "style_agreement", -0.5, 3, reason="the traditions disagree: by character n-grams"),
]


@pytest.fixture
def sample():
    with sample_run(models=(MODEL,)) as sample:
        sample.write_manifest()
        sample.write_corpus()
        sample.write_dataset()
        sample.write_jobs()
        sample.write_answers()
        yield sample


def closed(sample, **state):
    clock = Clock()
    ledger = ledger_in_memory(clock)
    told = stages.close(sample.lake, ledger, RUN_ID, state, FINISHED)
    page = sample.lake.read(keys.report(RUN_ID)).decode()
    return told, page, sample.lake.read_json(keys.summary(RUN_ID))["metrics"]


def of_style(metrics):
    return [one for one in metrics if one["metric"].startswith(("style", "function_words"))]


def test_what_was_measured_is_in_metrics_summary_and_page(sample):
    sample.lake.write_json(keys.style(RUN_ID), MEASURED)
    told, page, metrics = closed(sample)
    assert told["status"] == "SUCCEEDED"
    assert of_style(metrics) == [{**one, "cost_usd": "0.000000"} for one in MEASURED]
    kept = [one for one in sample.lake.read_rows("metrics", RUN_ID) if one["metric"] == "style"]
    assert [(one["run_id"], one["show"], one["value"]) for one in kept] == [
        (RUN_ID, "porch", 0.25),
        (RUN_ID, "porch", 0.84),
    ]
    assert "84%" in page
    for sentence in remarks(MEASURED):
        assert sentence.replace("’", "&#39;") in page or sentence in page


def test_a_measure_that_failed_costs_the_run_nothing_but_its_numbers(sample):
    sample.lake.write_json(keys.style(RUN_ID), MEASURED)  # of an attempt before
    cause = json.dumps({"errorType": "MemoryError", "errorMessage": "no room left"})
    failure = {"Error": "MemoryError", "Cause": cause}
    told, page, metrics = closed(sample, style_failure=failure)
    assert (told["status"], told["error"]) == ("SUCCEEDED", None)
    (only,) = of_style(metrics)
    assert (only["metric"], only["value"]) == ("style", None)
    assert only["reason"] == "style was not measured: MemoryError: no room left"
    assert only["reason"] in page


def test_a_measure_that_failed_does_not_hide_why_the_run_did(sample):
    state = {
        "failure": {"Error": "SpendCeilingReached", "Cause": "too dear"},
        "style_failure": {"Error": "States.Timeout", "Cause": ""},
    }
    told, _, _ = closed(sample, **state)
    assert (told["status"], told["error"]) == ("FAILED", "SpendCeilingReached")


def test_the_remarks_say_what_the_measures_are_worth_why_one_is_missing_and_that_they_disagree():
    ngrams, shuffled, words, missing, agreement = remarks(MEASURED)
    assert "it picks the host’s in 99.1% (98% to 99.8%); guessing would be 50%" in ngrams
    assert shuffled == "The host’s own words in random order stand at 12%."
    assert "it picks the host’s in 100%; guessing" in words
    assert missing.endswith("has no number: 90 words in all are too few; style takes 300.")
    assert agreement == (
        "The rank correlation of the two over 3 arms is -0.50; "
        "the traditions disagree: by character n-grams."
    )


def test_who_is_more_like_the_host_than_the_host_is_said_to_repeat_what_the_measure_heard():
    (beyond,) = remarks([row("tuned", "style", 1.6, 4, 1.4, 1.8)])
    assert beyond.startswith(f"Beyond the host’s own held-out speech: tuned {MODEL}.")
    assert remarks([row("tuned", "style", 1.1, 4, 0.9, 1.3)]) == []
    assert remarks([]) == []
