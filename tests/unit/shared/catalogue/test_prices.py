"""A price is believed only as it is written."""

from datetime import date
from decimal import Decimal

import pytest

from shared import catalogue
from shared.catalogue import JUDGING, TRAINED, Price, TimeBilling, WrongUnit
from shared.errors import InvalidField, MissingPrice, PriceTooOld
from tests.unit.shared.catalogue.test_models import document, priced

TODAY = date(2026, 6, 1)
FIVE = TRAINED
HOURLY = "per: 1, unit: hour"


def written(text, source="mine.yaml"):
    return catalogue.extended(text, source)


def by_the_hour(amount="2.40"):
    lines = document(priced(amount, purposes=FIVE)).splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if "purpose: training" in line)
    lines[at] = lines[at].replace("per: 1000000, unit: token", HOURLY)
    return "".join(lines).replace(
        "    margin_percent", "    speed: {training_tokens_per_second: 400}\n    margin_percent"
    )


def check(text, today=TODAY, days=365, **provider):
    known = written(text)
    seller = known.provider("here").model_copy(update=provider)
    catalogue.check_prices(known.model("tiny"), seller, TRAINED, today, days)


def test_a_price_by_the_hour_is_never_charged_by_the_token_nor_the_other_way_round():
    known = written(by_the_hour()).model("tiny")
    with pytest.raises(WrongUnit, match="by the hour, not by the token"):
        known.price("training").of_tokens(1_000_000)
    assert known.price("training").of_seconds(1_800) == Decimal("1.20")
    with pytest.raises(WrongUnit, match="by the token, not by time"):
        known.price("output").of_seconds(1)


@pytest.mark.parametrize("purpose", JUDGING)
def test_an_answer_by_the_hour_is_refused_with_its_line(purpose):
    text = document(priced(purposes=FIVE))
    lines = text.splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if f"purpose: {purpose}," in line)
    lines[at] = lines[at].replace("per: 1000000, unit: token", HOURLY)
    with pytest.raises(
        InvalidField, match=rf"line {at + 1}, .*{purpose} is by the token, not by the hour"
    ):
        written("".join(lines))


def test_a_training_by_time_without_a_speed_is_refused_with_what_to_write():
    text = by_the_hour().replace("    speed: {training_tokens_per_second: 400}\n", "")
    with pytest.raises(
        InvalidField, match=r"write `speed: \{training_tokens_per_second: \.\.\.\}`"
    ):
        written(text)


def test_time_is_bought_only_where_the_service_stops_at_a_limit():
    with pytest.raises(MissingPrice, match=r"\$2\.40 per hour for training.*write `time_billing`"):
        check(by_the_hour())
    check(by_the_hour(), time_billing=TimeBilling(limit="max_seconds", billed="billed_seconds"))


def test_nothing_is_a_price_and_a_price_that_is_not_written_is_none():
    free = written(document(priced("0", purposes=FIVE))).model("tiny")
    assert free.price("output").of_tokens(10**9) == 0
    with pytest.raises(MissingPrice, match="no price for output"):
        check(document(priced(purposes=("training", "input", "base_input", "base_output"))))


def test_a_price_that_is_older_than_the_show_allows_is_refused_with_its_day():
    text = document(priced(purposes=FIVE))
    check(text, days=151)
    with pytest.raises(
        PriceTooOld, match=r"is of 2026-01-01, more than 150 days before 2026-06-01"
    ):
        check(text, days=150)


def test_a_price_of_years_ago_is_refused_by_default():
    with pytest.raises(PriceTooOld, match="max_price_age_days"):
        check(
            document(priced(purposes=FIVE)).replace("as_of: 2026-01-01, s", "as_of: 2019-01-01, s")
        )


@pytest.mark.parametrize("amount", [".nan", ".inf", '"NaN"', '"-1"', '"1e3"', "5.0", "true", "[5]"])
def test_a_price_that_is_no_plain_amount_is_refused_with_file_line_and_what_to_write(amount):
    text = document(priced()).replace('"5.00"', amount)
    with pytest.raises(
        InvalidField, match=r"mine\.yaml is not usable: line 15, .*amount.*; write an amount"
    ):
        written(text)


def own_mini(amount, extra="", unit="per: 1000000, unit: token"):
    text = document(priced(amount)).replace("provider: here", "provider: openai")
    text = text.replace("base_model: tiny", "base_model: gpt-4.1-mini-2025-04-14")
    return text.replace("per: 1000000, unit: token", unit).replace(
        "source: test", f"source: test{extra}"
    )


@pytest.mark.parametrize(
    ("amount", "unit"),
    [
        ("5000", "per: 1000000, unit: token"),
        ("0.005", "per: 1000000, unit: token"),
        ("5.00", "per: 1000, unit: token"),
        ("0", "per: 1000000, unit: token"),
    ],
)
def test_a_price_far_from_the_packaged_one_is_refused_until_it_is_checked(amount, unit):
    with pytest.raises(
        InvalidField,
        match=r"mine\.yaml is not usable: line 15: .*the packaged catalogue has \$5\.00 per 1,000,000 tokens"
        r".*`checked: true`",
    ):
        written(own_mini(amount, unit=unit))
    assert written(own_mini(amount, ", checked: true", unit)).model("tiny").price(
        "training"
    ).amount == (Decimal(amount))


@pytest.mark.parametrize("amount", ["0.50", "2.50", "50.00"])
def test_a_discount_and_a_dear_reseller_are_believed(amount):
    assert written(own_mini(amount)).model("tiny")


def test_a_price_says_itself_as_a_person_reads_it():
    price = written(by_the_hour()).model("tiny").price("training")
    assert isinstance(price, Price)
    assert (str(price), price.seconds_for(Decimal("1.00"))) == ("$2.40 per hour", 1_500)
