"""The stage that turns turns into training files: pairs, statistics, selection to budget, JSONL and the plan."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from sys import intern
from typing import Any

from shared import money
from shared.catalogue import Model
from shared.dataset import boilerplate, episodes, examining, files, pair_files, plan, selection
from shared.dataset.episodes import Episodes
from shared.dataset.evaluation_set import EvaluationSet
from shared.dataset.pair_files import PairFiles
from shared.dataset.plan import ModelPlan
from shared.dataset.selection import Candidate
from shared.dataset.speech import gathering
from shared.dataset.statistics import MEASURES, Tally
from shared.errors import SpendCeilingReached, TooFewPairs, TooLittleRead, TooManyFailures
from shared.lake import keys
from shared.lake.tables import Lake
from shared.providers import examples
from shared.run import RunSettings
from shared.shows import ShowProfile

JSONL = "application/jsonl"
NARROW = ("pair_id", "episode_id", "turn", "split", "must_have_patterns", *MEASURES)


def build(lake: Lake, settings: RunSettings) -> list[ModelPlan]:
    """Write pairs, statistics, selections, training files and plans; return one plan per model.

    Raises TooManyFailures before anything is written, of a dry run too; else TooFewPairs, or
    SpendCeilingReached when no model fits the ceiling, both after the plan is written; and
    PairsReplaced, after which another try may do.
    """
    known = episodes.read(lake, settings.show.name)
    published, outcomes = _parsed_episodes(known, settings)
    corpus = pair_files.refresh(lake, settings.show, known)
    candidates, held_out = _candidates(lake, settings, corpus.rows(NARROW, published))
    asked = examining.evaluation_set(lake, settings, corpus, candidates, held_out)
    answers = {
        model.model: plan.evaluation_cost(model, settings.show, asked) for model in settings.models
    }
    asked, judging = plan.with_jury(asked, settings, answers)
    lake.write_json(keys.evaluation_set(settings.run_id), asked.document())
    if not settings.dry_run:
        said = gathering.speech(lake, settings, corpus, published)
        lake.write_json(keys.speech(settings.run_id), said.document())
    evaluations = {name: money.add(cost, judging[name]) for name, cost in answers.items()}
    useful = {model.model: _most_useful(settings, model, candidates) for model in settings.models}
    budgets = plan.budgets(
        evaluations, useful, settings.ceiling_usd, settings.max_cost_per_model_usd
    )
    selectable = _shared_by_all(corpus, settings, candidates, budgets)
    plans = [
        _plan_model(
            *(lake, settings, model, corpus, candidates, selectable, held_out, asked),
            budgets[model.model],
            judging[model.model],
        )
        for model in settings.models
    ]
    _write_run_rows(lake, settings, "plans", (row.row() for row in plans))
    lake.write_json(keys.plan(settings.run_id), [row.row() for row in plans])
    _refuse_nothing_usable(settings, len(published), candidates)
    _refuse_the_unread(settings, outcomes)
    _refuse_the_unaffordable(settings, plans, candidates, evaluations)
    return plans


def _parsed_episodes(known: Episodes, settings: RunSettings) -> tuple[set[str], Counter[str]]:
    """The ids of the episodes that were read, and how many there are by status."""
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


def _candidates(
    lake: Lake, settings: RunSettings, rows: Iterable[Mapping[str, Any]]
) -> tuple[list[Candidate], list[Candidate]]:
    """Usable pairs in narrow columns, those that may train in their order and those that are held out.

    Writes the statistics of what it saw on the way.
    """
    everything, usable, chosen, held_out = Tally(), Tally(), [], []
    found: set[int] = set()
    precedents = files.Precedents(settings.show.training.context_tokens)
    for row in rows:
        context = precedents.before(row)
        candidate = Candidate(
            pair_id=row["pair_id"],
            episode_id=intern(row["episode_id"]),  # one string for all pairs of an episode
            prompt_tokens=row["prompt_tokens"],
            completion_tokens=row["completion_tokens"],
            n_chars=sum(one["prompt_chars"] + one["completion_chars"] for one in (*context, row)),
            must_have_patterns=tuple(row["must_have_patterns"]),
            context_tokens=sum(map(files.n_tokens, context)),
            exchanges=1 + len(context),
        )
        everything.add(row)
        found.update(candidate.must_have_patterns)
        if not selection.usable(candidate, settings.show.training):
            continue
        if row["split"] == "train":
            usable.add(row)
            chosen.append(candidate)
        else:
            held_out.append(candidate)
    statistics = [*everything.rows("all pairs"), *usable.rows("usable for training")]
    _write_run_rows(lake, settings, "token_stats", statistics)
    patterns = settings.show.training.must_have
    unsaid = boilerplate.never_said(settings.show, _said(lake, settings)) if everything.n else ()
    in_vain = [
        *(
            f"`must_have: {one}`"
            for at, one in enumerate(patterns)
            if everything.n and at not in found
        ),
        *(f"`never: {pattern}`" for pattern in unsaid),
    ]
    lake.write_json(
        keys.dataset(settings.run_id),
        {"pairs": usable.n, "tokens": usable.n_tokens, "in_vain": in_vain},
    )
    training = selection.ordered(
        {candidate.pair_id: candidate for candidate in chosen}.values(), settings.show.training
    )
    return training, held_out


def _said(lake: Lake, settings: RunSettings) -> Iterator[str]:
    for row in lake.show_rows("turns", settings.show.name, ("text",)):
        yield row["text"]


def _most_useful(settings: RunSettings, model: Model, candidates: Sequence[Candidate]) -> Decimal:
    """What training on everything would be reserved at, and a twentieth more: the narrow sum is an approximation."""
    overhead = examples.example_overhead(settings.show.cue, model)
    tokens = sum(
        one.n_tokens + overhead * one.exchanges
        for one in files.short_enough(model, settings.show, candidates)
    )
    return plan.reserved(
        model.price("training"), tokens + tokens // 20, settings.n_epochs, model.margin_percent
    )


def _shared_by_all(
    corpus: PairFiles,
    settings: RunSettings,
    candidates: Sequence[Candidate],
    budgets: Mapping[str, Decimal],
) -> Sequence[Candidate]:
    """What may be selected: with `same_pairs`, the pairs that every model's budget and limits take."""
    if not settings.same_pairs:
        return candidates
    common = {candidate.pair_id for candidate in candidates}
    for model in settings.models:
        _, training = _affordable(corpus, settings, model, candidates, budgets[model.model])
        common &= {candidate.pair_id for candidate, _ in training.chosen}
    return [candidate for candidate in candidates if candidate.pair_id in common]


