"""A number with how sure it is, never surer nor wider than it can be."""

from hypothesis import given
from hypothesis import strategies as st

from shared.evaluation.measures.records import mean

SHARES = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=2, max_size=9)


@given(SHARES)
def test_the_interval_of_a_mean_share_holds_the_mean_and_stays_within_what_a_share_can_be(shares):
    score = mean("quote_edit_ratio", shares, most=1.0)
    assert 0 <= score.low <= score.value + 1e-12
    assert score.value - 1e-12 <= score.high <= 1


def test_the_interval_of_a_mean_count_has_no_greatest_but_is_not_below_nothing():
    score = mean("mean_words", [1, 2, 3])
    assert score.low == 0
    assert score.high > 3
