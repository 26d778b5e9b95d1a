"""What real services were seen to do, each as a whole run, judged by the stand-in's own bill.

The stand-in is `bare` here: it shows no metadata, renames files, is not done with an upload for a
while, lists without a cursor and says there is more, and answers 404 for a fresh model.
"""

import json
import math
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from shared import money
from shared.lake import keys

pytestmark = pytest.mark.integration

MINI, LLAMA = "gpt-4.1-mini", "llama-3.3-70b"
QUESTIONS = ["What is worth keeping?", "Who taught you to repair things?"]


@dataclass
class Bought:
    """What the provider's bill grew by."""

    usd: Decimal
    jobs: list[Any]
    calls: list[Any]


@contextmanager
def bill(machine):
    """What the provider charges while the block lasts."""
    before = machine.meter()
    bought = Bought(Decimal(0), [], [])
    yield bought
    after = machine.meter()
    bought.usd = Decimal(after["exact_usd"]) - Decimal(before["exact_usd"])
    bought.jobs = after["jobs"][len(before["jobs"]) :]
    bought.calls = after["calls"][len(before["calls"]) :]
    assert after["running_jobs"] == 0


@contextmanager
def faults(machine, *actions):
    with ExitStack() as stack:
        for action in actions:
            stack.enter_context(machine.fault(**action))
        yield


def run(machine, name, model=MINI, **fields):
    changes = {"questions": QUESTIONS, **fields.pop("changes", {})}
    return machine.run(machine.show(name, **changes), models=[model], **fields)


def spend(machine, outcome):
    rows = machine.lake.read_rows("spend", outcome.run_id)
    return [row for row in rows if row["run_id"] == outcome.run_id]


def settled(machine, outcome):
    return sum(row["settled_usd"] or 0 for row in spend(machine, outcome))


def answers(machine, outcome):
    rows = machine.lake.read_rows("generations", outcome.run_id)
    return [row for row in rows if row["run_id"] == outcome.run_id]


def paid_as_billed(machine, outcome, bought):
    assert settled(machine, outcome) == bought.usd
    assert outcome.summary["settled_usd"] == money.format_usd(bought.usd)
    assert outcome.summary["reserved_usd"] == "0.000000"
    assert all(row["settled_usd"] <= row["reserved_usd"] for row in spend(machine, outcome))
    return True


def test_a_lost_creation_is_found_without_metadata_names_pages_or_a_processed_file(machine):
    with bill(machine) as bought, faults(machine, {"action": "reply_lost"}):
        outcome = run(machine, "unechoed")
    assert outcome.finished.status == "SUCCEEDED", outcome.finished
    assert len(bought.jobs) == 1
    assert paid_as_billed(machine, outcome, bought)
    (model,) = outcome.summary["models"]
    assert model["job_id"] == bought.jobs[0]["job_id"]
    assert {row["model_id"] for row in answers(machine, outcome)} >= {model["fine_tuned_model"]}


def test_llamas_count_fits_its_reservations_and_another_order_of_the_same_pairs_is_not_bought_again(
    machine,
):
    short = {"evaluation": {"max_answer_tokens": 16}}
    with bill(machine) as bought:
        first = run(machine, "llama", LLAMA, changes=short)
    assert first.finished.status == "SUCCEEDED", first.finished
    assert len(bought.jobs) == 1
    assert paid_as_billed(machine, first, bought)
    assert "length" in {row["finish_reason"] for row in answers(machine, first)}
    show = machine.show("llama", **short)
    training = {**show["training"], "must_have": show["training"]["must_have"][::-1]}
    with bill(machine) as again:
        second = run(machine, "llama", LLAMA, changes={**short, "training": training})
    assert second.finished.status == "SUCCEEDED", second.finished
    assert (again.usd, again.jobs, again.calls) == (0, [], [])
    names = [outcome.summary["models"][0]["fine_tuned_model"] for outcome in (first, second)]
    assert names[0] == names[1] is not None


