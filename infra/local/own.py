"""The provider `own`: this machine, which tunes real weights with what `make tuner` installs."""

from collections.abc import Mapping
from pathlib import Path

from shared.errors import BadInput
from shared.run import RunSettings

NAME = "own"
TUNER = Path(__file__).resolve().parents[2] / ".tools" / "tuner"
PACKAGED: Mapping[str, Path] = {
    "HuggingFaceTB/SmolLM2-135M-Instruct": TUNER / "smollm2-135m",
}
"""Where the models lie that `make tuner` brings, by their `base_model`."""
EPOCHS = 2  # unless told otherwise: a machine without a GPU takes minutes for each


class TunerMissing(BadInput):
    """What tuning a real model needs is not installed."""


class StandInBesideOwn(BadInput):
    """Real answers would stand beside a stand-in's, or be judged by one."""


def bases(settings: RunSettings) -> dict[str, str]:
    """Return where each base model lies that a run tunes on this machine, by its `base_model`; empty for none.

    That is a folder, or the model's name on the hub. Raises StandInBesideOwn for a run that also asks another
    provider, and TunerMissing.
    """
    asked = {one.provider for one in (*settings.models, *settings.judges)}
    if NAME not in asked:
        return {}
    if asked != {NAME}:
        others = ", ".join(
            one.model for one in (*settings.models, *settings.judges) if one.provider != NAME
        )
        raise StandInBesideOwn(
            f"this machine tunes a real model, and {others} would be a stand-in beside it, or judge it; leave "
            "it out (`evaluation: {judges: []}` in the profile asks no judge)"
        )
    if not settings.dry_run and not (TUNER / ".installed").exists():
        raise TunerMissing("tuning a real model needs torch and 2 GB; run `make tuner` first")
    names = [model.base_model for model in settings.models]
    return {name: str(PACKAGED.get(name, name)) for name in names}
