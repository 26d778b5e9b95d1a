"""What a schedule buys from each service, and the price list that buyer and stand-in both read."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from shared import catalogue
from shared.catalogue import Catalogue, DataFormat, Model, Provider, training_costs
from shared.providers import ChatRequest, examples, token_counts
from shared.purchases import Question, TrainingOrder
from tests.unit.shared.purchases.orders import price

EXAMPLES, N_EPOCHS = 20, 2
PROMPT_SUFFIX = "Vera responds:"
ASKED = ("Why is the prairie hard to make?", "Who made it?")
ANSWER_TOKENS = 100
# A hundred times the real prices, so that a small file is worth a ceiling.
PRICES = (
    price("training", "500.00"),
    price("base_input", "40.00"),
    price("base_output", "160.00"),
)


@dataclass(frozen=True)
class Goods:
    """A model of one service, with the profile by which the product knows that service."""

    model: Model
    provider: Provider

    @property
    def catalogue(self) -> Catalogue:
        day = date(2026, 11, 23)
        return Catalogue(as_of=day, providers=(self.provider,), models=(self.model,))

    def order(self, run_id: str, purchase_id: str = "model-of-the-host") -> TrainingOrder:
        """A model, counted as the plan counts it; runs that order it under one name share it."""
        validates = "validation_file" in self.provider.fields
        price = self.model.price("training")
        return TrainingOrder(
            purchase_id,
            run_id,
            self.model,
            n_epochs=N_EPOCHS,
            estimate=price.of_tokens(N_EPOCHS * self._per_epoch),
            reserved=training_costs.reserved(self.model, N_EPOCHS * self._per_epoch),
            open_validation=self.open_file if validates else None,
        )

    @property
    def _per_epoch(self) -> int:
        lines = training_bytes(self.provider.data_format).splitlines(keepends=True)
        return sum(token_counts.count_line(line, self.model) for line in lines)

    @property
    def promised(self) -> Decimal:
        """The most that a model may be billed: its estimate, and the margin of its catalogue entry."""
        return self.order("any").estimate * (100 + self.model.margin_percent) / 100

    def open_file(self) -> io.BytesIO:
        return io.BytesIO(training_bytes(self.provider.data_format))

    def questions(self, run_id: str) -> list[Question]:
        """Asked of the untuned model, whose name is the same in every schedule."""
        return [self._question(run_id, text) for text in ASKED]

    def ceiling(self, models: str) -> Decimal:
        """So many times the estimate of the model, rounded to what a person may write."""
        return (self.order("any").estimate * Decimal(models)).quantize(Decimal("0.000001"))

    def _question(self, run_id: str, text: str) -> Question:
        message = examples.prompt_message(text, PROMPT_SUFFIX)
        request = ChatRequest(self.model.answering_model, (message,), ANSWER_TOKENS, 0.0)
        return Question(
            run_id=run_id,
            model=self.model.model,
            provider=self.model.provider,
            request=request,
            prompt_tokens=token_counts.prompt_bound(self.model, (message,)),
            input_price=self.model.price("base_input"),
            output_price=self.model.price("base_output"),
        )


@cache
def training_bytes(data_format: DataFormat) -> bytes:
    pair = examples.messages_of(
        "Who makes a prairie?", "Nobody; that is the point of it.", PROMPT_SUFFIX
    )
    return examples.encode_line(pair, data_format) * EXAMPLES


def _packaged(name: str, **changes: object) -> Goods:
    known = catalogue.packaged()
    model = known.model(name)
    limits = model.limits.model_copy(update={"min_examples": EXAMPLES})
    model = model.model_copy(update={"prices": PRICES, "limits": limits})
    provider = known.provider(model.provider).model_copy(update=changes)
    return Goods(model.model_copy(update={"provider": provider.provider}), provider)


GOODS: Mapping[str, Goods] = {
    "openai": _packaged("gpt-4.1-mini"),
    "nebius": _packaged("llama-3.1-8b"),
    "azure": _packaged("gpt-4.1-mini", provider="azure", byte_order_mark=True),
    "bare": _packaged("gpt-4.1-mini", provider="bare", fields=("metadata", "suffix", "seed")),
    "bedrock": _packaged("nova-micro"),
}
