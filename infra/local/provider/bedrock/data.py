"""Training data in Bedrock's conversation schema, refused for what the user guide says fails a job.

Source: Amazon Nova user guide, "Preparing data for fine-tuning": roles, order, reserved words.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.provider.examples import (
    BadTrainingFile,
    TrainingData,
    message_text,
    read_training_data,
)

RESERVED = (
    *("User:", "Bot:", "Assistant:", "System:"),
    *("<image>", "<video>", "[EOS]"),
)


def read_conversations(content: bytes) -> TrainingData:
    """Return the records. Raises BadTrainingFile naming the line."""
    data = read_training_data(content)
    for number, record in enumerate(data.lines, start=1):
        try:
            _check(record)
        except ValueError as error:
            raise BadTrainingFile(f"record {number}: {error}") from error
    return data


def _check(record: Mapping[str, Any]) -> None:
    unknown = set(record) - {"schemaVersion", "system", "messages"}
    if unknown or "schemaVersion" not in record:
        raise ValueError(f"schemaVersion is required, and {sorted(unknown)} are not known")
    messages = record.get("messages") or []
    _check_roles([message.get("role") for message in messages])
    for part in (*messages, {"content": record.get("system", [])}):
        if not isinstance(part["content"], list):
            raise ValueError("content must be a list of parts")
        text = message_text(part)
        found = [word for word in RESERVED if word in text]
        if found:
            raise ValueError(f"the reserved word {found[0]!r} stands in {json.dumps(text[:80])}")


def _check_roles(roles: Sequence[object]) -> None:
    expected = [("user", "assistant")[number % 2] for number in range(len(roles))]
    if not roles or len(roles) % 2 or list(roles) != expected:
        raise ValueError("messages must alternate, from the user's first to the assistant's last")
