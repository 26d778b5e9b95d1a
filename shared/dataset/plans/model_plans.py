"""The plan of each model: what its budget buys of the usable pairs, written as the files that would train it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.catalogue import Model, training_costs
from shared.dataset import files
from shared.dataset.candidates import Candidates
from shared.dataset.files import TrainingFile
from shared.dataset.pair_files import PairFiles
from shared.dataset.plans import costs
from shared.dataset.plans.costs import EvaluationCost, ModelPlan, Sizes
from shared.dataset.selection import Candidate
from shared.lake import keys
from shared.providers import token_counts
from shared.run import RunSettings
from shared.shows import ShowProfile

JSONL = "application/jsonl"


@dataclass(frozen=True, slots=True)
class Planning:
    """What the plans of a run are made from; `budgets` are the dollars that each model's training may cost."""

    settings: RunSettings
    corpus: PairFiles
    candidates: Candidates
    evaluations: Mapping[str, EvaluationCost]
    budgets: Mapping[str, Decimal]


def plan_models(planning: Planning) -> list[ModelPlan]:
    """Write each model's selection and files; return the plans in the order of the run's models."""
    selectable = _selectable(planning)
    return [_plan_model(planning, model, selectable) for model in planning.settings.models]


def _selectable(planning: Planning) -> Sequence[Candidate]:
    """Return the pairs that may be selected: with `same_pairs`, those that fit every model's budget and limits."""
    candidates = planning.candidates.training
    if not planning.settings.same_pairs:
        return candidates
    common = {candidate.pair_id for candidate in candidates}
    for model in planning.settings.models:
        _, training = _affordable(planning, model, candidates)
        common &= {candidate.pair_id for candidate, _ in training.chosen}
    return [candidate for candidate in candidates if candidate.pair_id in common]


def _affordable(
    planning: Planning, model: Model, candidates: Sequence[Candidate]
) -> tuple[int, TrainingFile]:
    """Return how many tokens per epoch the model's budget buys, and the training that fits them."""
    settings, budget = planning.settings, planning.budgets[model.model]
    affordable = training_costs.affordable_tokens(model, budget, settings.n_epochs)
    short = files.short_enough(model, settings.show, candidates)
    return affordable, files.training_file(planning.corpus, settings, model, short, affordable)


def _plan_model(planning: Planning, model: Model, selectable: Sequence[Candidate]) -> ModelPlan:
    settings, usable = planning.settings, planning.candidates.training
    affordable, training = _affordable(planning, model, selectable)
    short = files.short_enough(model, settings.show, usable)
    fits = len(training.chosen) >= fewest_pairs(model, settings.show, len(short))
    _write_files(planning, model, training, fits=fits)
    _write_selection(planning, model, training)
    sizes = Sizes(
        usable_pairs=len(usable),
        usable_tokens=_usable_tokens(model, settings.show, usable, training),
        budget_tokens=affordable,
        selected_pairs=len(training.chosen),
        selected_tokens=training.n_tokens,
    )
    return costs.priced(
        model,
        settings.n_epochs,
        sizes,
        planning.budgets[model.model],
        planning.evaluations[model.model],
        fits=fits,
        training_sha256=training.sha256,
    )


def _write_files(planning: Planning, model: Model, training: TrainingFile, *, fits: bool) -> None:
    """Write what trains and what validates the model; raises TrainingFileUnusable of one that would be bought."""
    settings, lake, held_out = planning.settings, planning.corpus.lake, planning.candidates.held_out
    validation = files.validation_file(planning.corpus, settings, model, held_out, training)
    if fits:
        files.check_file(settings, model, training, validation)
    lake.write(keys.training_file(settings.run_id, model.model), training.body, JSONL)
    if validation:
        lake.write(keys.validation_file(settings.run_id, model.model), validation, JSONL)


def _write_selection(planning: Planning, model: Model, training: TrainingFile) -> None:
    settings = planning.settings
    rows = [
        {
            "run_id": settings.run_id,
            "show": settings.show.name,
            "model": model.model,
            "position": position,
            "pair_id": candidate.pair_id,
            "episode_id": candidate.episode_id,
            "must_have": bool(candidate.must_have_patterns),
            "n_tokens": n_tokens,
        }
        for position, (candidate, n_tokens) in enumerate(training.chosen)
    ]
    name = keys.table_file("selections", f"{settings.run_id}.{model.model}")
    planning.corpus.lake.write_rows("selections", name, rows)


def _usable_tokens(
    model: Model, show: ShowProfile, candidates: Sequence[Candidate], training: TrainingFile
) -> int:
    """Tokens billed for one epoch over everything: as counted where chosen, else about so many."""
    counted = {candidate.pair_id: n_tokens for candidate, n_tokens in training.chosen}
    overhead = token_counts.example_overhead(show.prompt_suffix, model)
    return sum(
        counted.get(candidate.pair_id, candidate.n_tokens + overhead * candidate.exchanges)
        for candidate in candidates
    )


def fewest_pairs(model: Model, show: ShowProfile, usable: int) -> int:
    """Return the fewest pairs worth paying for: the show's minimum or all, but never below the provider's minimum."""
    return max(model.limits.min_examples, min(show.training.min_pairs, usable))


def most_useful(settings: RunSettings, model: Model, candidates: Sequence[Candidate]) -> Decimal:
    """Return the dollars to reserve for training on everything, with 5 % more because tokens are approximated here."""
    tokens = _narrow_tokens(settings, model, files.short_enough(model, settings.show, candidates))
    return _reserved(settings, model, tokens + tokens // 20)


def least_useful(settings: RunSettings, model: Model, candidates: Sequence[Candidate]) -> Decimal:
    """Return the dollars to reserve for training on the fewest pairs worth paying for."""
    short = files.short_enough(model, settings.show, candidates)
    fewest = fewest_pairs(model, settings.show, len(short))
    return _reserved(settings, model, _narrow_tokens(settings, model, short[:fewest]))


def _narrow_tokens(settings: RunSettings, model: Model, candidates: Sequence[Candidate]) -> int:
    """Return roughly how many tokens are billed for one epoch over the candidates."""
    overhead = token_counts.example_overhead(settings.show.prompt_suffix, model)
    return sum(one.n_tokens + overhead * one.exchanges for one in candidates)


def _reserved(settings: RunSettings, model: Model, tokens_per_epoch: int) -> Decimal:
    return training_costs.reserved(model, tokens_per_epoch * settings.n_epochs)
