"""Run by the recipe's own Python: makes a Llama of random weights, and looks at what training made of it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from peft import PeftModel
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
MARKS = ["<|user|>", "<|assistant|>", "<|system|>", "<|end|>", "<|pad|>"]


def build(folder: Path, data: Path) -> None:
    """A model that has learnt nothing, which speaks the language of the file."""
    texts = [m["content"] for row in lines(data) for m in row["messages"]]
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    raw.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=2000, special_tokens=MARKS))
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, eos_token="<|end|>", pad_token="<|pad|>"
    )
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(2012)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def check(folder: Path, adapter: Path, merged: Path, data: Path) -> None:
    """Print, as JSON, what bears loss with the recipe's own settings, and that the adapter, merged or not, answers."""
    sys.path.insert(0, str(data.parent / "recipe"))
    import train

    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    told = lines(data)[0]["messages"]
    words = ["--model", str(folder), "--into", str(folder / "unused"), "--data", str(data.parent)]
    trainer = train.trainer_of(train.arguments([*words, "--cpu"]))
    batch = trainer.data_collator([trainer.train_dataset[0]])
    learnt = [int(label) for label in batch["labels"][0] if label != -100]
    model = PeftModel.from_pretrained(LlamaForCausalLM.from_pretrained(folder), adapter)
    prompt = tokenizer.apply_chat_template(
        told[:-1], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    torch.manual_seed(2012)
    answer = model.generate(**prompt, max_new_tokens=20, do_sample=False)
    with torch.no_grad():
        logits = model(**prompt).logits
        with model.disable_adapter():
            untrained = model(**prompt).logits
        whole = LlamaForCausalLM.from_pretrained(merged)(**prompt).logits
    moved = [float(p.abs().sum()) for name, p in model.named_parameters() if "lora_B" in name]
    print(
        json.dumps(
            {
                "learnt": tokenizer.decode(learnt, skip_special_tokens=True),
                "completion": told[-1]["content"],
                "n_tokens": int(batch["input_ids"].numel()),
                "n_learnt": len(learnt),
                "adapters": len(moved),
                "moved": sum(weight > 0 for weight in moved),
                "merged_differs_by": float((whole - logits).abs().max()),
                "base_differs_by": float((untrained - logits).abs().max()),
                "answered": int(answer.shape[1] - prompt["input_ids"].shape[1]),
            }
        )
    )


def lines(data: Path) -> list[dict[str, list[dict[str, str]]]]:
    return [json.loads(line) for line in data.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    commands: dict[str, Callable[..., None]] = {"build": build, "check": check}
    commands[sys.argv[1]](*map(Path, sys.argv[2:]))
