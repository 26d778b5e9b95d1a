from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import catalogue, shows
from shared.catalogue import Speed, training_costs
from shared.dataset.evaluation_set import EvaluationSet, Exchange, HeldOut
from shared.dataset.plans import costs
from shared.providers import Message, examples, token_counts
from tests.unit.shared.run.porch import SHOW

MODELS = catalogue.packaged()
SOLD = [
    one
    for one in MODELS.models
    if any(price.purpose == "training" and price.amount for price in one.prices)
]
BUYABLE = [one for one in SOLD if one.tunable]
SEED_TOKENS = 5_887_425
SHOWN = EvaluationSet(
    "You are Ida Stone.",
    (Exchange("p1", "e1", "Rain again. " * 30, "So it is. " * 20),),
    (HeldOut("p2", "e2", "We sat outside.", "So you did.", None),),
)


@given(
    st.sampled_from(SOLD),
    st.decimals(min_value="0.000001", max_value=1000, places=6),
    st.integers(1, 50),
)
def test_what_a_budget_buys_costs_at_most_the_budget_and_one_token_more_would_not(
    model, budget, n_epochs
):
    affordable = training_costs.affordable_tokens(model, budget, n_epochs)
    assert training_costs.reserved(model, affordable * n_epochs) <= budget
    more = training_costs.reserved(model, (affordable + 1) * n_epochs)
    assert more > budget or affordable == training_costs.ANY_NUMBER


def by_the_hour(model, amount="2.40"):
    """The model as a service sells it that charges an hour of training, whatever it trains on."""
    hourly = model.price("training").model_copy(
        update={"amount": Decimal(amount), "per": 1, "unit": "hour"}
    )
    speed = Speed(training_tokens_per_second=500, start_seconds=60)
    return model.model_copy(update={"prices": (hourly,), "speed": speed, "margin_percent": 50})


def test_a_training_by_the_hour_costs_its_time_and_is_reserved_up_to_its_limit():
    model = by_the_hour(MODELS.model("gpt-4.1-mini"))
    tokens = 500 * 3_540
    assert training_costs.estimate(model, tokens) == Decimal("2.40")
    assert training_costs.time_limit(model, tokens) == 5_400
    assert training_costs.reserved(model, tokens) == Decimal("3.60")
    assert model.price("training").seconds_for(Decimal("3.60")) == 5_400


@given(st.decimals(min_value="0.000001", max_value=1000, places=6), st.integers(1, 50))
def test_a_budget_for_time_buys_what_it_can_pay_up_to_the_limit(budget, n_epochs):
    model = by_the_hour(MODELS.model("gpt-4.1-mini"))
    affordable = training_costs.affordable_tokens(model, budget, n_epochs)
    assert not affordable or training_costs.reserved(model, affordable * n_epochs) <= budget
    assert training_costs.reserved(model, (affordable + 1) * n_epochs) > budget


def test_what_is_free_is_not_short_of_budget():
    free = by_the_hour(MODELS.model("gpt-4.1-mini"), amount="0")
    assert training_costs.affordable_tokens(free, Decimal(0), 4) == training_costs.ANY_NUMBER


@pytest.mark.parametrize(
    ("model", "share"),
    [("ada", "100.000"), ("babbage", "70.772"), ("curie", "14.154"), ("davinci", "1.415")],
)
def test_ten_dollars_at_four_epochs_buy_the_shares_of_the_original_corpus(model, share):
    exact = MODELS.model(model).model_copy(update={"margin_percent": 0})
    affordable = training_costs.affordable_tokens(exact, Decimal(10), 4)
    assert f"{100 * costs.share(affordable, SEED_TOKENS):.3f}" == share


def test_of_a_corpus_without_a_token_no_budget_has_a_share():
    assert costs.share(1, 0) == 0


@given(st.sampled_from(BUYABLE), st.fractions(0, 5_000))
def test_answers_are_expected_to_cost_more_than_their_prompts_and_at_most_what_is_set_aside(
    model, mean_completion
):
    show = shows.parse({**SHOW, "questions": ["Why?", "How does a fence stand?"]}, "test")
    expected = costs.expected_evaluation_cost(model, show, SHOWN, mean_completion)
    assert 0 < expected <= costs.evaluation_cost(model, show, SHOWN)