def _affordable(
    corpus: PairFiles,
    settings: RunSettings,
    model: Model,
    candidates: Sequence[Candidate],
    budget: Decimal,
) -> tuple[int, files.TrainingFile]:
    """How many tokens per epoch a budget buys, and the training that fits them."""
    affordable = plan.affordable_tokens(
        model.price("training"), budget, settings.n_epochs, model.margin_percent
    )
    short = files.short_enough(model, settings.show, candidates)
    return affordable, files.training_file(corpus, settings, model, short, affordable)


def _plan_model(
    lake: Lake,
    settings: RunSettings,
    model: Model,
    corpus: PairFiles,
    candidates: Sequence[Candidate],
    selectable: Sequence[Candidate],
    held_out: Sequence[Candidate],
    asked: EvaluationSet,
    budget: Decimal,
    judging: Decimal,
) -> ModelPlan:
    price = model.price("training")
    affordable, training = _affordable(corpus, settings, model, selectable, budget)
    short = files.short_enough(model, settings.show, candidates)
    fits = len(training.chosen) >= fewest_pairs(model, settings.show, len(short))
    validation = files.validation_file(corpus, settings, model, held_out, training)
    if fits:
        files.check_file(settings, model, training, validation)
    lake.write(keys.training_file(settings.run_id, model.model), training.body, JSONL)
    if validation:
        lake.write(keys.validation_file(settings.run_id, model.model), validation, JSONL)
    _write_selection(lake, settings, model, training)
    usable_tokens = _usable_tokens(model, settings.show, candidates, training)
    return ModelPlan(
        model=model.model,
        provider=model.provider,
        n_epochs=settings.n_epochs,
        usable_pairs=len(candidates),
        usable_tokens=usable_tokens,
        usable_usd_per_epoch=price.cost(usable_tokens),
        usable_usd=price.cost(usable_tokens * settings.n_epochs),
        budget_usd=budget,
        budget_tokens=affordable,
        budget_share=plan.share(affordable, usable_tokens),
        selected_pairs=len(training.chosen),
        selected_tokens=training.n_tokens,
        selected_share=plan.share(training.n_tokens, usable_tokens),
        estimated_usd=price.cost(training.n_tokens * settings.n_epochs),
        reserved_usd=plan.reserved(
            price, training.n_tokens, settings.n_epochs, model.margin_percent
        ),
        evaluation_expected_usd=money.add(
            plan.expected_evaluation_cost(
                model, settings.show, asked, _mean_completion(candidates)
            ),
            plan.expected_judging_cost(model, settings, asked, _mean_completion(candidates)),
        ),
        evaluation_usd=money.add(plan.evaluation_cost(model, settings.show, asked), judging),
        fits=fits,
        training_sha256=training.sha256,
        judging_usd=judging,
    )


