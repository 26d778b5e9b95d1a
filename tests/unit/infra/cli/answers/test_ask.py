import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import yaml

from infra.cli.answers import ask
from infra.cli.answers.ask import NoFinishedModel
from infra.cli.main import main
from shared import catalogue, shows
from shared.errors import InvalidField, ModelShutdown
from shared.lake import keys
from tests.sample_run import EVALUATION_SET
from tests.unit.shared.run.porch import SHOW, resolved

MODELS = catalogue.packaged()
MINI, LLAMA = "gpt-4.1-mini", "llama-3.1-8b"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
GONE = date(2026, 1, 1)
PORCH = shows.parse(SHOW, "test")


def leave(out, run_id="r1", when="2026-11-23", status="succeeded", models=(MINI, LLAMA), **show):
    """A run as its folder shows it."""
    settings = resolved(when, show={**SHOW, **show}, models=list(models))
    settings = settings.model_copy(update={"run_id": run_id})
    files = {
        keys.manifest(run_id): settings.model_dump(mode="json"),
        keys.evaluation_set(run_id): EVALUATION_SET.document(),
    }
    for model in models:
        tuned = f"ft:{model}:{run_id}" if status == "succeeded" else None
        files[keys.outcome(run_id, model)] = {"status": status, "fine_tuned_model": tuned}
    for key, document in files.items():
        path = out / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")


def asked(found, text="Why a porch?"):
    settings = ask.own_settings(found, MODELS, Decimal("0.10"), Decimal(100), NOW)
    return settings, ask.questions_of(found, settings, text)


def test_the_newest_runs_first_finished_model_is_asked_unless_another_is_named(tmp_path):
    leave(tmp_path, "r1", "2026-11-23")
    leave(tmp_path, "r2", "2026-11-24")
    leave(tmp_path, "r3", "2026-11-25", status="failed")
    assert ask.finished(tmp_path, PORCH, None).fine_tuned_model == f"ft:{MINI}:r2"
    assert ask.finished(tmp_path, PORCH, LLAMA).fine_tuned_model == f"ft:{LLAMA}:r2"


@pytest.mark.parametrize("prepare", ["nothing", "failed", "another show"])
def test_where_no_model_was_finished_it_is_refused_in_a_sentence(
    prepare, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "porch.yaml").write_text(yaml.safe_dump(SHOW), encoding="utf-8")
    out = tmp_path / "out"
    if prepare == "failed":
        leave(out, status="failed")
    if prepare == "another show":
        leave(out, name="fence")
    assert main(["ask", "Why?", "--show", "porch.yaml", "--out", "out"]) == 2
    said = capsys.readouterr().err
    assert "--out out holds no finished run that tuned a model for show porch" in said
    assert len(said.splitlines()) == 1


def test_a_model_that_this_folder_did_not_tune_is_named(tmp_path):
    leave(tmp_path, models=[MINI])
    with pytest.raises(NoFinishedModel, match=r"tuned model llama-3\.1-8b"):
        ask.finished(tmp_path, PORCH, LLAMA)


def test_all_arms_are_asked_the_same_words_as_in_an_evaluation(tmp_path):
    leave(tmp_path)
    _, questions = asked(ask.finished(tmp_path, PORCH, None))
    assert list(questions) == ["base", "prompted", "tuned"]
    sent = {arm: question.request.messages for arm, question in questions.items()}
    assert sent["base"] == sent["tuned"] == sent["prompted"][-1:]
    assert sent["prompted"][0].content == EVALUATION_SET.card
    assert questions["tuned"].request.model == f"ft:{MINI}:r1"
    assert questions["prompted"].request.model == MODELS.model(MINI).answering_model


def test_a_question_is_named_by_its_content_so_that_asking_again_is_free(tmp_path):
    leave(tmp_path)
    found = ask.finished(tmp_path, PORCH, None)
    (one, first), (other, second) = asked(found), asked(found)
    assert one.run_id != other.run_id
    for arm, question in first.items():
        assert question.generation_id == second[arm].generation_id


def test_a_run_of_an_older_release_has_no_prompted_base(tmp_path):
    leave(tmp_path)
    (tmp_path / keys.evaluation_set("r1")).unlink()
    _, questions = asked(ask.finished(tmp_path, PORCH, None))
    assert list(questions) == ["base", "tuned"]


def test_a_question_that_may_cost_more_than_the_ceiling_is_refused_before_anything_is_asked(
    tmp_path,
):
    leave(tmp_path)
    _, questions = asked(ask.finished(tmp_path, PORCH, None))
    most = sum(question.reserved for question in questions.values())
    ask.check_ceiling(questions, most)
    with pytest.raises(InvalidField, match="nothing was asked"):
        ask.check_ceiling(questions, most - Decimal("0.000000000001"))


def test_an_empty_question_is_refused(tmp_path):
    leave(tmp_path)
    with pytest.raises(InvalidField, match="question is empty"):
        asked(ask.finished(tmp_path, PORCH, None), "  ")


def test_a_model_that_is_switched_off_meanwhile_is_refused(tmp_path):
    leave(tmp_path)
    found = ask.finished(tmp_path, PORCH, None)
    ended = [model.model_copy(update={"shutdown_date": GONE}) for model in MODELS.models]
    gone = MODELS.model_copy(update={"models": tuple(ended)})
    with pytest.raises(ModelShutdown, match="switched off on 2026-01-01"):
        ask.own_settings(found, gone, Decimal("0.10"), Decimal(100), NOW)
