"""What each fine-tune would cost, what a budget buys, and whether everything fits the ceiling. Exact arithmetic."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import partial
from math import ceil

from shared import money
from shared.catalogue import Model, training_costs
from shared.dataset.arms import PAID_ARMS
from shared.dataset.comparisons import pricing
from shared.dataset.evaluation_set import EvaluationSet, answer_prices
from shared.providers import Message, token_counts
from shared.run import RunSettings
from shared.shows import ShowProfile

_FLOOR = Context(prec=38, rounding=ROUND_FLOOR)
JURY_PERCENT = 10
"""The most of what the ceiling leaves after the answers that a jury may cost; the rest may train."""


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """One row of the cost table. Tokens are per epoch; dollars are exact; shares are of `usable_tokens`.

    `usable` is everything that passes the show's bounds; its tokens are counted where selected and
    approximated elsewhere. `budget` is what its training may cost and the tokens that buys,
    `selected` the pairs that fit it, `reserved_usd` their estimate with the model's margin. Answers
    are expected to be as long as the host's and cost, judged, at most `evaluation_usd`; of that the jury
    costs at most `judging_usd`, its judges' qualification in full for each model.
    """

    model: str
    provider: str
    n_epochs: int
    usable_pairs: int
    usable_tokens: int
    usable_usd_per_epoch: Decimal
    usable_usd: Decimal
    budget_usd: Decimal
    budget_tokens: int
    budget_share: float
    selected_pairs: int
    selected_tokens: int
    selected_share: float
    estimated_usd: Decimal
    reserved_usd: Decimal
    evaluation_expected_usd: Decimal
    evaluation_usd: Decimal
    fits: bool
    training_sha256: str
    judging_usd: Decimal = money.ZERO

    def row(self) -> dict[str, object]:
        """Return the plan in the schema of the `plans` table, without the run's own columns."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sizes:
    """What there is for one model of pairs, and of tokens per epoch; `budget_tokens` is what its budget buys."""

    usable_pairs: int
    usable_tokens: int
    budget_tokens: int
    selected_pairs: int
    selected_tokens: int


@dataclass(frozen=True, slots=True)
class EvaluationCost:
    """Dollars for answering and judging all that a model's arms are asked; `judging` is its part of the most."""

    expected: Decimal
    most: Decimal
    judging: Decimal


def priced(
    model: Model,
    n_epochs: int,
    sizes: Sizes,
    budget: Decimal,
    evaluation: EvaluationCost,
    *,
    fits: bool,
    training_sha256: str,
) -> ModelPlan:
    """Return the row of the cost table for a model that may be trained for `budget` dollars."""
    return ModelPlan(
        model=model.model,
        provider=model.provider,
        n_epochs=n_epochs,
        **asdict(sizes),
        usable_usd_per_epoch=training_costs.estimate(model, sizes.usable_tokens),
        usable_usd=training_costs.estimate(model, sizes.usable_tokens * n_epochs),
        budget_usd=budget,
        budget_share=share(sizes.budget_tokens, sizes.usable_tokens),
        selected_share=share(sizes.selected_tokens, sizes.usable_tokens),
        estimated_usd=training_costs.estimate(model, sizes.selected_tokens * n_epochs),
        reserved_usd=training_costs.reserved(model, sizes.selected_tokens * n_epochs),
        evaluation_expected_usd=evaluation.expected,
        evaluation_usd=evaluation.most,
        judging_usd=evaluation.judging,
        fits=fits,
        training_sha256=training_sha256,
    )


def share(part: int, whole: int) -> float:
    """Return how much of `whole` a budget for `part` covers, at most all of it."""
    return min(1.0, part / whole) if whole else 0.0


def evaluation_cost(model: Model, show: ShowProfile, asked: EvaluationSet) -> Decimal:
    """Return the dollars that all answers of a model's arms cost at most, with answers of the greatest length."""
    return _answers_cost(
        model,
        show,
        asked,
        partial(token_counts.prompt_bound, model),
        show.evaluation.max_answer_tokens + model.reasoning_tokens,
    )


