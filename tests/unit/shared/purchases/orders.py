"""Things to buy in tests."""

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from shared.catalogue import Limits, Model, Price, Purpose
from shared.providers import ChatRequest, Message
from shared.purchases import (
    JobStatus,
    PurchaseContext,
    Question,
    TrainingOrder,
    ensure_job,
    poll_job,
)

MONTH = "2026-11"
MAX_AGE = timedelta(hours=1)


def price(purpose: Purpose, amount: str) -> Price:
    return Price(
        purpose=purpose,
        amount=amount,
        per=1_000_000,
        unit="token",
        currency="USD",
        as_of=date(2026, 11, 23),
        source="invented for tests",
    )


MODEL = Model(
    model="gpt-4.1-mini",
    provider="openai",
    base_model="gpt-4.1-mini-2025-04-14",
    tokenizer="o200k_base",
    margin_percent=2,
    limits=Limits(min_examples=10, max_tokens_per_example=65_536),
    prices=(price("training", "5.00"), price("input", "0.80"), price("output", "3.20")),
)
# 100,000 tokens at $5 per million: $0.50, and $0.51 with the margin.
RESERVED = Decimal("0.51")
ORDER = TrainingOrder(
    "model-of-the-host", "run", MODEL, n_epochs=2, estimate=Decimal("0.50"), reserved=RESERVED
)
SECOND_ORDER = replace(ORDER, run_id="second")


def open_file() -> io.BytesIO:
    return io.BytesIO(b'{"messages": []}\n')


def question(run_id: str = "run", text: str = "Why is the prairie hard to make?") -> Question:
    request = ChatRequest("ft:model", (Message("user", text),), max_tokens=100, temperature=0.0)
    return Question(
        run_id=run_id,
        model="gpt-4.1-mini",
        provider="openai",
        request=request,
        prompt_tokens=60,
        input_price=MODEL.price("input"),
        output_price=MODEL.price("output"),
    )


def submit(context: PurchaseContext, order: TrainingOrder = ORDER) -> JobStatus:
    return ensure_job(context, order, open_file)


def poll(
    context: PurchaseContext, order: TrainingOrder = ORDER, max_age: timedelta = MAX_AGE
) -> JobStatus:
    return poll_job(context, order, open_file, max_age)


def finish(context: PurchaseContext, order: TrainingOrder = ORDER) -> JobStatus:
    submit(context, order)
    context.sleep(200)
    return poll(context, order)
