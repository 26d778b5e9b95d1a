"""What a run's jury came to: rows of `metrics`, a line a judge, and the verdict."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared import money
from shared.dataset.comparisons import FEWEST_ITEMS
from shared.evaluation import jury, measures, verdicts
from shared.lake.rows import MetricRow
from shared.report.record import RunRecord, metric_row, untold
from shared.report.text import counted, dollars, listed


def rows(record: RunRecord) -> list[MetricRow]:
    """Scores of the judges, and of the arms by those judges that qualified."""
    return [
        metric_row(record.settings, one.score.row(one.arm, one.model), one.cost)
        for one in _scores(record)
    ]


def lines(record: RunRecord) -> list[dict[str, Any]]:
    """Each judge: whether it qualified, by which share of pairs, why it ended early, and its price."""
    return [_line(record, judge.model, judge.family) for judge in record.settings.judges]


def verdict(record: RunRecord, scored: Sequence[MetricRow]) -> verdicts.Verdict:
    """The run in a sentence or two; empty where no model was tuned and answered."""
    tuned = {row["model"] for row in record.generations if row["arm"] == "tuned"}
    judges = lines(record)
    selected = {row["model"]: row["selected_pairs"] for row in record.plans}
    cases = [
        verdicts.Case(
            model=model.model,
            name=record.settings.shown(model.model),
            host=record.settings.show.host.name,
            judges=_who_judged(judges),
            silence=silence(record, judges),
            pairs=selected.get(model.model, 0),
        )
        for model in record.settings.models
        if model.model in tuned
    ]
    settled = record.totals.settled if record.totals else money.ZERO
    cost = "would have cost" if record.settings.stand_in else "cost"
    return verdicts.verdict(
        cases,
        measures.numbers(scored),
        f"the run {cost} {dollars(settled)}{untold(record)}{_cut(record, judges)}",
    )


def silence(record: RunRecord, judges: Sequence[Mapping[str, Any]]) -> str:
    """Why no vote counts; `judges` are the run's `lines`."""
    shown = record.evaluation or {}
    held_out = len(shown.get("held_out", ()))
    if record.settings.show.evaluation.judges == ():
        return "the show's `evaluation.judges` is empty, so that nobody is asked"
    if not judges:
        return "no model is named or known that can judge at this provider; name some under `evaluation.judges`"
    if held_out < FEWEST_ITEMS:
        return f"{counted(held_out, 'held-out reply')} cannot tell a judge from a coin"
    if not shown.get("judged"):
        return "the ceiling leaves too little for a jury"
    able = [line for line in judges if line["qualified"]]
    if able:
        return "; ".join(
            f"{line['judge']} ended before it came to the models ({line['stopped']})"
            for line in able
        )
    if not all(line["votes"] for line in judges):
        return "; ".join(line["sentence"] for line in judges)
    rates = "; ".join(f"{line['judge']} {_rate(line)}" for line in judges)
    return f"no judge tells the host from another person for certain ({rates})"


def _rate(line: Mapping[str, Any]) -> str:
    if line["accuracy"] is None:
        return "in no pair that could show it"
    share, least = (f"{100 * line[name]:.0f}%" for name in ("accuracy", "accuracy_low"))
    return f"in {share} of {counted(line['pairs'], 'pair')}, at least {least}"


def _scores(record: RunRecord) -> Iterator[jury.JuryScore]:
    counted_pairs: list[jury.PairResult] = []
    for result in jury.by_judge(jury.judgements(record.judgements)).values():
        yield from jury.judge_scores(result)
        if result.qualification.passed:
            counted_pairs += result.pairs
    yield from jury.jury_scores(counted_pairs, record.settings.show.evaluation.seed)


def _line(record: RunRecord, judge: str, family: str) -> dict[str, Any]:
    own = [row for row in record.judgements if row["judge"] == judge]
    found = jury.judge_result(judge, jury.judgements(own)).qualification
    became: Mapping[str, Any] = next((one for one in record.jurors if one["judge"] == judge), {})
    unusable = Counter(row["vote"] is None for row in own)[True]
    cost = money.add(*(row["cost_usd"] or money.ZERO for row in own))
    told = "it was interrupted" if own else "it was not asked"
    stopped = became.get("stopped") if became else told
    return {
        "judge": judge,
        "family": family,
        "kin": [one.model for one in record.settings.models if family and one.family == family],
        "qualified": found.passed,
        "accuracy": found.accuracy,
        "accuracy_low": found.low,
        "accuracy_high": found.high,
        "pairs": found.n,
        "votes": len(own) - unusable,
        "unusable": unusable,
        "stopped": stopped,
        "cost_usd": money.format_usd(cost),
        "sentence": _sentence(record.settings.shown(judge), found, len(own), unusable, stopped),
    }


def _sentence(
    name: str, found: jury.Qualification, asked: int, unusable: int, stopped: str | None
) -> str:
    """A judge in words."""
    if not asked:
        return f"{name} gave no vote ({stopped or 'nothing was there to judge'})"
    if unusable == asked:
        return f"none of {name}’s {counted(asked, 'reply')} was a vote"
    if found.accuracy is None:
        return (
            f"{name} gave no pair of host and another person in both orders that could qualify it"
        )
    did = "tells" if found.passed else "does not tell"
    told = (
        f"{name} {did} the host from another person for certain: right in {100 * found.accuracy:.0f}% of "
        f"{counted(found.n, 'pair')}, at least {100 * found.low:.0f}%"
    )
    return f"{told}; it ended early ({stopped})" if stopped else told


def _who_judged(judges: Sequence[Mapping[str, Any]]) -> str:
    able = [line for line in judges if line["qualified"]]
    families = {line["family"] or line["judge"] for line in able}
    kinds = "of one family" if len(families) == 1 else f"of {len(families)} families"
    return f"{counted(len(able), 'judge')} {kinds}" if len(able) > 1 else "one judge"


def _cut(record: RunRecord, judges: Sequence[Mapping[str, Any]]) -> str:
    """That the jury was cut, where it was."""
    shown = record.evaluation or {}
    held_out, judged = len(shown.get("held_out", ())), shown.get("judged", 0)
    if not judges or not judged:
        return ""
    parts = []
    if judged < held_out:
        parts.append(f"its ceiling holds a jury on {judged} of {held_out} held-out replies")
    ended = [line["judge"] for line in judges if line["stopped"]]
    if ended:
        parts.append(f"{listed(ended)} ended early")
    return f"; {'; '.join(parts)}" if parts else ""