def test_an_answer_without_a_choice_in_parts_or_with_half_a_character_costs_no_run(machine):
    odd = [{"action": action} for action in ("no_choices", "parts", "surrogate")]
    # One after the other: each strikes the next answer that no earlier one has struck.
    odd = [{**fault, "times": 1} for fault in odd]
    with bill(machine) as bought, faults(machine, odd[0]):
        without = run(machine, "mute", changes={"questions": QUESTIONS[:1]})
    assert without.finished.status == "SUCCEEDED", without.finished
    assert paid_as_billed(machine, without, bought)
    unusable = [row for row in answers(machine, without) if row["finish_reason"] == "unusable"]
    assert [row["answer"] for row in unusable] == [""]
    spoilt = [{**fault, "times": 99} for fault in odd[1:]]
    with bill(machine) as bought, faults(machine, spoilt[0]):
        parts = run(machine, "parts")
    assert paid_as_billed(machine, parts, bought)
    assert all(len(row["answer"]) > 1 for row in answers(machine, parts))
    with bill(machine) as bought, faults(machine, spoilt[1]):
        halves = run(machine, "halves")
    assert halves.finished.status == "SUCCEEDED", halves.finished
    assert paid_as_billed(machine, halves, bought)
    assert all(row["answer"].encode() for row in answers(machine, halves))
    for outcome in (without, parts, halves):
        assert machine.lake.read(keys.report(outcome.run_id)).decode().startswith("<!doctype html>")


def test_a_failed_job_whose_tokens_are_never_told_is_not_called_paid(machine):
    with bill(machine) as bought, machine.fault("fail_job"):
        outcome = run(machine, "untold")
    assert outcome.finished.error == "EveryFineTuneFailed", outcome.finished
    assert (len(bought.jobs), bought.usd) == (1, 0)
    (row,) = spend(machine, outcome)
    assert (row["status"], row["settled_usd"]) == ("unknown", None)
    assert outcome.summary["settled_usd"] == "0.000000"
    held = money.format_usd(row["reserved_usd"])
    assert outcome.summary["unknown_usd"] == outcome.summary["models"][0]["unknown_usd"] == held


def test_a_key_that_is_not_stored_or_not_taken_ends_the_run_before_a_page_is_read(machine):
    for keys_stored, error in [
        ({"azure": "k"}, "NoApiKey"),
        ({"openai": "no"}, "ProviderUnusable"),
    ]:
        machine.site.answers.clear()
        machine.replace_key("the-key")
        machine.store_keys(keys_stored)
        # A new version has no worker that remembers a key.
        with bill(machine) as bought, machine.function_timeout("PrepareRun", 61):
            outcome = run(machine, f"unlocked-{error.lower()}")
        assert (outcome.finished.status, outcome.summary["error"]) == ("FAILED", error)
        assert "ProviderSecret" in outcome.summary["cause"]
        assert bought.usd == 0
        assert not machine.site.answers
    machine.replace_key("the-key")


def test_a_replaced_key_and_losses_that_are_no_numbers_disturb_nobody(machine):
    machine.replace_key("another-key")
    with bill(machine) as bought, machine.fault("bad_losses"):
        outcome = run(machine, "rotated")
    assert outcome.finished.status == "SUCCEEDED", outcome.finished
    assert paid_as_billed(machine, outcome, bought)
    rows = machine.lake.read_rows("job_metrics", outcome.run_id)
    losses = [row["train_loss"] for row in rows if row["run_id"] == outcome.run_id]
    assert None in losses
    assert all(loss is None or math.isfinite(loss) for loss in losses)
    report = machine.lake.read(keys.report(outcome.run_id)).decode()
    assert not {"nan,", "inf,", ">nan", ">inf"} & set(report.lower().split())
    json.loads(json.dumps(outcome.summary, allow_nan=False))
