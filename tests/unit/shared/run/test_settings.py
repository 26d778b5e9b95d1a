from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared import catalogue
from shared.errors import (
    InvalidField,
    ModelShutdown,
    RightsMissing,
    UnknownField,
    UnknownModel,
    UnknownShow,
)
from shared.run import settings
from tests.unit.shared.run.porch import SHOW, resolved


def test_a_show_and_a_ceiling_are_enough():
    run = resolved()
    assert run.ceiling_usd == Decimal("5.00")
    assert run.n_epochs == 4
    assert run.month == "2026-11"
    assert [model.model for model in run.models] == ["llama-3.3-70b"]


def test_a_manifest_comes_back_as_it_was_written():
    run = resolved(models=["gpt-4.1-mini"], since="2012-01-01", limit=50)
    assert settings.RunSettings.model_validate_json(run.model_dump_json()) == run


def test_a_model_of_a_provider_nobody_described_is_refused_before_anything_is_bought():
    packaged = catalogue.packaged()
    strangers = packaged.model_copy(update={"providers": packaged.providers[:1]})
    asked = settings.parse_input({"show": SHOW, "ceiling_usd": "5.00"})
    with pytest.raises(UnknownModel, match="no provider 'nebius'"):
        settings.resolve(
            asked,
            settings.show_from(asked),
            strangers,
            run_id="r1",
            started_at=datetime(2026, 11, 23, tzinfo=UTC),
            code_version="test",
            month_ceiling_usd=Decimal(100),
        )


def test_an_unknown_field_is_refused_with_the_ones_there_are():
    with pytest.raises(UnknownField, match=r"'cieling_usd'.*ceiling_usd"):
        settings.parse_input({"show": "demo", "cieling_usd": "5.00"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n_epochs", 0),
        ("n_epochs", "four"),
        ("limit", 0),
        ("since", "soon"),
        ("models", []),
        ("dry_run", "maybe"),
    ],
)
def test_a_value_out_of_range_is_refused_by_field(field, value):
    with pytest.raises(InvalidField, match=field):
        settings.parse_input({"show": "demo", "ceiling_usd": "5.00", field: value})


def test_a_missing_ceiling_is_refused():
    with pytest.raises(InvalidField, match="ceiling_usd"):
        settings.parse_input({"show": "demo"})


def test_an_unknown_model_is_refused():
    with pytest.raises(UnknownModel, match="gpt-9"):
        resolved(models=["gpt-9"])


def test_the_day_the_openai_models_end_the_default_still_runs():
    assert resolved(when="2027-01-15").models
    with pytest.raises(ModelShutdown, match="2027-01-14"):
        resolved(when="2027-01-15", models=["gpt-4.1-mini"])


def test_an_unknown_show_is_refused_with_the_packaged_ones():
    with pytest.raises(UnknownShow, match=r"'nosuch'.*econtalk"):
        settings.show_from(settings.parse_input({"show": "nosuch", "ceiling_usd": "1.00"}))


@pytest.mark.parametrize("section", ["rights", "consent"])
def test_a_paid_run_needs_rights_and_consent_and_a_dry_run_does_not(section):
    bare = {key: value for key, value in SHOW.items() if key != section}
    with pytest.raises(RightsMissing, match=section):
        resolved(show=bare)
    assert resolved(show=bare, dry_run=True).dry_run


def test_a_show_without_questions_is_asked_general_ones_and_none_at_all_is_refused():
    unasked = {key: value for key, value in SHOW.items() if key != "questions"}
    assert len(resolved(show=unasked).show.questions) == 3
    with pytest.raises(InvalidField, match="porch has no questions"):
        resolved(show={**SHOW, "questions": []})


def test_a_name_a_source_and_a_host_are_enough_for_a_plan():
    least = {"name": "porch", "feed": SHOW["feed"], "host": {"name": "Ida Stone"}}
    assert resolved(show=least, dry_run=True).show.prompt_suffix == "Ida Stone responds:"


def test_the_models_of_2023_can_be_planned_and_never_bought():
    assert resolved(models=["ada", "davinci"], dry_run=True).models
    with pytest.raises(ModelShutdown, match="ada is historical"):
        resolved(models=["ada"])


@pytest.mark.parametrize(
    "source", [{"urls": ["http://127.0.0.1:1/one"]}, {"transcripts": "s3://lake/raw/porch/talks/"}]
)
def test_a_show_needs_no_feed_where_it_has_another_source(source):
    assert resolved(show={**SHOW, "feed": None, **source}).show.feed is None


def judges(show=None, **fields):
    profile = {**SHOW, "evaluation": show or {}}
    return [judge.model for judge in resolved(show=profile, **fields).judges]


def test_by_default_the_cheapest_of_each_family_at_the_providers_of_the_models_judges():
    assert judges() == ["llama-3.1-8b"]
    assert judges(models=["gpt-4.1"]) == ["gpt-6-luna"]
    assert judges(models=["gpt-4.1", "llama-3.1-8b"]) == ["llama-3.1-8b", "gpt-6-luna"]


def test_a_judge_that_ends_before_the_horizon_is_not_taken_and_a_named_one_refused():
    with pytest.raises(ModelShutdown, match="gpt-4o-mini is switched off"):
        judges({"judges": ["gpt-4o-mini"]}, when="2027-01-10")
    assert judges(when="2027-01-10") == ["llama-3.1-8b"]


def test_a_show_names_its_own_judges_or_none():
    assert judges({"judges": ["gpt-4.1-mini", "llama-3.3-70b", "gpt-4.1-mini"]}) == [
        "gpt-4.1-mini",
        "llama-3.3-70b",
    ]
    assert judges({"judges": []}) == []
    with pytest.raises(UnknownModel, match=r"evaluation\.judges holds 'gpt-9'"):
        judges({"judges": ["gpt-9"]})


def test_a_manifest_of_an_older_release_has_no_judges():
    kept = resolved().model_dump(mode="json")
    del kept["judges"]
    assert settings.frozen(kept).judges == ()


def test_a_run_in_flight_keeps_the_address_that_its_provider_had_when_it_began():
    run = resolved(models=["llama-3.3-70b"])
    moved = run.provider("nebius").model_copy(update={"base_url": "https://moved.test/v1/"})
    held = settings.frozen(
        {**run.model_dump(mode="json"), "providers": [moved.model_dump(mode="json")]}
    )
    assert held.provider("nebius").base_url == "https://moved.test/v1/"


def test_a_manifest_names_the_providers_of_its_models_and_judges_and_an_older_one_the_packaged():
    run = resolved(
        show={**SHOW, "evaluation": {"judges": ["gpt-6-luna"]}}, models=["llama-3.3-70b"]
    )
    assert [one.provider for one in run.providers] == ["nebius", "openai"]
    manifest = run.model_dump(mode="json")
    del manifest["providers"]
    assert settings.frozen(manifest).provider("nebius") == run.provider("nebius")


def test_more_epochs_than_a_provider_takes_are_refused_with_both_numbers():
    assert resolved(models=["nova-micro"], n_epochs=5).n_epochs == 5
    with pytest.raises(InvalidField, match=r"n_epochs is 6, and nova-micro takes at most 5"):
        resolved(models=["nova-micro"], n_epochs=6)
