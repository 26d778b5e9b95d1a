"""What each fine-tune would cost, what a budget buys, and whether everything fits the ceiling. Exact arithmetic."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_FLOOR, Context, Decimal

from shared import encoding, money
from shared.catalogue import Model, Price
from shared.providers.contract import Message
from shared.shows import ShowProfile

_FLOOR = Context(prec=38, rounding=ROUND_FLOOR)


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """One row of the cost table. Tokens are per epoch; dollars are exact.

    `usable` is everything that passes the show's bounds, `selected` what the budget buys of it,
    `reserved_usd` the estimate with the model's margin, `evaluation_usd` the most its answers can cost.
    """

    model: str
    provider: str
    n_epochs: int
    usable_pairs: int
    usable_tokens: int
    usable_usd_per_epoch: Decimal
    usable_usd: Decimal
    budget_usd: Decimal
    selected_pairs: int
    selected_tokens: int
    selected_share: float
    estimated_usd: Decimal
    reserved_usd: Decimal
    evaluation_usd: Decimal
    fits: bool
    training_sha256: str

    def row(self) -> dict[str, object]:
        """The plan in the schema of the `plans` table, without the run's own columns."""
        return asdict(self)


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


def prompt_bound(model: Model, message: Message) -> int:
    """The most tokens the provider may count in a prompt: ours, with the model's margin."""
    counted = encoding.count_line(encoding.encode_line((message,)), model.tokenizer)
    return -(-counted * (100 + model.margin_percent) // 100)


def answer_cost(model: Model, question: str, show: ShowProfile, *, tuned: bool) -> Decimal:
    """The most one answer can cost: the whole prompt and the longest answer."""
    asked = prompt_bound(model, encoding.prompt_message(question, show.cue))
    return money.add(
        model.price("input" if tuned else "base_input").cost(asked),
        model.price("output" if tuned else "base_output").cost(show.evaluation.max_answer_tokens),
    )


def evaluation_cost(model: Model, show: ShowProfile) -> Decimal:
    """The most that all of a model's answers can cost, tuned and untuned; a historical model gives none."""
    if model.historical:
        return money.ZERO
    return money.add(
        *(
            answer_cost(model, question, show, tuned=tuned)
            for question in show.questions
            for tuned in (False, True)
        )
    )


def budgets(
    models: Sequence[Model], show: ShowProfile, ceiling: Decimal, most_per_model: Decimal | None
) -> dict[str, Decimal]:
    """Dollars each model's training may cost: an equal share of what evaluation leaves, at most `most_per_model`."""
    left = ceiling - money.add(*(evaluation_cost(model, show) for model in models))
    share = _FLOOR.divide(max(left, money.ZERO), Decimal(len(models))).quantize(
        Decimal("0.000001"), context=_FLOOR
    )
    budget = share if most_per_model is None else min(share, most_per_model)
    return {model.model: budget for model in models}
