"""What the provider remembers, as plain JSON files that survive any stop."""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file; its bytes are kept under their SHA-256 even when the file is deleted."""

    id: str
    filename: str
    purpose: str
    size: int
    sha256: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Job:
    """A fine-tuning job as it was asked for; how far it is, the engine says.

    `seconds` is how long it takes, `refusal` the error of a file that does not validate,
    `traits` what a fault rule made of it, `asked` the whole request where it came as Bedrock's do,
    `created_at` and `cancelled_at` are Unix times; `max_seconds` is after how long its buyer wants it stopped.
    """

    id: str
    model: str
    training_file: str
    training_sha256: str
    validation_file: str | None
    validation_sha256: str | None
    hyperparameters: Mapping[str, Any]
    uses_method: bool
    suffix: str | None
    seed: int
    metadata: Mapping[str, str]
    created_at: float
    seconds: float
    n_examples: int
    tokens_per_epoch: int
    refusal: Mapping[str, str] | None = None
    traits: Mapping[str, Any] = field(default_factory=dict)
    cancelled_at: float | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    model_deleted: bool = False
    max_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """A checkpoint made ready to answer under `id`, which is the name to chat with."""

    id: str
    job_id: str
    checkpoint_id: str
    created_at: float
    ready_at: float


@dataclass(frozen=True, slots=True)
class Call:
    """One answered completion and what it cost, in US dollars."""

    id: str
    model: str
    base_model: str
    prompt_tokens: int
    completion_tokens: int
    charged_usd: str
    created_at: float


Record = StoredFile | Job | Deployment | Call
R = TypeVar("R", StoredFile, Job, Deployment, Call)


class Store:
    """Records by kind and id, each in a file of its own that is replaced as a whole.

    Hold `lock` to read a record and write it back as one step.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.lock = threading.RLock()
        self._records: dict[type, dict[str, Any]] = {}
        (directory / "blobs").mkdir(parents=True, exist_ok=True)
        for kind in (StoredFile, Job, Deployment, Call):
            folder = directory / kind.__name__
            folder.mkdir(exist_ok=True)
            read = [kind(**json.loads(path.read_bytes())) for path in folder.glob("*.json")]
            read.sort(key=lambda record: record.created_at)
            self._records[kind] = {record.id: record for record in read}

    def put(self, record: Record) -> None:
        with self.lock:
            self._write(self._path(record), json.dumps(asdict(record)).encode())
            self._records[type(record)][record.id] = record

    def get(self, kind: type[R], record_id: str) -> R | None:
        with self.lock:
            return self._records[kind].get(record_id)

    def all(self, kind: type[R]) -> list[R]:
        """Return every record of a kind, oldest first."""
        with self.lock:
            return list(self._records[kind].values())

    def delete(self, record: Record) -> None:
        with self.lock:
            self._path(record).unlink(missing_ok=True)
            self._records[type(record)].pop(record.id, None)

    def save(self, content: bytes) -> str:
        """Store bytes, and return their SHA-256, by which `content` gives them back."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._directory / "blobs" / sha256
        with self.lock:
            if not path.exists():
                self._write(path, content)
        return sha256

    def content(self, sha256: str) -> bytes:
        return (self._directory / "blobs" / sha256).read_bytes()

    def _path(self, record: Record) -> Path:
        return self._directory / type(record).__name__ / f"{quote(record.id, safe='')}.json"

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(path)
