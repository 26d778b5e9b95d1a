"""What a run's jury came to: the scores it gave, a line a judge, and the verdict."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from shared import money
from shared.dataset import Arm
from shared.dataset.comparisons import FEWEST_ITEMS
from shared.evaluation import jury, verdicts
from shared.evaluation.jury import JudgeResult, JuryScore, Qualification
from shared.evaluation.measures import Number, Place
from shared.report.record import RunRecord
from shared.report.spending import untold
from shared.report.text import counted, dollars, listed


class JudgeLine(TypedDict):
    """One judge: whether it qualified, by which share of pairs, why it ended early, and its price."""

    judge: str
    family: str
    kin: list[str]
    qualified: bool
    accuracy: float | None
    accuracy_low: float
    accuracy_high: float
    pairs: int
    votes: int
    unusable: int
    stopped: str | None
    cost_usd: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Jury:
    """The judges of a run, in its order, and the scores of the judges and of the arms by those that qualified."""

    judges: Sequence[JudgeLine]
    scores: Sequence[JuryScore]


def judged(record: RunRecord) -> Jury:
    """Return what the run's votes came to."""
    rule = jury.best_rule(jury.contests(record.evaluation, _prompted(record)))
    results = jury.by_judge(jury.judgements(record.judgements), rule)
    return Jury(
        [
            _line(
                record,
                results.get(judge.model) or jury.judge_result(judge.model, (), rule),
                judge.family,
            )
            for judge in record.settings.judges
        ],
        list(_scores(results, record.settings.show.evaluation.seed)),
    )


