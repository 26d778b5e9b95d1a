"""Which plots a run has: each only where there is something to see in it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from shared.evaluation.measures import Number, Place
from shared.report import text
from shared.report.arms import ARMS, ModelArm, arm_name
from shared.report.page import plots
from shared.report.page.measures import MEASURES, by_arm
from shared.report.page.plots import Dot, Line, Plot
from shared.report.record import RunRecord
from shared.report.results.years import Year
from shared.run import RunSettings

SHARES = {
    "style": "By character n-grams, between another person (0%) and the host (100%)",
    "function_words": "By function words, between another person (0%) and the host (100%)",
    "quote_exact": "Of the quotes asked for, completed word for word",
    "facts_right": "Of the people named as guests, guests of the year asked for",
    "jury_wins_over_base": "Held-out pairs in which the judges prefer an arm to the untuned model; even is 50%",
    "leaked": "Answers that repeat 13 or more words of the training text; lower is better",
}


class Step(NamedTuple):
    """A step of a training with its losses, where they were told."""

    model: str
    step: int
    training: float | None
    validation: float | None


def score_plots(
    settings: RunSettings, arms: Sequence[ModelArm], found: Mapping[Place, Number]
) -> list[Plot]:
    """Return scores by arm with their intervals."""
    drawn = []
    for metric, measure in MEASURES.items():
        if metric not in SHARES:
            continue
        dots = [
            Dot(arm_name(settings, model, arm), _kind(arm), number.value, number.low, number.high)
            for (model, arm), number in zip(arms, by_arm(arms, found, metric), strict=True)
            if number is not None
        ]
        if len(dots) > 1:
            drawn.append(
                plots.intervals(measure.label, SHARES[metric], dots, text.percent, most=1.0)
            )
    return drawn


def loss_plots(record: RunRecord) -> list[Plot]:
    """Each job's training loss by step, with the validation loss where the provider told it."""
    steps = [
        Step(row["model"], row["step"], row["train_loss"], row["valid_loss"])
        for row in record.job_metrics
        if row["step"] is not None
    ]
    steps.sort(key=lambda step: (step.model, step.step))
    return [
        plot
        for model, own in groupby(steps, lambda step: step.model)
        for plot in _loss(record, model, list(own))
    ]


def corpus_plots(record: RunRecord, years: Sequence[Year]) -> list[Plot]:
    """Return the corpus by year of publication, and what share of it which budget buys."""
    drawn = []
    if len(years) > 1:
        drawn.append(
            plots.bars(
                "Tokens by year",
                "Tokens of the episodes read, by year of publication",
                [(str(line["year"]), line["tokens"]) for line in years],
                text.integer,
            )
        )
    if budgets := list(_budgets(record)):
        drawn.append(
            plots.lines(
                "What a budget buys",
                "Share of the usable text by dollars for training; the dot is this run’s budget",
                budgets,
                ("dollars", "share"),
                (_short_dollars, text.percent),
                lowest=0.0,
            )
        )
    return drawn


def _loss(record: RunRecord, model: str, steps: Sequence[Step]) -> Iterator[Plot]:
    series = [
        Line("training", [(one.step, one.training) for one in steps if one.training is not None]),
        Line(
            "validation",
            [(one.step, one.validation) for one in steps if one.validation is not None],
        ),
    ]
    seen = [line for line in series if len(line.points) > 1]
    if not seen:
        return
    first, last = seen[0].points[0], seen[0].points[-1]
    yield plots.lines(
        f"Loss of {model}",
        f"{first[1]:.3f} to {last[1]:.3f} after {text.counted(int(last[0]), 'step')}"
        + (
            " of one epoch"
            if record.settings.n_epochs == 1
            else f", {record.settings.n_epochs} epochs"
        ),
        seen,
        ("step", "loss"),
        (text.integer, text.ratio),
    )


def _budgets(record: RunRecord) -> Iterator[Line]:
    for plan in record.plans:
        whole, budget = float(plan["usable_usd"]), float(plan["budget_usd"])
        if whole > 0:
            at = min(budget, whole)
            points = [(0.0, 0.0), (at, float(plan["budget_share"])), (whole, 1.0)]
            yield Line(plan["model"], points, frozenset({1}))


def _short_dollars(usd: float) -> str:
    """To the cent from a dollar on, below to three figures."""
    return f"${usd:,.2f}" if usd >= 1 or not usd else text.dollars(f"{usd:.3g}")


def _kind(arm: str) -> int:
    return ARMS.index(arm) if arm in ARMS else len(ARMS)
