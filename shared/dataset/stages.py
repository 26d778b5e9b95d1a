"""The stage that turns turns into training files: pairs, statistics, selection to budget, JSONL and the plan."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from shared import money
from shared.dataset import boilerplate, episodes, pair_files, plans
from shared.dataset.candidates import NARROW, Candidates, candidates_of
from shared.dataset.episodes import Episodes
from shared.dataset.eval_set import build_eval_set
from shared.dataset.pair_files import PairFiles
from shared.dataset.plans import costs
from shared.dataset.plans.costs import EvaluationCost, ModelPlan
from shared.dataset.speech import gathering
from shared.errors import TooManyFailures
from shared.lake import keys
from shared.lake.tables import Lake
from shared.run import RunSettings


def build(lake: Lake, settings: RunSettings) -> list[ModelPlan]:
    """Write pairs, statistics, selections, training files and plans; return one plan per model.

    Raises TooManyFailures before anything is written, of a dry run too; else TooFewPairs, or
    SpendCeilingReached when no model fits the ceiling, both after the plan is written; and
    PairsReplaced, after which another try may do.
    """
    known = episodes.read(lake, settings.show.name)
    published, outcomes = _parsed_episodes(known, settings)
    corpus = pair_files.refresh(lake, settings.show, known)
    candidates = candidates_of(corpus.rows(NARROW, published), settings.show.training)
    _write_statistics(lake, settings, candidates)
    evaluations = _plan_evaluation(lake, settings, corpus, candidates)
    if not settings.dry_run:
        said = gathering.speech(lake, settings, corpus, published)
        lake.write_json(keys.speech(settings.run_id), said.document())
    budgets = _budgets(settings, candidates, evaluations)
    planning = plans.Planning(settings, corpus, candidates, evaluations, budgets)
    planned = plans.plan_models(planning)
    _write_run_rows(lake, settings, "plans", (row.row() for row in planned))
    lake.write_json(keys.plan(settings.run_id), [row.row() for row in planned])
    plans.refuse_nothing_usable(settings, len(published), candidates.training)
    plans.refuse_the_unread(settings, outcomes)
    plans.refuse_the_unaffordable(settings, planned, candidates.training, evaluations)
    return planned


def _parsed_episodes(known: Episodes, settings: RunSettings) -> tuple[set[str], Counter[str]]:
    """Return the ids of the episodes that were read, and how many there are by status."""
    rows = [
        row
        for row in known.rows()
        if settings.since is None or row["published"].date() >= settings.since
    ]
    outcomes = Counter(row["status"] for row in rows)
    if rows and outcomes["failed"] > settings.show.max_failed_share * len(rows):
        raise TooManyFailures(
            f"{outcomes['failed']} of {len(rows)} episodes failed, more than the share of "
            f"{settings.show.max_failed_share} that show {settings.show.name} tolerates; "
            "see the query episodes_that_failed for the reasons"
        )
    return {row["episode_id"] for row in rows if row["status"] == "parsed"}, outcomes


def _write_statistics(lake: Lake, settings: RunSettings, candidates: Candidates) -> None:
    """Write the rows of `token_stats`, and for the report how much is usable and which patterns match nothing."""
    everything, usable = candidates.everything, candidates.usable
    rows = [*everything.rows("all pairs"), *usable.rows("usable for training")]
    _write_run_rows(lake, settings, "token_stats", rows)
    in_vain = _matching_nothing(lake, settings, candidates) if everything.n else []
    size = {"pairs": usable.n, "tokens": usable.n_tokens, "in_vain": in_vain}
    lake.write_json(keys.dataset(settings.run_id), size)


def _matching_nothing(lake: Lake, settings: RunSettings, candidates: Candidates) -> list[str]:
    """Return the profile's patterns that match no pair, or no turn, as they stand in the profile."""
    must_have = [
        f"`must_have: {pattern}`"
        for at, pattern in enumerate(settings.show.training.must_have)
        if at not in candidates.must_have_found
    ]
    turns = (row["text"] for row in lake.show_rows("turns", settings.show.name, ("text",)))
    never = [f"`never: {pattern}`" for pattern in boilerplate.never_said(settings.show, turns)]
    return [*must_have, *never]


def _plan_evaluation(
    lake: Lake, settings: RunSettings, corpus: PairFiles, candidates: Candidates
) -> dict[str, EvaluationCost]:
    """Write what the arms are asked and shown; return what that costs, by model."""
    chosen = build_eval_set(lake, settings, corpus, candidates.training, candidates.held_out)
    answers = {
        model.model: costs.evaluation_cost(model, settings.show, chosen)
        for model in settings.models
    }
    asked, judging = costs.with_jury(chosen, settings, answers)
    lake.write_json(keys.evaluation_set(settings.run_id), asked.document())
    mean_completion = _mean_completion(candidates)
    return {
        model.model: EvaluationCost(
            expected=costs.expected_cost(model, settings, asked, mean_completion),
            most=money.add(answers[model.model], judging[model.model]),
            judging=judging[model.model],
        )
        for model in settings.models
    }


def _mean_completion(candidates: Candidates) -> Fraction:
    """Tokens of the host's usable answers, on average."""
    total = sum(candidate.completion_tokens for candidate in candidates.training)
    return Fraction(total, len(candidates.training) or 1)


def _budgets(
    settings: RunSettings, candidates: Candidates, evaluations: Mapping[str, EvaluationCost]
) -> dict[str, Decimal]:
    """Return the dollars that each model's training may cost."""
    useful = {
        model.model: plans.most_useful(settings, model, candidates.training)
        for model in settings.models
    }
    most = {name: cost.most for name, cost in evaluations.items()}
    return costs.budgets(most, useful, settings.ceiling_usd, settings.max_cost_per_model_usd)


def _write_run_rows(
    lake: Lake, settings: RunSettings, table: str, rows: Iterable[Mapping[str, object]]
) -> None:
    own = {"run_id": settings.run_id, "show": settings.show.name}
    lake.write_rows(
        table, keys.table_file(table, settings.run_id), [{**own, **row} for row in rows]
    )
