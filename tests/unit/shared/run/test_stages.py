from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import yaml

from shared import catalogue
from shared.errors import InvalidField, MissingPrice, UnknownField, UnknownShow
from shared.lake import keys
from shared.ledger import RunNotOpen
from shared.providers import ProviderUnusable
from shared.run.environment import Environment
from shared.run.stages import prepare
from tests.unit.shared.ledgers import ledger_in_memory
from tests.unit.shared.run.porch import SHOW

STARTED = datetime(2026, 11, 23, 9, tzinfo=UTC)
ENVIRONMENT = Environment(
    bucket="porch-lake",
    ledger_table="ledger",
    provider_secret_id="secret",
    provider_base_url="",
    training_role_arn="arn:aws:iam::000000000000:role/training",
    month_ceiling_usd=Decimal("100.00"),
    code_version="1.2.3",
    topic_arn="arn:aws:sns:us-east-1:000000000000:topic",
    reach_private_addresses=True,
)


@pytest.fixture
def ledger(clock):
    return ledger_in_memory(clock)


@pytest.fixture
def prepared(lake, ledger):
    def call(document, models=None, environment=ENVIRONMENT, check_providers=lambda _: None):
        return prepare(
            lake,
            ledger,
            models or catalogue.packaged(),
            document,
            run_id="r1",
            started_at=STARTED,
            environment=environment,
            check_providers=check_providers,
        )

    return call


def asked(**fields):
    return {"show": SHOW, "ceiling_usd": "5.00", **fields}


def test_a_run_is_frozen_and_its_money_is_held_to_both_ceilings(prepared, lake, ledger):
    frozen = prepared(asked())
    assert frozen.code_version == "1.2.3"
    assert lake.read_json(keys.manifest("r1"))["ceiling_usd"] == "5.00"
    assert ledger.totals("r1").ceiling == Decimal("5.00")
    assert ledger.month_totals("2026-11").ceiling == Decimal("100.00")


def refuse(settings):
    raise ProviderUnusable(f"nobody answers for {settings.models[0].provider}")


def test_a_run_whose_provider_cannot_be_asked_ends_before_anything_is_kept(prepared, lake, ledger):
    with pytest.raises(ProviderUnusable, match="nobody answers for nebius"):
        prepared(asked(), check_providers=refuse)
    assert lake.read_json(keys.manifest("r1")) is None
    with pytest.raises(RunNotOpen):
        ledger.totals("r1")


def test_a_dry_run_and_a_repeat_ask_no_provider(prepared):
    assert prepared(asked(dry_run=True), check_providers=refuse).dry_run
    assert prepared(asked(), check_providers=refuse).dry_run  # the run that is there


def test_a_repeat_keeps_what_was_frozen_whatever_changed_since(prepared, ledger):
    frozen = prepared(asked())
    dearer = replace(ENVIRONMENT, month_ceiling_usd=Decimal("1.00"), code_version="9.9.9")
    assert prepared(asked(ceiling_usd="9.00"), environment=dearer) == frozen
    assert ledger.totals("r1").ceiling == Decimal("5.00")


@pytest.mark.parametrize(
    ("document", "error", "said"),
    [
        (asked(cieling_usd="5.00"), UnknownField, "cieling_usd"),
        (asked(ceiling_usd="-5.00"), InvalidField, "ceiling_usd is '-5.00'"),
        (asked(ceiling_usd=5.5), InvalidField, "ceiling_usd is 5.5"),
        ({"show": SHOW}, InvalidField, "ceiling_usd"),
        ([], InvalidField, "JSON object"),
        ([{"show": SHOW}], InvalidField, "JSON object"),
        ("5.00", InvalidField, "JSON object"),
        (None, InvalidField, "JSON object"),
        (asked(show="nosuch"), UnknownShow, "nosuch"),
        (asked(show=None), InvalidField, "show"),
    ],
)
def test_what_cannot_run_is_refused_with_nothing_written(
    prepared, lake, ledger, document, error, said
):
    with pytest.raises(error, match=said):
        prepared(document)
    assert lake.keys("") == []
    with pytest.raises(RunNotOpen):
        ledger.totals("r1")


def test_a_model_without_a_price_for_its_answers_is_refused(prepared):
    model = catalogue.packaged().model("gpt-4.1-mini")
    training = tuple(price for price in model.prices if price.purpose == "training")
    models = catalogue.packaged().model_copy(
        update={"models": (model.model_copy(update={"prices": training}),)}
    )
    with pytest.raises(MissingPrice, match=r"gpt-4\.1-mini has no price for input"):
        prepared(asked(models=["gpt-4.1-mini"]), models)


def test_a_show_in_the_bucket_is_read_from_there(prepared, lake):
    lake.write("shows/porch.yaml", yaml.safe_dump(SHOW).encode())
    frozen = prepared(asked(show="s3://porch-lake/shows/porch.yaml"))
    assert frozen.show.host.name == "Ida Stone"


@pytest.mark.parametrize(
    "address", ["s3://porch-lake/shows/nosuch.yaml", "s3://another/shows/porch.yaml", "s3://"]
)
def test_a_show_that_is_not_in_the_bucket_is_refused_by_its_address(prepared, lake, address):
    lake.write("shows/porch.yaml", yaml.safe_dump(SHOW).encode())
    with pytest.raises(UnknownShow, match=address):
        prepared(asked(show=address))


def test_a_show_in_the_bucket_that_is_not_usable_says_where(prepared, lake):
    address = "s3://porch-lake/shows/porch.yaml"
    lake.write("shows/porch.yaml", b"name: porch\nhots: {}\n")
    with pytest.raises(InvalidField, match=address):
        prepared(asked(show=address))
