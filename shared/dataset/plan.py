"""What each fine-tune would cost, what a budget buys, and whether everything fits the ceiling. Exact arithmetic."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import partial
from math import ceil

from shared import money
from shared.catalogue import Model, Price
from shared.dataset.arms import PAID_ARMS
from shared.dataset.comparisons import pricing
from shared.dataset.evaluation_set import EvaluationSet, answer_prices
from shared.providers import Message, examples
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
        """The plan in the schema of the `plans` table, without the run's own columns."""
        return asdict(self)


def share(part: int, whole: int) -> float:
    """How much of `whole` a budget for `part` covers, at most all of it."""
    return min(1.0, part / whole) if whole else 0.0


def affordable_tokens(price: Price, budget: Decimal, n_epochs: int, margin_percent: int) -> int:
    """The most tokens per epoch whose training, margin included, costs at most `budget`."""
    per_token_and_margin = _FLOOR.multiply(price.amount, Decimal(n_epochs * (100 + margin_percent)))
    affordable = _FLOOR.divide_int(
        _FLOOR.multiply(budget, Decimal(100 * price.per)), per_token_and_margin
    )
    count = int(affordable)
    # `money.cost` rounds up to a pico-dollar, which can pass the budget by less than a token's worth.
    while count and reserved(price, count, n_epochs, margin_percent) > budget:
        count -= 1
    return count


def reserved(price: Price, tokens_per_epoch: int, n_epochs: int, margin_percent: int) -> Decimal:
    """What is set aside for a training: its estimate with the margin."""
    return money.with_margin(price.cost(tokens_per_epoch * n_epochs), margin_percent)


def evaluation_cost(model: Model, show: ShowProfile, asked: EvaluationSet) -> Decimal:
    """The most that all answers of a model's arms can cost: whole prompts, and answers as long as they may be."""
    return _answers_cost(
        model, show, asked, partial(examples.prompt_bound, model), show.evaluation.max_answer_tokens
    )


def expected_evaluation_cost(
    model: Model, show: ShowProfile, asked: EvaluationSet, mean_completion: Fraction
) -> Decimal:
    """What all answers of a model's arms cost when they are as long as the host's, in tokens, on average."""
    answer_tokens = min(show.evaluation.max_answer_tokens, ceil(mean_completion))
    return _answers_cost(model, show, asked, partial(examples.prompt_tokens, model), answer_tokens)


def with_jury(
    asked: EvaluationSet, settings: RunSettings, answers: Mapping[str, Decimal]
) -> tuple[EvaluationSet, dict[str, Decimal]]:
    """The set with as many judged items as the jury's share of the ceiling holds, and what each model's cost at most.

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


def expected_judging_cost(
    model: Model, settings: RunSettings, asked: EvaluationSet, mean_completion: Fraction
) -> Decimal:
    """What judging a model's arms costs when replies are as long as the host's, in tokens, on average."""
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
    """Every item to every arm that is paid for; a historical model answers none."""
    if model.historical:
        return money.ZERO
    return money.add(
        *(
            price.cost(tokens)
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
    everything would be reserved at. What one model has no use for goes to those that have; what
    nobody has a use for is shared alike.
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
