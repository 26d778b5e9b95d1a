"""A base model: whether it can be trained and asked on this machine, and how it counts."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import torch
from transformers import AutoConfig, AutoTokenizer
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

_PER_GB = 1_000_000_000
# Training holds the frozen weights in float32, besides an adapter, its optimiser and a batch.
_BYTES_A_WEIGHT, _BESIDES_GB = 4, 1.5


class BaseUnusable(Exception):
    """A base model that cannot be trained or asked here; the message says why, and what to do."""


class Base:
    """A chat model by its name on the hub, or a folder."""

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def tokenizer(self) -> Any:
        """The model's tokenizer. Raises BaseUnusable, also where it has no chat template."""
        tokenizer = self._read(AutoTokenizer)
        if not tokenizer.chat_template:
            raise BaseUnusable(
                f"{self.name} has no chat template, so it is no chat model; name one that was tuned to chat"
            )
        tokenizer.padding_side = "left"
        tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
        return tokenizer

    @cached_property
    def config(self) -> Any:
        """The model's configuration. Raises BaseUnusable."""
        return self._read(AutoConfig)

    def _read(self, auto: Any) -> Any:
        try:
            return auto.from_pretrained(self.name)
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            raise BaseUnusable(
                f"{self.name} cannot be read as a model ({reason}); name a folder that has one, or a name on "
                "the hub that this machine reaches, and whose licence you accepted there"
            ) from error

    def describe(self) -> Mapping[str, Any]:
        """Return what a training here needs to know. Raises BaseUnusable for a model that cannot be tuned here."""
        if self.config.model_type not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
            raise BaseUnusable(
                f"{self.name} is a {self.config.model_type} model, which writes no text that could be tuned; "
                "name a causal language model"
            )
        _ = self.tokenizer
        self._check_memory()
        return {"device": device(), "bf16": knows_bf16(), "longest": self.longest}

    @property
    def longest(self) -> int:
        """The most tokens of a chat with its answer."""
        return int(getattr(self.config, "max_position_embeddings", 2048))

    def _check_memory(self) -> None:
        folder = Path(self.name)
        weights = sum(path.stat().st_size for path in folder.glob("*.safetensors")) // 2
        if device() != "cpu" or not weights:
            return
        needed = weights * _BYTES_A_WEIGHT / _PER_GB + _BESIDES_GB
        free = psutil.virtual_memory().available / _PER_GB
        if needed > free:
            raise BaseUnusable(
                f"{self.name} needs about {needed:.1f} GB of memory to train and {free:.1f} are free; name a "
                "smaller model, or give it a machine with more"
            )

    def count(self, chat: Sequence[Mapping[str, Any]]) -> int:
        """Return the tokens of a chat, with all that the template puts around them."""
        return len(self.tokenizer.apply_chat_template(chat, return_dict=True)["input_ids"])


def device() -> str:
    """Return where a model is held: cuda, mps or cpu."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def knows_bf16() -> bool:
    """Return whether arithmetic in bfloat16 is the processor's own, and so the faster one."""
    return device() == "cuda" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
