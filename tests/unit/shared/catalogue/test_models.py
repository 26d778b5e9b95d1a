from datetime import date
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shared import catalogue
from shared.errors import InvalidField, MissingPrice, ModelShutdown, UnknownModel

SEED_TOKENS = 5_887_425  # of the 2023 original's corpus


def priced(amount="5.00", model="tiny", purposes=("training",)):
    lines = "".join(
        f'      - {{purpose: {purpose}, amount: "{amount}", per: 1000000, unit: token, currency: USD, '
        "as_of: 2026-01-01, source: test}\n"
        for purpose in purposes
    )
    return (
        f"  - model: {model}\n    provider: here\n    base_model: {model}\n    tokenizer: o200k_base\n"
        "    margin_percent: 2\n    limits: {min_examples: 10, max_tokens_per_example: 100}\n"
        f"    prices:\n{lines}"
    )


def document(*models):
    return (
        "as_of: 2026-01-01\nproviders:\n  - provider: here\n    base_url: http://127.0.0.1/v1\n"
        "    hyperparameters: {style: method, extra: {}}\n    deploy: none\n"
        "models:\n" + "".join(models)
    )


def test_every_live_model_has_every_price_a_run_needs():
    for model in catalogue.packaged().models:
        if not model.historical:
            tuned = any(price.purpose == "training" for price in model.prices)
            for purpose in ("training", "input", "output") if tuned else ():
                assert model.price(purpose).amount > 0 or model.provider == "own"
            for purpose in ("base_input", "base_output"):
                assert model.price(purpose).amount > 0 or model.provider == "own"
            assert tuned or model.judge


@pytest.mark.parametrize(
    ("model", "one_epoch", "four_epochs"),
    [
        ("ada", "2.35", "9.42"),
        ("babbage", "3.53", "14.13"),
        ("curie", "17.66", "70.65"),
        ("davinci", "176.62", "706.49"),
    ],
)
def test_the_original_corpus_costs_what_it_really_cost(model, one_epoch, four_epochs):
    price = catalogue.packaged().model(model).price("training")
    assert f"{price.of_tokens(SEED_TOKENS):.2f}" == one_epoch
    assert f"{price.of_tokens(4 * SEED_TOKENS):.2f}" == four_epochs


@pytest.mark.parametrize(
    ("per_1k", "cell"),
    [
        ("0.0004", "2.41"),
        ("0.0006", "3.59"),
        ("0.0030", "17.72"),
        ("0.0300", "176.68"),
        ("0.0016", "9.48"),
        ("0.0024", "14.19"),
        ("0.0120", "70.71"),
        ("0.1200", "706.55"),
    ],
)
def test_the_original_table_kept_the_1_of_1k_behind_every_price(per_1k, cell):
    misread = Decimal(per_1k) + Decimal("0.00001")
    price = (
        catalogue.packaged().model("ada").price("training").model_copy(update={"amount": misread})
    )
    assert f"{price.of_tokens(SEED_TOKENS):.2f}" == cell


def test_an_unknown_model_is_refused_with_the_ones_there_are():
    with pytest.raises(UnknownModel, match=r"gpt-9.*gpt-4\.1-mini"):
        catalogue.packaged().model("gpt-9")


def test_an_unknown_price_is_refused_not_free():
    model = catalogue.parse(document(priced()), "test").model("tiny")
    with pytest.raises(MissingPrice, match="tiny has no price for output"):
        model.price("output")


def test_a_model_that_ends_within_the_horizon_is_refused_with_the_date():
    model = catalogue.packaged().model("gpt-4.1-mini")
    catalogue.check_lifetime(model, date(2026, 12, 31), 14)
    with pytest.raises(ModelShutdown, match="2027-01-14"):
        catalogue.check_lifetime(model, date(2027, 1, 1), 14)


def test_a_historical_model_is_never_bought():
    with pytest.raises(ModelShutdown, match="davinci is historical"):
        catalogue.check_lifetime(catalogue.packaged().model("davinci"), date(2023, 1, 1), 0)