def expected_evaluation_cost(
    model: Model, show: ShowProfile, asked: EvaluationSet, mean_completion: Fraction
) -> Decimal:
    """Return what all answers of a model's arms cost in dollars if their mean length in tokens is the host's."""
    answer_tokens = (
        min(show.evaluation.max_answer_tokens, ceil(mean_completion)) + model.reasoning_tokens
    )
    return _answers_cost(
        model, show, asked, partial(token_counts.prompt_tokens, model), answer_tokens
    )


def with_jury(
    asked: EvaluationSet, settings: RunSettings, answers: Mapping[str, Decimal]
) -> tuple[EvaluationSet, dict[str, Decimal]]:
    """Return the set with as many judged items as the jury can pay for, and the most that judging each model costs.

    The jury has JURY_PERCENT of what the ceiling leaves after the answers.

    `answers` is the most that each model's answers can cost, which goes before the jury.
    """
    costs = pricing.most(settings.judges, asked, settings.show) if settings.judges else []
    judged = [model.model for model in settings.models if not model.historical]
    left = max(settings.ceiling_usd - money.add(*answers.values()), money.ZERO)
    share = _FLOOR.divide(_FLOOR.multiply(left, Decimal(JURY_PERCENT)), Decimal(100))
    items = pricing.affordable(costs, len(judged), share) if judged else 0
    cost = money.add(*costs[:items])
    of_each = {name: cost if name in judged else money.ZERO for name in answers}
    return replace(asked, judged=items), of_each


def expected_cost(
    model: Model, settings: RunSettings, asked: EvaluationSet, mean_completion: Fraction
) -> Decimal:
    """Return what answering and judging cost in dollars if the mean length of answers in tokens is the host's."""
    return money.add(
        expected_evaluation_cost(model, settings.show, asked, mean_completion),
        expected_judging_cost(model, settings, asked, mean_completion),
    )


def expected_judging_cost(
    model: Model, settings: RunSettings, asked: EvaluationSet, mean_completion: Fraction
) -> Decimal:
    """Return what judging a model's arms costs in dollars if the mean length of replies in tokens is the host's."""
    if model.historical:
        return money.ZERO
    return pricing.expected(settings.judges, asked, settings.show, ceil(mean_completion))


def _answers_cost(
    model: Model,
    show: ShowProfile,
    asked: EvaluationSet,
    count: Callable[[tuple[Message, ...]], int],
    answer_tokens: int,
) -> Decimal:
    """Return every item to every arm that is paid for; a historical model answers none."""
    if model.historical:
        return money.ZERO
    return money.add(
        *(
            price.of_tokens(tokens)
            for arm in PAID_ARMS
            for messages in asked.requests(arm, show)
            for price, tokens in zip(
                answer_prices(model, arm), (count(messages), answer_tokens), strict=True
            )
        )
    )


def budgets(
    evaluations: Mapping[str, Decimal],
    useful: Mapping[str, Decimal],
    ceiling: Decimal,
    most_per_model: Decimal | None,
) -> dict[str, Decimal]:
    """Dollars each model's training may cost, at most `most_per_model`: together what the evaluations leave.

    `evaluations` is the most that each model's answers can cost, and `useful` what training on
    everything would be reserved at. Money that one model cannot use goes to those that can; what is left
    then is shared equally.
    """
    left = max(ceiling - money.add(*evaluations.values()), money.ZERO)
    most = left if most_per_model is None else most_per_model
    given: dict[str, Decimal] = {}
    by_need = sorted(evaluations, key=lambda name: (useful[name], name))
    for at, name in enumerate(by_need):
        given[name] = min(useful[name], most, _part(left, len(by_need) - at))
        left -= given[name]
    spare = _part(left, len(given))
    return {name: min(given[name] + spare, most) for name in evaluations}


def _part(amount: Decimal, parts: int) -> Decimal:
    """One of so many equal parts, rounded down to a millionth."""
    return _FLOOR.divide(amount, Decimal(parts)).quantize(Decimal("0.000001"), context=_FLOOR)
