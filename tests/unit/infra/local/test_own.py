"""Who tunes on this machine, and that no stand-in stands beside it."""

import pytest

from infra.cli import inputs
from infra.cli.options import ProviderOptions, RunFields
from infra.local import own
from infra.local.own import StandInBesideOwn, TunerMissing, bases, without_stand_in_judges
from shared import catalogue, shows

SMOL = "HuggingFaceTB/SmolLM2-135M-Instruct"


def settings(*models, dry_run=False, show=None):
    show = show or shows.packaged("demo")
    asked = {"ceiling_usd": "5.00", "models": list(models), "dry_run": dry_run}
    document = {**asked, "show": inputs.inline(show)}
    return inputs.check(document, show, catalogue.packaged(), "100.00")


@pytest.fixture
def installed(tmp_path, monkeypatch):
    (tmp_path / ".installed").touch()
    monkeypatch.setattr(own, "TUNER", tmp_path)


@pytest.mark.usefixtures("installed")
def test_its_packaged_model_lies_where_make_tuner_puts_it():
    assert bases(settings("smollm2-135m")) == {SMOL: str(own.PACKAGED[SMOL])}


def test_a_plan_tunes_nothing_and_compares_any_models():
    assert bases(settings("smollm2-135m", "llama-3.1-8b", dry_run=True)) == {}


def test_a_run_of_other_models_is_not_tuned_here():
    assert bases(settings("llama-3.1-8b")) == {}


@pytest.mark.usefixtures("installed")
def test_no_stand_in_stands_beside_a_real_model():
    with pytest.raises(StandInBesideOwn, match=r"a stand-in for llama-3.1-8b"):
        bases(settings("smollm2-135m", "llama-3.1-8b"))


def test_a_stand_in_is_not_asked_to_judge_a_real_model():
    demo = shows.packaged("demo")
    assert demo.evaluation.judges
    real = without_stand_in_judges(demo, settings("smollm2-135m"))
    assert real.evaluation.judges == ()
    assert settings("smollm2-135m", show=real).judges == ()
    assert without_stand_in_judges(demo, settings("llama-3.1-8b")) == demo


def test_a_paid_run_without_the_tuner_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr(own, "TUNER", tmp_path)
    with pytest.raises(TunerMissing, match="run `make tuner` first"):
        bases(settings("smollm2-135m"))


def test_its_runs_have_few_epochs_unless_told_otherwise():
    assert inputs.own_defaults(None, ["smollm2-135m"]) == {"n_epochs": 2}
    assert inputs.own_defaults(None, ["llama-3.1-8b"]) == {}


def test_this_machine_tunes_its_models_and_nobody_else_is_asked():
    asked = ProviderOptions(provider="own", yes=True)
    fields, provider = inputs.tuned_here(RunFields(), asked, None)
    assert fields.models == ("smollm2-135m",)
    assert provider == ProviderOptions(yes=True)
    named = RunFields(models=("my-llama",))
    assert inputs.tuned_here(named, asked, None) == (named, ProviderOptions(yes=True))


def test_another_provider_is_asked_as_before():
    elsewhere = ProviderOptions(provider="nebius")
    assert inputs.tuned_here(RunFields(), elsewhere, None) == (RunFields(), elsewhere)
