from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import catalogue, shows
from shared.dataset import plan
from shared.providers import examples
from tests.unit.shared.run.test_settings import SHOW

MODELS = catalogue.packaged()
BUYABLE = [model for model in MODELS.models if not model.historical]
SEED_TOKENS = 5_887_425


@given(
    st.sampled_from([model for model in MODELS.models if model.model != "text-davinci-003"]),
    st.decimals(min_value="0.000001", max_value=1000, places=6),
    st.integers(1, 50),
)
def test_what_a_budget_buys_costs_at_most_the_budget_and_one_token_more_would_not(
    model, budget, n_epochs
):
    price = model.price("training")
    affordable = plan.affordable_tokens(price, budget, n_epochs, model.margin_percent)
    assert plan.reserved(price, affordable, n_epochs, model.margin_percent) <= budget
    assert plan.reserved(price, affordable + 1, n_epochs, model.margin_percent) > budget


@pytest.mark.parametrize(
    ("model", "share"),
    [("ada", "100.000"), ("babbage", "70.772"), ("curie", "14.154"), ("davinci", "1.415")],
)
def test_ten_dollars_at_four_epochs_buy_the_shares_of_the_original_corpus(model, share):
    price = MODELS.model(model).price("training")
    affordable = plan.affordable_tokens(price, Decimal(10), 4, 0)
    assert f"{100 * plan.share(affordable, SEED_TOKENS):.3f}" == share


def test_of_a_corpus_without_a_token_no_budget_has_a_share():
    assert plan.share(1, 0) == 0


@given(st.sampled_from(BUYABLE), st.fractions(0, 5_000))
def test_answers_are_expected_to_cost_more_than_their_prompts_and_at_most_what_is_set_aside(
    model, mean_completion
):
    show = shows.parse({**SHOW, "questions": ["Why?", "How does a fence stand?"]}, "test")
    expected = plan.expected_evaluation_cost(model, show, mean_completion)
    assert 0 < expected <= plan.evaluation_cost(model, show)


def test_an_answer_of_so_many_tokens_is_expected_to_cost_exactly_that():
    show = shows.parse({**SHOW, "questions": ["Why?"]}, "test")
    model = MODELS.model("gpt-4.1-mini")
    message = examples.prompt_message("Why?", show.cue)
    asked = examples.count_line(examples.encode_line((message,)), model.tokenizer)
    expected = Decimal("0.0000012") * asked + Decimal("0.0000048") * 8  # tuned and untuned
    assert plan.expected_evaluation_cost(model, show, Fraction(15, 2)) == expected


def test_budgets_share_what_evaluation_leaves():
    show = shows.parse({**SHOW, "questions": ["Why?", "How?"]}, "test")
    models = [MODELS.model("gpt-4.1-mini"), MODELS.model("llama-3.3-70b")]
    shares = plan.budgets(models, show, Decimal(40), None)
    evaluation = sum(plan.evaluation_cost(model, show) for model in models)
    assert Decimal(40) - Decimal("0.000004") <= sum(shares.values()) + evaluation <= Decimal(40)


def test_a_limit_for_each_model_holds_where_it_is_lower():
    show = shows.parse(SHOW, "test")
    shares = plan.budgets([MODELS.model("gpt-4o")], show, Decimal(40), Decimal("10.00"))
    assert shares == {"gpt-4o": Decimal("10.00")}


def test_a_ceiling_that_evaluation_eats_leaves_nothing_to_train():
    show = shows.parse({**SHOW, "questions": ["Why?"] * 100}, "test")
    assert plan.budgets([MODELS.model("gpt-4o")], show, Decimal("0.01"), None) == {"gpt-4o": 0}
