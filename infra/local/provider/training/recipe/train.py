"""Train a LoRA adapter on the exported pairs with TRL. Only the host's words bear loss.

python train.py --model meta-llama/Llama-3.1-8B-Instruct --into adapter

It can be stopped (SIGTERM or Ctrl-C) and then keeps what was learnt; the same command with --resume goes on.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset
from peft import LoraConfig
from progress import Progress
from transformers import AutoTokenizer
from transformers.trainer_utils import get_last_checkpoint
from trl import SFTConfig, SFTTrainer

HERE = Path(__file__).resolve().parent
PARTS = ("train", "held_out")
MOST_TOKENS_AT_ONCE = 1024  # in memory; a step of more takes several batches


def main() -> None:
    asked = arguments()
    progress = Progress(asked.progress, asked.seconds, asked.memory_gb, asked.parent)
    trainer = trainer_of(asked)
    trainer.add_callback(progress)
    trainer.train(resume_from_checkpoint=checkpoint(asked))
    trainer.save_model(asked.into)
    progress.end(trainer.state)
    print(json.dumps(trainer.state.log_history[-1]))


def trainer_of(asked: argparse.Namespace) -> SFTTrainer:
    """As the arguments say; a small show holds nothing out, and is not evaluated on."""
    train, held_out = (examples(asked.data / f"{name}.chat.jsonl") for name in PARTS)
    by_epoch = "epoch" if asked.max_steps < 0 else "no"
    evaluates = by_epoch if len(held_out) else "no"
    longest = min(longest_of(asked.model, train, held_out), asked.max_length)
    at_once = together(asked.batch_size, longest)
    return SFTTrainer(
        model=asked.model,
        args=SFTConfig(
            output_dir=asked.into,
            num_train_epochs=asked.epochs,
            max_steps=asked.max_steps,
            per_device_train_batch_size=at_once,
            per_device_eval_batch_size=max(MOST_TOKENS_AT_ONCE // longest, 1),
            gradient_accumulation_steps=asked.accumulate * asked.batch_size // at_once,
            gradient_checkpointing=longest > MOST_TOKENS_AT_ONCE,
            train_sampling_strategy="group_by_length",
            learning_rate=asked.learning_rate,
            warmup_steps=asked.warmup_steps,
            lr_scheduler_type="cosine",
            max_length=asked.max_length,
            completion_only_loss=True,
            eval_strategy=evaluates,
            eval_on_start=evaluates != "no" and checkpoint(asked) is None,
            save_strategy="steps" if asked.save_steps else by_epoch,
            save_steps=asked.save_steps or 500,
            save_total_limit=asked.save_limit,
            logging_steps=1 if asked.max_steps > 0 or asked.progress else 10,
            use_cpu=asked.cpu,
            bf16=asked.bf16 if asked.cpu else None,
            model_init_kwargs={"dtype": "bfloat16" if asked.bf16 else "float32"},
            report_to="none",
            seed=asked.seed,
        ),
        train_dataset=train,
        eval_dataset=held_out if len(held_out) else None,
        peft_config=LoraConfig(
            r=asked.rank,
            lora_alpha=2 * asked.rank,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
    )


def checkpoint(asked: argparse.Namespace) -> str | None:
    """Return what to go on from; None to begin."""
    begun = asked.resume and Path(asked.into).is_dir()
    return get_last_checkpoint(asked.into) if begun else None


def longest_of(model: str, *parts: Dataset) -> int:
    """Return the tokens of the longest example."""
    tokenizer = AutoTokenizer.from_pretrained(model)
    chats = [row["prompt"] + row["completion"] for part in parts for row in part]
    return max(
        len(tokenizer.apply_chat_template(chat, return_dict=True)["input_ids"]) for chat in chats
    )


def together(batch_size: int, longest: int) -> int:
    """Return how many examples of a batch are held in memory at once: a divisor of it."""
    fitting = max(MOST_TOKENS_AT_ONCE // longest, 1)
    return next(n for n in range(min(fitting, batch_size), 0, -1) if batch_size % n == 0)


def examples(path: Path) -> Dataset:
    """The last message is the completion, all before it the prompt: so TRL leaves the prompt out of the loss."""
    lines = path.read_text("utf-8").splitlines()
    messages: list[list[dict[str, str]]] = [json.loads(line)["messages"] for line in lines]
    rows: list[dict[str, Any]] = [
        {"prompt": told[:-1], "completion": told[-1:]} for told in messages
    ]
    return Dataset.from_list(rows)


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--model", required=True, help="a chat model: its name on the hub, or a folder"
    )
    parser.add_argument("--into", default="adapter", help="where the adapter goes")
    parser.add_argument("--data", type=Path, default=HERE.parent, help="where the JSONL files lie")
    parser.add_argument("--epochs", type=float, default=3.0)
    parser.add_argument("--max-steps", type=int, default=-1, help="stop after so many; -1 is never")
    parser.add_argument("--batch-size", type=int, default=1)
    parser.add_argument("--accumulate", type=int, default=8, help="batches before a step")
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--warmup-steps", type=int, default=10)
    parser.add_argument(
        "--max-length",
        type=int,
        default=2048,
        help="tokens of an example; the rest is cut, and without its answer it is left out",
    )
    parser.add_argument("--rank", type=int, default=16, help="of the adapter's matrices")
    parser.add_argument("--seed", type=int, default=2012)
    parser.add_argument("--cpu", action="store_true", help="for a machine without a GPU")
    parser.add_argument("--bf16", action="store_true", help="with --cpu: faster where it knows it")
    parser.add_argument("--seconds", type=float, help="stop after so many; what was learnt is kept")
    parser.add_argument("--memory-gb", type=float, help="end rather than take more")
    parser.add_argument("--progress", type=Path, help="write losses there, a JSON object a line")
    parser.add_argument("--save-steps", type=int, help="a checkpoint after so many steps")
    parser.add_argument("--save-limit", type=int, help="keep so many checkpoints, the newest")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint")
    parser.add_argument("--parent", type=int, help="end when this process, which began it, has")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
