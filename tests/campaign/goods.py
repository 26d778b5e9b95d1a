"""What a schedule buys, and the price list that buyer and stand-in both read."""

import io
from datetime import date
from decimal import Decimal
from functools import cache

from shared import catalogue
from shared.catalogue import Catalogue, Model
from shared.providers import ChatRequest, examples
from shared.purchases import Question, TrainingOrder
from tests.unit.shared.purchases.orders import price

EXAMPLES, N_EPOCHS = 20, 2
CUE = "Vera responds:"
ASKED = ("Why is the prairie hard to make?", "Who made it?")
ANSWER_TOKENS = 100


# A hundred times the real prices, so that a small file is worth a ceiling.
MODEL: Model = (
    catalogue.packaged()
    .model("gpt-4.1-mini")
    .model_copy(
        update={
            "prices": (
                price("training", "500.00"),
                price("base_input", "40.00"),
                price("base_output", "160.00"),
            )
        }
    )
)
PRICES = Catalogue(
    as_of=date(2026, 11, 23), providers=catalogue.packaged().providers, models=(MODEL,)
)


@cache
def training_bytes() -> bytes:
    pair = examples.messages_of("Who makes a prairie?", "Nobody; that is the point of it.", CUE)
    return examples.encode_line(pair) * EXAMPLES


def open_file() -> io.BytesIO:
    return io.BytesIO(training_bytes())


@cache
def order(run_id: str, purchase_id: str = "model-of-the-host") -> TrainingOrder:
    """A model, counted as the plan counts it; runs that order it under one name share it."""
    lines = training_bytes().splitlines(keepends=True)
    per_epoch = sum(examples.count_line(line, MODEL.tokenizer) for line in lines)
    return TrainingOrder(purchase_id, run_id, MODEL, n_epochs=N_EPOCHS, tokens=N_EPOCHS * per_epoch)


def questions(run_id: str) -> list[Question]:
    """Asked of the untuned model, whose name is the same in every schedule."""
    return [_question(run_id, text) for text in ASKED]


def ceiling(models: str) -> Decimal:
    """So many times the estimate of the model, rounded to what a person may write."""
    return (order("any").estimate * Decimal(models)).quantize(Decimal("0.000001"))


def _question(run_id: str, text: str) -> Question:
    message = examples.prompt_message(text, CUE)
    request = ChatRequest(MODEL.base_model, (message,), ANSWER_TOKENS, temperature=0.0)
    return Question(
        run_id=run_id,
        model=MODEL.model,
        provider=MODEL.provider,
        request=request,
        prompt_tokens=examples.prompt_bound(MODEL, message),
        input_price=MODEL.price("base_input"),
        output_price=MODEL.price("base_output"),
    )
