"""Manners that no service of ours has: each trait drawn by itself."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from infra.local.provider.behaviours import BARE, BEHAVIOURS, Behaviour, Refusal

_WAITS = (0.0, 0.1, 0.5)
_UNREADY_FILES = (
    Refusal(400, None, "File {name} is not ready"),
    Refusal(409, "file_pending", "The file {name} is pending."),
    Refusal(422, None, "training_file {name}: file has not been processed"),
)
_DRAWN: Mapping[str, tuple[Any, ...]] = {
    "file_wait": _WAITS,
    "model_wait": _WAITS,
    "file_done": ("processed", "uploaded", "ready"),
    "words": ({}, {"queued": "pending", "running": "training"}, {"validating_files": "created"}),
    "file_unready": (
        *(behaviour.file_unready for behaviour in BEHAVIOURS.values()),
        *_UNREADY_FILES,
    ),
    "model_unready": tuple(behaviour.model_unready for behaviour in BEHAVIOURS.values()),
    "echoes": tuple(behaviour.echoes for behaviour in BEHAVIOURS.values()),
}
_SWITCHES = (
    "filters_by_metadata",
    "pages",
    "keeps_file_names",
    "tells_steps",
    "tells_estimate",
    "tells_failed_tokens",
)


def drawn(seed: int) -> Behaviour:
    """A service like no other; always the same for a seed."""
    rng = Random(seed)
    traits = {trait: rng.choice(values) for trait, values in _DRAWN.items()}
    traits |= {switch: rng.random() < 0.5 for switch in _SWITCHES}
    return replace(BARE, **traits)
