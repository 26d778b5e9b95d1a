"""What survives when the laptop cloud is killed.

AWS: what a service has acknowledged is kept.
MiniStack 1.5.33: keeps S3 objects at once, everything else only when it is stopped in an orderly way;
after a SIGKILL the stack is gone, and so is the ledger that says what was already paid for.
Here: everything is saved when a stack has been deployed, and from then on each successful DynamoDB
write is appended to a journal before it is answered. The journal's name says which saved state it
continues, so it is replayed on that state only; saving starts a new one.
Case: `item_after_a_kill`.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence, responses
from ministack.services import dynamodb
from ministack.services.cloudformation import changesets

_WRITES = {
    "PutItem": "_put_item",
    "UpdateItem": "_update_item",
    "DeleteItem": "_delete_item",
    "BatchWriteItem": "_batch_write_item",
    "TransactWriteItems": "_transact_write_items",
}


class Journal:
    """The writes acknowledged since the DynamoDB state was last saved."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = self._continuing_saved_state()
        self._drop_unacknowledged_end()

    def append(self, action: str, body: bytes) -> None:
        entry = {"action": action, "region": responses.get_region(), "data": json.loads(body)}
        with self._path.open("a") as journal:
            journal.write(json.dumps(entry) + "\n")

    def entries(self) -> list[dict[str, Any]]:
        """Return what was written, in order."""
        return [json.loads(line) for line in self._lines()]

    def restart(self) -> None:
        """Forget what the state just saved already holds."""
        self._path = self._continuing_saved_state()
        for other in self._folder.glob("dynamodb-*.journal"):
            if other != self._path:
                other.unlink()

    def _lines(self) -> list[bytes]:
        content = self._path.read_bytes() if self._path.exists() else b""
        return content.split(b"\n")[:-1]

    def _drop_unacknowledged_end(self) -> None:
        """A last line cut short belongs to a write that was never answered."""
        if self._path.exists():
            os.truncate(self._path, sum(len(line) + 1 for line in self._lines()))

    def _continuing_saved_state(self) -> Path:
        saved = self._folder / "dynamodb.json"
        content = saved.read_bytes() if saved.exists() else b""
        return self._folder / f"dynamodb-{hashlib.sha256(content).hexdigest()[:32]}.journal"


def install() -> None:
    """Journal DynamoDB's writes, replay them after loading, save after every deployment."""
    folder = Path(persistence.STATE_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(folder)
    _journal_writes(journal)
    _replay_after_loading(journal)
    _restart_after_saving(journal)
    _save_after_deploying()


def _journal_writes(journal: Journal) -> None:
    handle = dynamodb.handle_request

    async def handle_journaled(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Any
    ) -> Any:
        answer = await handle(method, path, headers, body, query)
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action in _WRITES and answer[0] == 200:
            journal.append(action, body)
        return answer

    dynamodb.handle_request = handle_journaled


def _replay_after_loading(journal: Journal) -> None:
    load = app._load_persisted_state

    def load_and_replay() -> None:
        load()
        for entry in journal.entries():
            responses.set_request_region(entry["region"])
            getattr(dynamodb, _WRITES[entry["action"]])(entry["data"])

    app._load_persisted_state = load_and_replay


def _restart_after_saving(journal: Journal) -> None:
    save = app.save_all

    def save_and_restart(services: Any) -> None:
        save(services)
        journal.restart()

    app.save_all = save_and_restart


def _save_after_deploying() -> None:
    track = changesets._track_change_set_execution

    async def track_and_save(*args: Any) -> None:
        await track(*args)
        app.save_all(app._build_persistence_save_dict())

    changesets._track_change_set_execution = track_and_save
