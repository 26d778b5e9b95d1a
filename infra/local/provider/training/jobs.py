"""Runs the jobs of a store one after the other, each training in a process of its own, within its limits."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.provider.examples import learnt_chats, read_training_data
from infra.local.provider.store import Job, Store
from infra.local.provider.training import recipe
from infra.local.provider.training.client import QUIET
from infra.local.provider.training.progress import Training, limit, lines_of, seconds_used

_LOOK_SECONDS = 0.2
_GRACE_SECONDS = 60  # for the step in hand and for saving
_STOP_SECONDS = 8
_LEARNING_RATE = 3e-4
_KILLED = -signal.SIGKILL
OUT_OF_MEMORY = 70  # as recipe/progress.py ends
WEIGHTS = "adapter_model.safetensors"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a training may take: `seconds` in all, however often it is begun again, and `memory_gb`."""

    seconds: float
    memory_gb: float


class Trainings:
    """The trainings of a store's jobs, in a folder that survives a restart: what was begun goes on."""

    def __init__(self, store: Store, folder: Path, python: Path, limits: Limits) -> None:
        self._store, self._folder, self._python = store, folder, python
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self, bases: Mapping[str, str], options: Iterable[str]) -> None:
        """Begin with the jobs that wait; `bases` has the folder or hub name of each base model's wire name."""
        self._bases, self._options = bases, tuple(options)
        self._thread.start()

    def stop(self) -> None:
        """End the training that runs; it goes on from its newest checkpoint when the next server starts."""
        self._ending.set()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        if self._thread.is_alive():
            self._thread.join()

    def of(self, job: Job) -> Training:
        """Return what is known of a job's training."""
        folder = self.folder(job)
        outcome = _read(folder / "outcome.json")
        lines = lines_of(_read(folder / "progress.jsonl"))
        adapter = folder / "adapter"
        saved = {int(path.name.partition("-")[2]) for path in adapter.glob("checkpoint-*")}
        ended = next((line["step"] for line in reversed(lines) if line["what"] == "ended"), None)
        if ended is not None and (adapter / WEIGHTS).exists():
            saved.add(ended)
        return Training(
            lines, json.loads(outcome) if outcome else None, sorted(saved, reverse=True)
        )

    def folder(self, job: Job) -> Path:
        """Return where everything of a job lies."""
        return self._folder / job.id

    def adapter(self, job: Job, step: int | None = None) -> Path:
        """Return where what a job learnt lies, or had learnt by a step."""
        whole = self.folder(job) / "adapter"
        earlier = whole / f"checkpoint-{step}"
        return earlier if step is not None and (earlier / WEIGHTS).exists() else whole

    def _work(self) -> None:
        while not self._ending.is_set():
            job = next((job for job in self._store.all(Job) if self._waits(job)), None)
            if job is None:
                self._ending.wait(_LOOK_SECONDS)
                continue
            try:
                self._train(job)
            except (OSError, TypeError, ValueError) as error:  # a full disk, a word for a number
                self._end(job, "failed", "server_error", f"the training cannot begin: {error}")

    def _waits(self, job: Job) -> bool:
        ended = (self.folder(job) / "outcome.json").exists()
        return not (job.refusal or job.cancelled_at is not None or ended)

    def _train(self, job: Job) -> None:
        folder = self.folder(job)
        left = self._left(job)
        if left <= 0:
            self._end(job, "failed", *self._out_of_time(job))
            return
        self._write_data(job)
        self._note(job, "begun")
        with (folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._python), str(recipe.FOLDER / "train.py"), *self._words(job, left)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **QUIET},
            )
        in_time = self._watch(job, self._process, left)
        self._note(job, "exited")
        if not self._ending.is_set():
            self._settle(job, self._process.returncode, in_time=in_time)

    def _watch(self, job: Job, process: subprocess.Popen[bytes], left: float) -> bool:
        """Return, once the process has ended, whether it did so within its limit; on a cancellation it is made to."""
        begun, asked = time.monotonic(), None
        while process.poll() is None:
            now, stored = time.monotonic(), self._store.get(Job, job.id)
            cancelled = stored is None or stored.cancelled_at is not None
            if asked is None and (cancelled or now - begun >= left):
                process.terminate()
                asked = now
            if asked is not None and now - asked >= _GRACE_SECONDS:
                process.kill()
            time.sleep(_LOOK_SECONDS)
        return time.monotonic() - begun < left

    def _note(self, job: Job, what: str) -> None:
        with (self.folder(job) / "progress.jsonl").open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"at": time.time(), "what": what}) + "\n")

    def _settle(self, job: Job, code: int, *, in_time: bool) -> None:
        ended = self.of(job).last("ended")
        if code == 0 and ended and ended["reason"] == "done":
            self._end(job, "succeeded")
        elif (code == 0 and ended) or not in_time:
            self._end(job, "failed", *self._out_of_time(job))
        elif code in (OUT_OF_MEMORY, _KILLED):
            why = f"it took more than {self._limits.memory_gb:g} GB of memory" * (code != _KILLED)
            self._end(job, "failed", "out_of_memory", why or "its process was killed")
        else:
            last = _read(self.folder(job) / "log.txt").strip().rpartition("\n")[2]
            self._end(job, "failed", "server_error", f"the training ended with code {code}: {last}")

    def _left(self, job: Job) -> float:
        """How many seconds a job may still take."""
        return limit(job, self._limits.seconds) - seconds_used(self.of(job).lines)

    def _out_of_time(self, job: Job) -> tuple[str, str]:
        most = f"{limit(job, self._limits.seconds):g} seconds"
        kept = "what was learnt by then answers as its last checkpoint"
        return "time_limit", f"it reached its limit of {most}; {kept}"

    def _end(self, job: Job, status: str, code: str | None = None, message: str = "") -> None:
        outcome = {"status": status, "at": time.time(), "code": code, "message": message}
        partial = self.folder(job) / "outcome.partial"
        partial.write_text(json.dumps(outcome), encoding="utf-8")
        partial.replace(partial.with_name("outcome.json"))

    def _write_data(self, job: Job) -> None:
        folder = self.folder(job)
        folder.mkdir(parents=True, exist_ok=True)
        named = (("train", job.training_sha256), ("held_out", job.validation_sha256))
        for name, sha256 in named:
            content = b"" if sha256 is None else self._store.content(sha256)
            chats = learnt_chats(read_training_data(content))
            text = "".join(json.dumps({"messages": chat}) + "\n" for chat in chats)
            (folder / f"{name}.chat.jsonl").write_text(text, encoding="utf-8")

    def _words(self, job: Job, seconds: float) -> list[str]:
        folder, wished = self.folder(job), job.hyperparameters
        steps = job.n_examples * wished["n_epochs"] // wished["batch_size"]
        usual = _LEARNING_RATE * float(wished.get("learning_rate_multiplier", 1.0))
        words: dict[str, Any] = {
            "--model": self._bases[job.model],
            "--data": folder,
            "--into": folder / "adapter",
            "--progress": folder / "progress.jsonl",
            "--epochs": wished["n_epochs"],
            "--batch-size": wished["batch_size"],
            "--accumulate": 1,
            "--learning-rate": wished.get("learning_rate", usual),
            "--warmup-steps": min(steps // 10, 10),
            "--rank": wished.get("lora_r", 16),
            "--seed": job.seed,
            "--seconds": f"{seconds:.1f}",
            "--memory-gb": self._limits.memory_gb,
            "--save-steps": 10,
            "--save-limit": 3,
            "--parent": os.getpid(),
        }
        given = [str(word) for pair in words.items() for word in pair]
        return [*given, "--resume", *self._options]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
