"""The plan of a run: what each model's budget buys, and what ends a run that has nothing to buy."""

from shared.dataset.plans.model_plans import Planning, most_useful, plan_models
from shared.dataset.plans.refusals import (
    refuse_nothing_usable,
    refuse_the_unaffordable,
    refuse_the_unread,
)

__all__ = [
    "Planning",
    "most_useful",
    "plan_models",
    "refuse_nothing_usable",
    "refuse_the_unaffordable",
    "refuse_the_unread",
]
