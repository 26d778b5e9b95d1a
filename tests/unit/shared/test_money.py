from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import money
from shared.errors import InvalidField

amounts = st.decimals(min_value=0, max_value=10**6, places=6)


@pytest.mark.parametrize("text", ["40.00", "0.000001", "7", "999999999.999999", 5])
def test_dollars_are_read_as_written(text):
    assert money.parse_usd(text, "ceiling_usd") == Decimal(text)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "0.00",
        "-1",
        "+1",
        "1e3",
        "1.0000001",
        "$5",
        "5 USD",
        "",
        "ten",
        "1,000",
        "٤٠",
        " 5",
        "5\n",
        "NaN",
        -5,
        5.0,
        True,
        None,
    ],
)
def test_anything_but_a_plain_positive_amount_is_refused_by_name_and_value(text):
    with pytest.raises(InvalidField, match="ceiling_usd") as refusal:
        money.parse_usd(text, "ceiling_usd")
    assert repr(text) in str(refusal.value)


@given(amounts, st.integers(1, 10**6), st.integers(0, 10**10))
def test_a_cost_is_never_less_than_the_exact_quotient_nor_more_than_a_pico_dollar_above(
    amount, per, units
):
    cost = money.cost(amount, per, units)
    exact_times_per = amount * units
    assert 0 <= cost * per - exact_times_per <= Decimal("1E-12") * per


@given(st.lists(amounts, max_size=20))
def test_adding_is_exact_in_any_order(values):
    assert money.add(*values) == money.add(*reversed(values))


@given(amounts)
def test_what_is_shown_is_never_less_than_what_was_spent(amount):
    fraction = amount / 7
    assert Decimal(money.format_usd(fraction)) >= fraction


def test_a_margin_is_whole_percents_on_top():
    assert money.with_margin(Decimal("2.00"), 2) == Decimal("2.04")