def _usable_tokens(
    model: Model, show: ShowProfile, candidates: Sequence[Candidate], training: files.TrainingFile
) -> int:
    """Tokens billed for one epoch over everything: as counted where chosen, else about so many."""
    counted = {candidate.pair_id: n_tokens for candidate, n_tokens in training.chosen}
    overhead = examples.example_overhead(show.cue, model)
    return sum(
        counted.get(candidate.pair_id, candidate.n_tokens + overhead * candidate.exchanges)
        for candidate in candidates
    )


def _mean_completion(candidates: Sequence[Candidate]) -> Fraction:
    """Tokens of the host's usable answers, on average."""
    total = sum(candidate.completion_tokens for candidate in candidates)
    return Fraction(total, len(candidates) or 1)


def fewest_pairs(model: Model, show: ShowProfile, usable: int) -> int:
    """The smallest training set worth paying for: the show's minimum, or all there is, never below the provider's."""
    return max(model.limits.min_examples, min(show.training.min_pairs, usable))


def _write_selection(
    lake: Lake, settings: RunSettings, model: Model, training: files.TrainingFile
) -> None:
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
    lake.write_rows(
        "selections", keys.table_file("selections", f"{settings.run_id}.{model.model}"), rows
    )


def _write_run_rows(
    lake: Lake, settings: RunSettings, table: str, rows: Iterable[Mapping[str, object]]
) -> None:
    own = {"run_id": settings.run_id, "show": settings.show.name}
    lake.write_rows(
        table, keys.table_file(table, settings.run_id), [{**own, **row} for row in rows]
    )


def _refuse_nothing_usable(
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


def _refuse_the_unread(settings: RunSettings, outcomes: Counter[str]) -> None:
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


def _refuse_the_unaffordable(
    settings: RunSettings,
    plans: Sequence[ModelPlan],
    candidates: Sequence[Candidate],
    evaluations: Mapping[str, Decimal],
) -> None:
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
        money.add(_least_training(settings, model, candidates), evaluations[model.model])
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


def _least_training(
    settings: RunSettings, model: Model, candidates: Sequence[Candidate]
) -> Decimal:
    short = files.short_enough(model, settings.show, candidates)
    fewest = fewest_pairs(model, settings.show, len(short))
    overhead = examples.example_overhead(settings.show.cue, model)
    n_tokens = sum(
        candidate.n_tokens + overhead * candidate.exchanges for candidate in short[:fewest]
    )
    return plan.reserved(model.price("training"), n_tokens, settings.n_epochs, model.margin_percent)
