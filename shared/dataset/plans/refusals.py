"""What ends a run after its plan is written: nothing to train on, too little read, or nothing that fits the ceiling."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from shared import money
from shared.dataset.plans.costs import EvaluationCost, ModelPlan
from shared.dataset.plans.model_plans import least_useful
from shared.dataset.selection import Candidate
from shared.errors import SpendCeilingReached, TooFewPairs, TooLittleRead
from shared.run import RunSettings


def refuse_nothing_usable(
    settings: RunSettings, n_read: int, candidates: Sequence[Candidate]
) -> None:
    """Raise TooFewPairs without a single usable pair, of a dry run too: it planned nothing."""
    if not n_read:
        raise TooFewPairs(
            f"no episode of show {settings.show.name} was read from {settings.show.source:.120}; see that "
            "there are transcripts with named speakers, and econchatr inspect on one of them"
        )
    if not candidates:
        raise TooFewPairs(
            f"show {settings.show.name} has no usable training pair in {n_read} episodes that were read; "
            "what was noticed, worst first, stands in the report and in the query what_was_noticed"
        )


def refuse_the_unread(settings: RunSettings, outcomes: Counter[str]) -> None:
    """Raise TooLittleRead where more episodes are unread than the show tolerates; a dry run may."""
    total, show = outcomes.total(), settings.show
    unread = total - outcomes["parsed"]
    if settings.dry_run or unread <= show.max_unread_share * total:
        return
    enough = math.ceil(100 * unread / total) / 100
    raise TooLittleRead(
        f"only {outcomes['parsed']} of {total} episodes of show {show.name} could be read "
        f"({outcomes['refused']} refused, {outcomes['failed']} failed) and it tolerates a share of "
        f"{show.max_unread_share} unread; nothing was bought; see the query episodes_that_failed for the "
        f"reasons, or write `max_unread_share: {enough}` in the profile to train on what there is"
    )


def refuse_the_unaffordable(
    settings: RunSettings,
    plans: Sequence[ModelPlan],
    candidates: Sequence[Candidate],
    evaluations: Mapping[str, EvaluationCost],
) -> None:
    """Raise TooFewPairs or SpendCeilingReached where no model's plan fits; a dry run may."""
    if settings.dry_run or any(row.fits for row in plans):
        return
    smallest = min(model.limits.min_examples for model in settings.models)
    training = settings.show.training
    if len(candidates) < smallest:
        raise TooFewPairs(
            f"show {settings.show.name} has {len(candidates)} usable training pairs and a provider wants at "
            f"least {smallest}; discover more episodes, or lower `training: {{min_prompt_tokens: "
            f"{training.min_prompt_tokens}, min_completion_tokens: {training.min_completion_tokens}}}` in the "
            "profile; `econchatr pairs` shows what each keeps out"
        )
    cheapest = min(
        money.add(least_useful(settings, model, candidates), evaluations[model.model].most)
        for model in settings.models
    )
    most, n_models = settings.max_cost_per_model_usd, len(settings.models)
    raise SpendCeilingReached(
        f"the smallest useful training with its evaluation would cost up to {money.format_usd(cheapest)} USD "
        f"against a ceiling of {money.format_usd(settings.ceiling_usd)} USD"
        + (f", shared by {n_models} models" if n_models > 1 else "")
        + (f" and at most {money.format_usd(most)} USD a model" if most is not None else "")
        + "; nothing was bought; raise the limit, or choose fewer or cheaper models"
    )
