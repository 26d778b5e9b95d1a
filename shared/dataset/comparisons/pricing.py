"""What a jury costs before any answer is there, and how many items of it a sum of money holds."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from shared import money
from shared.catalogue import Model
from shared.dataset.arms import Arm
from shared.dataset.comparisons.pairs import COMPARED, FEWEST_ITEMS, TAKEN
from shared.dataset.comparisons.prompts import REPLY_TOKENS, VOTE_TOKENS, PromptBuilder
from shared.dataset.evaluation_set import EvaluationSet, HeldOut
from shared.providers import Message, token_counts
from shared.shows import ShowProfile

ORDERS = 2


def most(judges: Sequence[Model], asked: EvaluationSet, show: ShowProfile) -> list[Decimal]:
    """Dollars at most for judging one model's arms on each held-out item, the qualification included."""
    builders = [(judge, PromptBuilder(judge, asked, show)) for judge in judges]
    return [
        money.add(
            *(
                judge.price("base_input").of_tokens(
                    token_counts.prompt_bound(judge, prompt) + 2 * _with_margin(judge, missing)
                )
                + judge.price("base_output").of_tokens(VOTE_TOKENS + judge.reasoning_tokens)
                for judge, builder in builders
                for prompt, missing in _prompts(builder, asked, item, REPLY_TOKENS)
            )
        )
        for item in asked.held_out
    ]


def expected(
    judges: Sequence[Model], asked: EvaluationSet, show: ShowProfile, reply_tokens: int
) -> Decimal:
    """What judging one model on `asked.judged` items costs when replies are so long on average."""
    length = min(REPLY_TOKENS, reply_tokens)
    builders = [(judge, PromptBuilder(judge, asked, show)) for judge in judges]
    return money.add(
        *(
            judge.price("base_input").of_tokens(
                token_counts.prompt_tokens(judge, prompt) + 2 * missing
            )
            + judge.price("base_output").of_tokens(1 + judge.reasoning_tokens)
            for judge, builder in builders
            for item in asked.held_out[: asked.judged]
            for prompt, missing in _prompts(builder, asked, item, length)
        )
    )


def affordable(costs: Sequence[Decimal], models: int, dollars: Decimal) -> int:
    """How many items, from the first one on, `dollars` hold for so many models; none below FEWEST_ITEMS."""
    spent, items = money.ZERO, 0
    for cost in costs:
        spent = money.add(spent, *[cost] * models)
        if spent > dollars:
            break
        items += 1
    return items if items >= FEWEST_ITEMS else 0


def _prompts(
    builder: PromptBuilder, asked: EvaluationSet, item: HeldOut, reply_tokens: int
) -> Iterator[tuple[tuple[Message, ...], int]]:
    """Each prompt about an item, and how many tokens of each reply it is still without."""
    for comparison in builder.qualifying(item):
        yield comparison.messages, 0
    blank = builder.messages(item, "", "")
    arms: set[str] = {*asked.paid_arms(), Arm.HOST}
    for pair in (*COMPARED, *TAKEN):
        if arms.issuperset(pair):
            yield from [(blank, reply_tokens)] * ORDERS


def _with_margin(judge: Model, tokens: int) -> int:
    """Tokens as a provider may count them; one more where a reply meets the text around it."""
    return -(-(tokens + 1) * (100 + judge.margin_percent) // 100) if tokens else 0
