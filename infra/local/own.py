"""The provider `own`: this machine, which tunes real weights with what `make tuner` installs."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from shared.catalogue import Model
from shared.errors import BadInput
from shared.run import RunSettings
from shared.shows import ShowProfile

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
    """A stand-in would stand beside a real model."""


def without_stand_in_judges(show: ShowProfile, settings: RunSettings) -> ShowProfile:
    """Return the show, asking no judge where this machine tunes real models and a judge would be a stand-in."""
    tuned = {model.provider for model in settings.models}
    if NAME not in tuned or all(judge.provider == NAME for judge in settings.judges):
        return show
    return show.model_copy(update={"evaluation": show.evaluation.model_copy(update={"judges": ()})})


def bases(settings: RunSettings) -> dict[str, str]:
    """Return where each base model lies that a run tunes on this machine, by its `base_model`; empty for none.

    That is a folder, or the model's name on the hub. Raises StandInBesideOwn for a run that also tunes another
    provider's model, and TunerMissing.
    """
    if settings.dry_run or not any(model.provider == NAME for model in settings.models):
        return {}
    others = ", ".join(model.model for model in settings.models if model.provider != NAME)
    if others:
        raise StandInBesideOwn(
            f"this machine tunes a real model, and a stand-in for {others} would stand beside it; "
            "start a run of its own for each"
        )
    check_installed()
    return places(settings.models)


def places(models: Iterable[Model]) -> dict[str, str]:
    """Return where each model lies by its `base_model`: a folder, or itself as a name on the hub."""
    return {
        model.base_model: str(PACKAGED.get(model.base_model, model.base_model)) for model in models
    }


def check_installed() -> None:
    """Raise TunerMissing unless `make tuner` has been run."""
    if not (TUNER / ".installed").exists():
        raise TunerMissing("tuning a real model needs torch and 2 GB; run `make tuner` first")
