"""How far a training is, written a JSON object a line, and its ends: a limit on time or memory, or a signal."""

import json
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

OUT_OF_MEMORY = 70
"""The exit code of a training that reached its limit on memory."""
ORPHANED = 71
"""The exit code of a training whose server ended."""
_BEGUN = time.monotonic()
_LOOK_SECONDS = 0.5
_PER_GB = 1_000_000_000


class Progress(TrainerCallback):
    """Writes steps and losses to a file, and stops a training that reached its limit or was told to end."""

    def __init__(
        self,
        path: Path | None,
        seconds: float | None,
        memory_gb: float | None,
        parent: int | None,
    ) -> None:
        self._path, self._seconds = path, seconds
        self._reason = "done"
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, self._stop)
        threading.Thread(target=_watch, args=(memory_gb, parent), daemon=True).start()

    def _stop(self, *_: object) -> None:
        self._reason = "stopped"

    def on_train_begin(
        self,
        _args: TrainingArguments,
        state: TrainerState,
        _control: TrainerControl,
        model: Any = None,
        **_: object,
    ) -> None:
        weights = sum(one.numel() for one in model.parameters() if one.requires_grad)
        every = sum(one.numel() for one in model.parameters())
        self.write(
            "started",
            steps=state.max_steps,
            step=state.global_step,
            weights=weights,
            of=every - weights,
        )

    def on_log(
        self,
        _args: TrainingArguments,
        state: TrainerState,
        _control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: object,
    ) -> None:
        told = logs or {}
        if "loss" in told:
            accuracy = told.get("mean_token_accuracy")
            self.write("step", step=state.global_step, loss=float(told["loss"]), accuracy=accuracy)
        if "eval_loss" in told:
            accuracy = told.get("eval_mean_token_accuracy")
            self.write(
                "held_out", step=state.global_step, loss=told["eval_loss"], accuracy=accuracy
            )

    def on_step_end(
        self,
        _args: TrainingArguments,
        _state: TrainerState,
        control: TrainerControl,
        **_: object,
    ) -> TrainerControl:
        if self._seconds is not None and time.monotonic() - _BEGUN >= self._seconds:
            self._reason = "time"
        if self._reason != "done":
            control.should_training_stop = True
            control.should_evaluate = control.should_save = False
        return control

    def on_save(
        self,
        _args: TrainingArguments,
        state: TrainerState,
        _control: TrainerControl,
        **_: object,
    ) -> None:
        self.write("saved", step=state.global_step)

    def end(self, state: TrainerState) -> None:
        """Write why the training ended: done, stopped by a signal, or time."""
        self.write("ended", step=state.global_step, reason=self._reason, peak_gb=_peak_gb())

    def write(self, what: str, **values: object) -> None:
        """Add a line."""
        if self._path is not None:
            line = {"at": time.time(), "what": what, **values}
            with self._path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(line) + "\n")


def _peak_gb() -> float:
    """Return the most memory that this process ever held, in GB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024) / _PER_GB


def _watch(memory_gb: float | None, parent: int | None) -> NoReturn:
    """End the process once it holds too much, before the machine has to choose whom to end, or is an orphan."""
    while True:
        if memory_gb is not None and _peak_gb() > memory_gb:
            print(f"it takes more than {memory_gb} GB of memory", file=sys.stderr, flush=True)
            os._exit(OUT_OF_MEMORY)
        if parent is not None and os.getppid() != parent:
            os._exit(ORPHANED)
        time.sleep(_LOOK_SECONDS)