@given(st.sampled_from(BUYABLE))
def test_whatever_the_prompted_arm_is_shown_is_in_the_cost(model):
    show = shows.parse({**SHOW, "questions": ["Why?", "How does a fence stand?"]}, "test")
    bare = costs.evaluation_cost(model, show, replace(SHOWN, exchanges=()))
    sent = SHOWN.messages("prompted", "Why?", show.prompt_suffix)
    card_alone = replace(SHOWN, exchanges=()).messages("prompted", "Why?", show.prompt_suffix)
    more = token_counts.prompt_tokens(model, sent) - token_counts.prompt_tokens(model, card_alone)
    least = model.price("base_input").of_tokens(3 * more)  # two questions and an item
    assert costs.evaluation_cost(model, show, SHOWN) - bare >= least > 0


def test_an_answer_of_so_many_tokens_is_expected_to_cost_exactly_that():
    show = shows.parse({**SHOW, "questions": ["Why?"]}, "test")
    model = MODELS.model("gpt-4.1-mini")
    shown = EvaluationSet("You are Ida Stone.")
    message = examples.prompt_message("Why?", show.prompt_suffix)
    card = Message("system", shown.card)
    asked, prompted = (
        token_counts.count_line(examples.encode_line(messages), model)
        for messages in ((message,), (card, message))
    )
    # The tuned model's price is twice that of the untuned one, which is asked as it is and prompted.
    expected = (
        Decimal("0.0000012") * asked + Decimal("0.0000004") * prompted + Decimal("0.0000064") * 8
    )
    assert costs.expected_evaluation_cost(model, show, shown, Fraction(15, 2)) == expected


def budgets(useful, ceiling, most=None, evaluation="0"):
    """Budgets of models a, b, c ... that have a use for so much."""
    useful = {chr(ord("a") + at): Decimal(amount) for at, amount in enumerate(useful)}
    evaluations = dict.fromkeys(useful, Decimal(evaluation))
    given = costs.budgets(evaluations, useful, Decimal(ceiling), most and Decimal(most))
    assert given.keys() == useful.keys()
    return [str(amount.normalize()) for amount in given.values()]


def test_budgets_share_what_evaluation_leaves():
    assert budgets(["100", "100"], "40", evaluation="0.5") == ["19.5", "19.5"]


def test_what_one_model_has_no_use_for_goes_to_those_that_have():
    assert budgets(["100", "2"], "10") == ["8", "2"]
    assert budgets(["1", "100", "2", "100"], "10") == ["1", "3.5", "2", "3.5"]


def test_what_nobody_has_a_use_for_is_shared_alike():
    assert budgets(["1", "3"], "10") == ["4", "6"]


def test_a_limit_for_each_model_holds_where_it_is_lower():
    assert budgets(["100"], "40", most="10.00", evaluation="0.1") == ["1E+1"]
    assert budgets(["1", "100", "100"], "40", most="5") == ["5", "5", "5"]


def test_a_ceiling_that_evaluation_eats_leaves_nothing_to_train():
    assert budgets(["5"], "0.01", evaluation="0.02") == ["0"]


AMOUNTS = st.decimals(min_value=0, max_value=1000, places=6)


@given(st.lists(AMOUNTS, min_size=1, max_size=5), AMOUNTS, st.none() | AMOUNTS)
def test_budgets_never_pass_the_ceiling_and_leave_no_model_wanting_that_could_be_served(
    useful, ceiling, most
):
    names = [str(at) for at in range(len(useful))]
    wanted = dict(zip(names, useful, strict=True))
    given = costs.budgets(dict.fromkeys(names, Decimal(0)), wanted, ceiling, most)
    assert sum(given.values()) <= ceiling
    assert all(0 <= amount <= (ceiling if most is None else most) for amount in given.values())
    wanting = [name for name in names if given[name] < wanted[name] and given[name] != most]
    if wanting:  # then nothing to speak of is left, and nobody has more than the least of those
        assert ceiling - sum(given.values()) <= Decimal("0.00001")
        least = min(given[name] for name in wanting)
        assert max(given.values()) <= least + Decimal("0.00001")
