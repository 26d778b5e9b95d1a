"""Which plots a run has: each only where there is something to see in it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from shared.report import text
from shared.report.page import plots, view
from shared.report.page.plots import Dot, Line, Plot
from shared.report.page.years import corpus_by_year
from shared.report.record import Row, RunRecord

SHARES = {
    "style": "By character n-grams, between another person (0%) and the host (100%)",
    "function_words": "By function words, between another person (0%) and the host (100%)",
    "quote_exact": "Of the quotes asked for, completed word for word",
    "facts_right": "Of the people named as guests, guests of the year asked for",
    "jury_wins_over_base": "Held-out pairs in which the judges prefer an arm to the untuned model; even is 50%",
    "leaked": "Answers that repeat 13 or more words of the training text; lower is better",
}


def score_plots(record: RunRecord, scored: Sequence[Row]) -> list[Plot]:
    """Scores by arm with their intervals."""
    columns = view.arms(record)
    drawn = []
    for metric, measure in view.MEASURES.items():
        if metric not in SHARES:
            continue
        found = view.by_arm(record, scored, metric)
        dots = [
            Dot(arm_name(record, model, arm), _kind(arm), row["value"], row["low"], row["high"])
            for (model, arm), row in zip(columns, found, strict=True)
            if row is not None
        ]
        if len(dots) > 1:
            drawn.append(
                plots.intervals(measure.label, SHARES[metric], dots, text.percent, most=1.0)
            )
    return drawn


def loss_plots(record: RunRecord) -> list[Plot]:
    """Each job's training loss by step, with the validation loss where the provider told it."""
    steps_of = (row for row in record.job_metrics if row["step"] is not None)
    rows = sorted(steps_of, key=lambda row: (row["model"], row["step"]))
    return [
        plot
        for model, steps in groupby(rows, lambda row: row["model"])
        for plot in _loss(record, model, list(steps))
    ]


def corpus_plots(record: RunRecord) -> list[Plot]:
    """The corpus by year of publication, and what share of it which budget buys."""
    drawn = []
    years = corpus_by_year(record)
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


def arm_name(record: RunRecord, model: str | None, arm: str) -> str:
    """An arm as it is called beside others: with its model, where there are several."""
    name = view.ARM_NAMES.get(arm, arm)
    return name if model is None or len(record.settings.models) == 1 else f"{model}, {name}"


def _loss(record: RunRecord, model: str, steps: Sequence[Row]) -> Iterator[Plot]:
    series = [
        Line(name, [(row["step"], row[column]) for row in steps if row[column] is not None])
        for name, column in (("training", "train_loss"), ("validation", "valid_loss"))
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
    return view.ARMS.index(arm) if arm in view.ARMS else len(view.ARMS)
