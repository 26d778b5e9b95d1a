"""What can be tuned, where, at what price and until when, on any day."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from infra.cli.main import main
from infra.cli.models import MILLION, cents, offers, print_choice
from shared import catalogue, shows
from shared.run import parse_input, resolve
from tests.unit.infra.cli.test_confirm import JSON, LISTING, answering
from tests.unit.shared.run.porch import SHOW

KNOWN = catalogue.packaged()
NOVEMBER, FEBRUARY = date(2026, 11, 26), date(2027, 2, 1)


def test_the_cheapest_to_train_for_the_corpus_comes_first_and_none_that_only_answers_is_there():
    found = offers(KNOWN, NOVEMBER, 14, {})
    costs = [one.cost for one in found]
    assert costs == sorted(costs)
    assert [one.model.model for one in found[:2]] == ["smollm2-135m", "llama-3.1-8b"]
    assert found[1].cost == Decimal("0.40")
    assert "gpt-6-luna" not in {one.model.model for one in found}
    assert not any(one.refusal for one in found)


def test_a_tokenizer_that_counts_more_may_change_the_order():
    counted = {"llama-3.1-8b": 100 * MILLION, "gpt-4o-mini": MILLION}
    assert offers(KNOWN, NOVEMBER, 14, counted)[0].model.model != "llama-3.1-8b"


def test_on_the_first_of_february_openais_models_are_refused_with_the_reason_and_the_default_works():
    found = offers(KNOWN, FEBRUARY, 14, {})
    alive = [one.model for one in found if not one.refusal]
    assert {model.provider for model in alive} == {"own", "nebius", "bedrock"}
    refused = {one.model.model: one.refusal for one in found if one.refusal}
    assert "switched off on 2027-01-14" in refused["gpt-4.1-mini"]
    run = resolve(
        parse_input({"show": SHOW, "ceiling_usd": "5.00"}),
        shows.parse({key: SHOW[key] for key in SHOW if key != "models"}, "a test"),
        KNOWN,
        run_id="r1",
        started_at=datetime(2027, 2, 1, tzinfo=UTC),
        code_version="test",
        month_ceiling_usd=Decimal(10),
    )
    assert {model.model for model in run.models} <= {model.model for model in alive}


def test_prices_of_more_than_ninety_days_ago_are_marked():
    assert not any(one.old_prices for one in offers(KNOWN, NOVEMBER, 14, {}))
    assert all(one.old_prices for one in offers(KNOWN, FEBRUARY.replace(month=6), 14, {}))


def test_the_command_says_what_each_costs_and_which_are_refused(capsys, monkeypatch):
    monkeypatch.setattr("shared.clock.utc_now", lambda: datetime(2027, 3, 1, tzinfo=UTC))
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    assert "a million billed tokens" in said
    assert "No: model gpt-4.1 is switched off on 2027-01-14" in said
    assert "Old prices: llama-3.1-8b's are of 2026-11-23" in said


def plan_in(out, run_id, show, tokens, day):
    folder = out / "runs" / run_id
    folder.mkdir(parents=True)
    rows = [{"model": "llama-3.1-8b", "usable_tokens": tokens, "n_epochs": 4}]
    (folder / "plan.json").write_text(json.dumps(rows))
    manifest = {"show": {"name": show}, "started_at": f"2026-11-{day}T09:00:00Z"}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_with_a_plan_the_price_is_that_of_its_corpus_and_the_shows_own_newest_counts(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("shared.clock.utc_now", lambda: datetime(2026, 11, 26, tzinfo=UTC))
    plan_in(tmp_path, "demo-2", "demo", 2_000_000, 24)
    plan_in(tmp_path, "demo-1", "demo", 1_000_000, 23)
    plan_in(tmp_path, "other-1", "other", 9_000_000, 25)
    assert main(["models", "--show", "demo", "--out", str(tmp_path)]) == 0
    first = next(
        line for line in capsys.readouterr().out.splitlines() if line.startswith("llama-3.1-8b")
    )
    assert " 3.20 " in first  # 8 million tokens at 0.40


def test_a_folder_without_a_plan_is_refused_in_a_sentence(tmp_path, capsys):
    assert main(["models", "--show", "demo", "--out", str(tmp_path)]) == 2
    assert "holds no plan of demo" in capsys.readouterr().err


def test_json_has_every_digit_of_what_the_table_rounds_up(capsys, monkeypatch):
    monkeypatch.setattr("shared.clock.utc_now", lambda: datetime(2026, 11, 26, tzinfo=UTC))
    assert main(["models", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (first,) = (one for one in told if one["model"] == "llama-3.1-8b")
    assert first["tokens"] == MILLION
    assert Decimal(first["trains_for_usd"]) == Decimal("0.40")
    assert set(first["prices"]) == {*("training", "base_input", "base_output", "input", "output")}
    assert cents(Decimal("0.400001")) == "0.41"


def test_the_choice_names_every_model_and_marks_those_of_the_plan(capsys):
    found = offers(KNOWN, FEBRUARY, 14, {})
    print_choice(found, ["llama-3.3-70b"])
    lines = capsys.readouterr().out.splitlines()
    for one in found:
        line = next(line for line in lines if f" {one.model.model} " in line)
        assert line.startswith("*") == (one.model.model == "llama-3.3-70b")
        assert ("not now" in line) == bool(one.refusal)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_key_that_never_tuned_is_told_what_openai_makes_of_that(capsys):
    with answering(200, LISTING, JSON) as url:
        assert main(["models", "--openai-base-url", url]) == 0
    said = capsys.readouterr().out
    assert f"{url} takes the key and lists llama-3.3-70b." in said
    assert "shows no fine-tuning job" not in said  # the listing answers for jobs too


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_key_without_jobs_is_told_so_and_a_provider_that_is_none_is_one_sentence(capsys):
    with answering(200, b'{"object": "list", "data": []}', JSON) as url:
        assert main(["models", "--openai-base-url", url]) == 0
    assert "shows no fine-tuning job of this key" in capsys.readouterr().out
    with answering(500, b"oops", JSON) as url:
        assert main(["models", "--openai-base-url", url]) == 2
    assert url in capsys.readouterr().err
