"""The arms that answered in a run, in the order of the page's columns."""

from collections.abc import Iterable

from shared.dataset import Arm
from shared.lake.rows import GenerationRow
from shared.run import RunSettings

ModelArm = tuple[str | None, str]
"""A model and its arm; people have no model."""
ARM_NAMES: dict[str, str] = {
    Arm.BASE: "untuned",
    Arm.PROMPTED: "prompted",
    Arm.TUNED: "tuned",
    Arm.HOST: "host",
    Arm.IMPOSTOR: "another person",
}
"""How an arm is called where a person reads of it."""
ARMS = tuple(ARM_NAMES)


def arms(settings: RunSettings, generations: Iterable[GenerationRow]) -> list[ModelArm]:
    """Return the arms that answered, by model in the run's order; people last."""
    found = dict.fromkeys((row["model"], row["arm"]) for row in generations)
    return sorted(found, key=lambda one: model_then_arm(settings, *one))


def model_then_arm(settings: RunSettings, model: str | None, arm: str) -> tuple[int, int, str]:
    """Return where an arm stands among others, as a key to sort by."""
    order = [model.model for model in settings.models]
    position = ARMS.index(arm) if arm in ARMS else len(ARMS)
    return order.index(model) if model in order else len(order), position, arm


def arm_name(settings: RunSettings, model: str | None, arm: str) -> str:
    """Return how an arm is called beside others: with its model, where there are several."""
    name = ARM_NAMES.get(arm, arm)
    return name if model is None or len(settings.models) == 1 else f"{model}, {name}"