@pytest.mark.parametrize("amount", ["-5.00", "five", "5e-1", "0.0000001", "$5.00", "NaN", ""])
def test_a_price_that_is_no_plain_amount_is_refused_with_its_line_and_value(amount):
    with pytest.raises(InvalidField) as refusal:
        catalogue.parse(document(priced(amount=amount)), "mine.yaml")
    assert "mine.yaml is not usable: line 15, models.0.prices.0.amount" in str(refusal.value)
    assert repr(amount) in str(refusal.value)


def test_a_price_without_quotes_is_refused_because_a_float_is_not_exact():
    unquoted = document(priced()).replace('"5.00"', "5.00")
    with pytest.raises(InvalidField, match=r"line 15, .*in quotation marks"):
        catalogue.parse(unquoted, "mine.yaml")


@pytest.mark.parametrize("per", ["0", "-1000", "1K"])
def test_a_price_per_nothing_is_refused_with_its_line(per):
    with pytest.raises(InvalidField, match=r"line 15, models\.0\.prices\.0\.per"):
        catalogue.parse(document(priced()).replace("per: 1000000", f"per: {per}"), "mine.yaml")


def test_a_duplicate_model_is_refused_by_name():
    with pytest.raises(InvalidField, match=r"mine\.yaml names 'tiny' a second time in line 16"):
        catalogue.parse(document(priced(), priced()), "mine.yaml")


def test_a_price_in_another_currency_is_refused():
    with pytest.raises(InvalidField, match="currency"):
        catalogue.parse(document(priced()).replace("USD", "EUR"), "mine.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "as_of: never",
        "as_of: 2026-01-01\nmodels: 3",
        "as_of: 2026-01-01\nmodels: [tiny]",
        "as_of: 2026-01-01\nmodels: [{model: tiny, prices: 5}]",
        "as_of: 2026-01-01\nmodels: [{model: tiny, prices: [5]}]",
        "as_of: 2026-01-01\nprice_defaults: 5\nmodels: []",
        "? [a, b]\n: 1",
        "a: *nowhere",
    ],
)
def test_text_that_is_no_catalogue_is_refused(text):
    with pytest.raises(InvalidField, match=r"mine\.yaml"):
        catalogue.parse(text, "mine.yaml")


shapes = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["as_of", "models", "providers", "price_defaults", "prices", "model"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(shapes)
def test_a_document_of_any_shape_is_a_catalogue_or_refused(document):
    try:
        catalogue.parse(yaml.safe_dump(document), "mine.yaml")
    except InvalidField:
        return
    assert set(document) <= {"as_of", "models", "providers", "price_defaults"}


def test_a_price_that_says_its_amount_twice_is_refused_by_line():
    twice = document(priced()).replace('amount: "5.00"', 'amount: "5.00", amount: "0.01"')
    with pytest.raises(InvalidField, match=r"line 15.*'amount' stands a second time"):
        catalogue.parse(twice, "mine.yaml")


def test_a_duplicate_price_is_refused_by_line():
    twice = document(priced(purposes=("training", "input", "training")))
    with pytest.raises(InvalidField, match=r"names 'training' a second time in line 17"):
        catalogue.parse(twice, "mine.yaml")


def test_the_users_own_prices_go_before_the_packaged_ones():
    own = document(priced("9.00", "gpt-4o"), priced("1.00", "tiny")).replace("here", "openai")
    merged = catalogue.extended(own, "own")
    assert merged.model("gpt-4o").price("training").amount == Decimal("9.00")
    assert merged.model("tiny").price("training").amount == Decimal("1.00")
    assert merged.model("gpt-4.1").price("training").amount == Decimal("25.00")
    assert merged.provider("openai").base_url == "http://127.0.0.1/v1"


def test_a_catalogue_comes_back_from_its_yaml_as_it_was():
    packaged = catalogue.packaged()
    assert catalogue.parse(catalogue.dump(packaged), "dumped") == packaged


def test_a_provider_whose_address_would_carry_the_key_in_the_clear_is_refused():
    text = document(priced()).replace("http://127.0.0.1", "http://api.example.org")
    with pytest.raises(InvalidField, match=r"http://api\.example\.org/v1 would carry the API key"):
        catalogue.parse(text, "mine")
