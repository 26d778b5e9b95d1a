"""Answers in batches: one forward pass a token for all that were asked together, each drawn by its own rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, DynamicCache

from infra.local.provider.training.worker.base import Base, device, knows_bf16

_IN_MEMORY = 8  # adapters
Json = dict[str, Any]


@dataclass(slots=True)
class _Writer:
    """An answer in the making."""

    tokenizer: Any
    ends: frozenset[int]
    max_tokens: int
    temperature: float
    stop: Sequence[str]
    random: torch.Generator
    tokens: list[int] = field(default_factory=list)
    finish_reason: str | None = None

    def draw(self, logits: torch.Tensor) -> int:
        """Return the next token, and note whether it is the last."""
        token = self._drawn(logits)
        self.tokens.append(token)
        if token in self.ends or any(stop in self.text for stop in self.stop):
            self.finish_reason = "stop"
        elif len(self.tokens) >= self.max_tokens:
            self.finish_reason = "length"
        return token

    def _drawn(self, logits: torch.Tensor) -> int:
        if self.temperature == 0:
            return int(logits.argmax())
        shares = torch.softmax(logits.float().cpu() / self.temperature, dim=-1)
        return int(torch.multinomial(shares, 1, generator=self.random))

    @property
    def text(self) -> str:
        """What is written so far, up to a stop."""
        text = str(self.tokenizer.decode(self.tokens, skip_special_tokens=True))
        for stop in self.stop:
            text = text.partition(stop)[0] if self.finish_reason else text
        return text


class AnsweringModel:
    """A base model and the adapters that were trained on it, the last few of them in memory."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._adapters: dict[str, None] = {}  # the least used first

    @cached_property
    def _plain(self) -> Any:
        dtype = torch.bfloat16 if knows_bf16() else torch.float32
        model = AutoModelForCausalLM.from_pretrained(self._base.name, dtype=dtype)
        return model.to(device()).eval()

    def answers(self, batch: Sequence[Json]) -> list[Json]:
        """Return the reply to each request; all ask the same adapter, None being the base itself."""
        replies: list[Json] = [self._refusal(request) for request in batch]
        fitting = [number for number, reply in enumerate(replies) if not reply]
        if fitting:
            written = self._written([batch[number] for number in fitting])
            for number, reply in zip(fitting, written, strict=True):
                replies[number] = reply
        return replies

    def _refusal(self, request: Json) -> Json:
        longest = self._base.longest
        prompt = len(self._prompt(request))
        if prompt + 1 > longest:
            return {"error": f"the prompt has {prompt} tokens and the model takes {longest}"}
        return {}

    def _prompt(self, request: Json) -> list[int]:
        tokenizer = self._base.tokenizer
        if not request["messages"]:
            return list(tokenizer(request["prompt"])["input_ids"])
        chat = tokenizer.apply_chat_template(
            request["messages"], add_generation_prompt=True, return_dict=True
        )
        return list(chat["input_ids"])

    def _written(self, batch: Sequence[Json]) -> list[Json]:
        model = self._with(batch[0]["adapter"])
        prompts = [self._prompt(request) for request in batch]
        padded = self._base.tokenizer.pad({"input_ids": prompts}, return_tensors="pt").to(device())
        writers = [self._writer(request, p) for request, p in zip(batch, prompts, strict=True)]
        with torch.inference_mode():
            _write(model, writers, padded["input_ids"], padded["attention_mask"])
        return [
            {
                "value": {
                    "text": writer.text,
                    "finish_reason": writer.finish_reason,
                    "prompt_tokens": len(prompt),
                    "completion_tokens": len(writer.tokens),
                }
            }
            for writer, prompt in zip(writers, prompts, strict=True)
        ]

    def _writer(self, request: Json, prompt: Sequence[int]) -> _Writer:
        random = torch.Generator()
        if request["seed"] is None:
            random.seed()
        else:
            random.manual_seed(request["seed"] % 2**63)
        ends = self._plain.generation_config.eos_token_id
        return _Writer(
            tokenizer=self._base.tokenizer,
            ends=frozenset([ends] if isinstance(ends, int) else ends or ()),
            max_tokens=max(min(request["max_tokens"], self._base.longest - len(prompt)), 1),
            temperature=request["temperature"],
            stop=request["stop"],
            random=random,
        )

    def _with(self, adapter: str | None) -> Any:
        """The model as it answers with an adapter, which is loaded where it is not yet."""
        if adapter is None:
            if isinstance(self._model, PeftModel):
                self._model.base_model.disable_adapter_layers()
            return self._model
        name = adapter.replace(".", "_")  # a module's name holds no dot
        if not isinstance(self._model, PeftModel):
            self._model = PeftModel.from_pretrained(self._plain, adapter, adapter_name=name)
        elif name not in self._adapters:
            self._model.load_adapter(adapter, name)
        self._adapters.pop(name, None)
        self._adapters[name] = None
        self._model.base_model.enable_adapter_layers()
        self._model.set_adapter(name)
        while len(self._adapters) > _IN_MEMORY:
            oldest = next(iter(self._adapters))
            del self._adapters[oldest]
            self._model.delete_adapter(oldest)
        return self._model

    @cached_property
    def _model(self) -> Any:
        return self._plain


def _write(
    model: Any, writers: Sequence[_Writer], tokens: torch.Tensor, mask: torch.Tensor
) -> None:
    """Write all answers to their ends; those that ended make room."""
    cache, places = DynamicCache(), (mask.cumsum(-1) - 1).clamp(min=0)
    while writers:
        out = model(
            input_ids=tokens,
            attention_mask=mask,
            position_ids=places,
            past_key_values=cache,
            logits_to_keep=1,
        )
        drawn = [w.draw(row) for w, row in zip(writers, out.logits[:, -1], strict=True)]
        going = [number for number, writer in enumerate(writers) if writer.finish_reason is None]
        if not going:
            return
        left = torch.tensor(going, device=mask.device)
        if len(going) < len(writers):
            writers = [writers[number] for number in going]
            cache.batch_select_indices(left)
        tokens = torch.tensor([[drawn[number]] for number in going], device=mask.device)
        mask = mask[left]
        places = mask.sum(-1, keepdim=True)
        mask = torch.cat([mask, torch.ones_like(tokens)], dim=-1)