def _prompted(record: RunRecord) -> dict[str, list[str]]:
    """The prompted models' replies by item."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in record.generations:
        if row["arm"] == Arm.PROMPTED and row["pair_id"]:
            found[row["pair_id"]].append(row["answer"])
    return found


def verdict(
    record: RunRecord, judges: Sequence[JudgeLine], found: Mapping[Place, Number]
) -> verdicts.Verdict:
    """Return what the run came to, its flaws first; of a dry run what its jury could see.

    Empty where no model was tuned and answered, or nothing is to be judged.
    """
    if record.settings.dry_run:
        judged = record.evaluation.held_out[: record.evaluation.judged]
        episodes = {item.episode_id for item in judged}
        return verdicts.Verdict("", verdicts.power(len(judged), len(episodes)), "", "")
    tuned = {row["model"] for row in record.generations if row["arm"] == Arm.TUNED}
    selected = {row["model"]: row["selected_pairs"] for row in record.plans}
    trained = {row["model"]: row["settled_usd"] for row in record.jobs}
    cases = [
        verdicts.Case(
            model=model.model,
            name=record.settings.shown(model.model),
            host=record.settings.show.host.name,
            judges=_who_judged(judges),
            silence=silence(record, judges),
            pairs=selected.get(model.model, 0),
            training=trained.get(model.model, money.ZERO),
        )
        for model in record.settings.models
        if model.model in tuned
    ]
    cost = "would have cost" if record.settings.stand_in else "cost"
    price = f"the run {cost} {dollars(record.closing.settled)}{untold(record.closing.entries)}{_cut(record, judges)}"
    return verdicts.verdict(cases, found, price)


def silence(record: RunRecord, judges: Sequence[JudgeLine]) -> str:
    """Return why no vote counts."""
    held_out = len(record.evaluation.held_out)
    if record.settings.show.evaluation.judges == ():
        return "the show's `evaluation.judges` is empty, so that nobody is asked"
    if not judges:
        return "no model is named or known that can judge at this provider; name some under `evaluation.judges`"
    if held_out < FEWEST_ITEMS:
        return f"{counted(held_out, 'held-out reply')} cannot tell a judge from a coin"
    if not record.evaluation.judged:
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
    known = (
        "from other people and the prompted models, and better than a rule that knows nothing of it"
    )
    return f"no judge tells the host {known} ({rates})"


def _rate(line: JudgeLine) -> str:
    if line["accuracy"] is None:
        return "in no pair that could show it"
    share, least = (f"{100 * one:.0f}%" for one in (line["accuracy"], line["accuracy_low"]))
    return f"in {share} of {counted(line['pairs'], 'pair')}, at least {least}"


def _scores(results: Mapping[str, JudgeResult], seed: int) -> Iterator[JuryScore]:
    for result in results.values():
        yield from jury.judge_scores(result)
    able = (result for result in results.values() if result.qualification.passed)
    yield from jury.jury_scores([pair for result in able for pair in result.pairs], seed)


def _line(record: RunRecord, result: JudgeResult, family: str) -> JudgeLine:
    asked, stopped = len(result.judgements), _stopped(record, result)
    qualification, found = result.qualification, result.qualification.tried
    return {
        "judge": result.judge,
        "family": family,
        "kin": [one.model for one in record.settings.models if family and one.family == family],
        "qualified": qualification.passed,
        "accuracy": found.accuracy,
        "accuracy_low": found.low,
        "accuracy_high": found.high,
        "pairs": found.n,
        "votes": asked - result.unusable,
        "unusable": result.unusable,
        "stopped": stopped,
        "cost_usd": money.format_usd(result.cost),
        "sentence": _sentence(record.settings.shown(result.judge), result, stopped),
    }


def _stopped(record: RunRecord, result: JudgeResult) -> str | None:
    """Why a judge ended early, where it did."""
    for status in record.judges:
        if status["judge"] == result.judge:
            return status["stopped"]
    return "it was interrupted" if result.judgements else "it was not asked"


def _sentence(name: str, result: JudgeResult, stopped: str | None) -> str:
    """A judge in words."""
    qualification, asked = result.qualification, len(result.judgements)
    found = qualification.tried
    if not asked:
        return f"{name} gave no vote ({stopped or 'nothing was there to judge'})"
    if result.unusable == asked:
        return f"none of {name}’s {counted(asked, 'reply')} was a vote"
    if found.accuracy is None:
        return (
            f"{name} gave no pair of host and another person in both orders that could qualify it"
        )
    certain = qualification.person.is_certain and found.is_certain
    others = (
        "another person" if found is qualification.person else "other people and prompted models"
    )
    told = (
        f"{name} {'tells' if certain else 'does not tell'} the host from {others} for certain: right in "
        f"{100 * found.accuracy:.0f}% of {counted(found.n, 'pair')}, at least {100 * found.low:.0f}%"
        f"{_beside_the_rule(qualification)}"
    )
    return f"{told}; it ended early ({stopped})" if stopped else told


def _beside_the_rule(found: Qualification) -> str:
    """What the best rule that knows nothing of the host gets on the same replies."""
    if found.rule is None:
        return ""
    told = f"“{found.rule.name}” is right in {100 * found.rule.accuracy:.0f}%"
    beaten = (found.tried.accuracy or 0.0) > found.rule.accuracy
    return f"; {told}" if beaten else f"; but {told}, so that it has no vote"


def _who_judged(judges: Sequence[JudgeLine]) -> str:
    able = [line for line in judges if line["qualified"]]
    if len(able) < len(judges):
        return f"{len(able)} of {counted(len(judges), 'judge')} (no other knows the host)"
    families = {line["family"] or line["judge"] for line in able}
    kinds = "of one family" if len(families) == 1 else f"of {len(families)} families"
    return f"{counted(len(able), 'judge')} {kinds}" if len(able) > 1 else "one judge"


def _cut(record: RunRecord, judges: Sequence[JudgeLine]) -> str:
    """That the jury was cut, where it was."""
    held_out, judged = len(record.evaluation.held_out), record.evaluation.judged
    if not judges or not judged:
        return ""
    parts = []
    if judged < held_out:
        parts.append(f"its ceiling holds a jury on {judged} of {held_out} held-out replies")
    ended = [line["judge"] for line in judges if line["stopped"]]
    if ended:
        parts.append(f"{listed(ended)} ended early")
    return f"; {'; '.join(parts)}" if parts else ""
