"""`econchatr ask`: a finished model, its base and the prompted base answer one question, and the ledger counts it."""

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from infra import encodings
from infra.cli import inputs
from infra.cli.confirm import before_money_moves
from infra.cli.options import ProviderOptions, RunLocation
from infra.cli.results.mirror import mirror_results, write_bill
from infra.cli.terminal.screen import print_starting
from infra.cli.terminal.side_by_side import print_answers
from infra.local import own
from infra.local.folder import objects_in
from infra.local.laptop import Laptop, laptop
from infra.machine.runs import RunStore
from shared import money
from shared.catalogue import Catalogue
from shared.clock import utc_now
from shared.dataset.evaluation_set import EvaluationSet, Item
from shared.errors import BadInput, InvalidField
from shared.evaluation import samples
from shared.lake import keys
from shared.lake.rows import GenerationRow
from shared.lake.tables import Lake
from shared.purchases import Question, ask
from shared.report import spend_rows
from shared.run import RunSettings, check_buyable, frozen
from shared.shows import ShowProfile


class NoFinishedModel(BadInput):
    """The folder holds no model that can be asked."""


@dataclass(frozen=True, slots=True)
class FinishedModel:
    """A tuned model, the settings of the run that has it, and what its prompted base is shown."""

    model: str
    fine_tuned_model: str
    settings: RunSettings
    shown: EvaluationSet


def answer(
    question: str,
    location: RunLocation,
    provider: ProviderOptions,
    model: str | None,
    ceiling_usd: str,
) -> int:
    """Print the question with the three answers and what they cost; 0."""
    # What may be bought is counted here, and not in a function that brings the vocabularies along.
    os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(encodings.cache_dir()))
    show = inputs.show_profile(location.show)
    models, out = inputs.models_and_prices(location.catalogue), location.folder(show.name)
    address = inputs.address(provider.openai_base_url, provider.provider, models)
    ceiling = money.parse_usd(ceiling_usd, "--ceiling")
    month_ceiling = money.parse_usd(location.month_ceiling_usd, "--month-ceiling-usd")
    found = finished(out, show, model)
    settings = own_settings(found, models, ceiling, month_ceiling, utc_now())
    questions = questions_of(found, settings, question)
    check_ceiling(questions, ceiling)
    before_money_moves(settings, models, address, yes=provider.yes)
    print_starting()
    with laptop(
        out,
        month_ceiling_usd=location.month_ceiling_usd,
        models=models,
        openai_base_url=address,
        bases={} if address else own.bases(settings),
    ) as here:
        try:
            rows = _buy(here, settings, found, questions, question)
        finally:
            mirror_results(here, out)
        write_bill(here, out)
        spent = here.stack.ledger.totals(settings.run_id).settled
    print_answers({row["arm"]: row for row in rows}, lines=None)
    print(f"\n{rows[0]['disclosure']}.")
    did = "It would have cost" if settings.stand_in else "It cost"
    print(f"{did} {money.format_usd(spent)} of {money.format_usd(ceiling)} USD ({settings.run_id})")
    return 0


def finished(out: Path, show: ShowProfile, model: str | None) -> FinishedModel:
    """Return what the newest run in `out` tuned for the show: `model`, or its first one; raises NoFinishedModel."""
    for found in _all_finished(out, show):
        if model in (None, found.model):
            return found
    wanted = f"model {model}" if model else "a model"
    raise NoFinishedModel(
        f"--out {out} holds no finished run that tuned {wanted} for show {show.name}; "
        f"run `econchatr local --show ... --out {out}` first, or name another folder"
    )


def _all_finished(out: Path, show: ShowProfile) -> Iterator[FinishedModel]:
    """Each model that was tuned for the show, those of the newest run first."""
    for run in RunStore(objects_in(out)).runs:
        if run.manifest is None or run.show != show.name:
            continue
        settings = frozen(run.manifest)
        shown = run.json(keys.evaluation_set(run.run_id))
        for model in settings.models:
            row = run.json(keys.outcome(run.run_id, model.model)) or {}
            if row.get("status") == "succeeded" and row.get("fine_tuned_model"):
                yield FinishedModel(
                    model.model,
                    row["fine_tuned_model"],
                    settings,
                    EvaluationSet.from_document(shown) if shown else EvaluationSet(),
                )


def own_settings(
    found: FinishedModel, models: Catalogue, ceiling: Decimal, month_ceiling: Decimal, now: datetime
) -> RunSettings:
    """Return the run's settings under a name, a ceiling and a day of its own, at today's prices.

    Raises UnknownModel, MissingPrice or ModelShutdown where the model can no longer be asked.
    """
    settings = found.settings
    model = models.model(found.model)
    check_buyable(model, settings.provider(model.provider), now.date(), settings.show)
    return settings.model_copy(
        update={
            "run_id": f"ask-{settings.show.name}-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}",
            "started_at": now,
            "ceiling_usd": ceiling,
            "month_ceiling_usd": month_ceiling,
            "models": (model,),
        }
    )


def questions_of(found: FinishedModel, settings: RunSettings, text: str) -> dict[str, Question]:
    """Return what is bought, by arm; without a card there is no prompted base."""
    if not text.strip():
        raise InvalidField('the question is empty; write one, such as "Why do you keep a porch?"')
    return {
        arm: samples.question(settings, found.model, arm, text, found.shown, found.fine_tuned_model)
        for arm in found.shown.paid_arms()
    }


def check_ceiling(questions: dict[str, Question], ceiling: Decimal) -> None:
    """Raise InvalidField where all answers at their longest may cost more than the ceiling."""
    most = money.add(*(question.reserved for question in questions.values()))
    if most > ceiling:
        raise InvalidField(
            f"the {len(questions)} answers may cost up to {money.format_usd(most)} USD, more than "
            f"--ceiling-usd {money.format_usd(ceiling)}; nothing was asked; raise it"
        )


def _buy(
    here: Laptop,
    settings: RunSettings,
    found: FinishedModel,
    questions: dict[str, Question],
    text: str,
) -> list[GenerationRow]:
    """The answers as rows of `generations`; they and what was spent go into the lake, whatever happens."""
    ledger, context = here.stack.ledger, here.context
    ledger.open_run(
        settings.run_id, settings.ceiling_usd, settings.month, settings.month_ceiling_usd
    )
    item = Item(1, "question", text)
    rows: list[GenerationRow] = []
    try:
        for arm in found.shown.paid_arms():
            answered = ask(context, questions[arm])
            rows.append(
                samples.answer_row(settings, found.model, arm, item, questions[arm], answered)
            )
    finally:
        ledger.close_run(settings.run_id)
        lake = Lake(here.cloud.client("s3"), here.outputs["LakeBucket"])
        _keep(lake, settings, "generations", rows)
        spent = spend_rows(settings, ledger.entries(settings.run_id))
        _keep(lake, settings, "spend", list(spent))
    return rows


def _keep(
    lake: Lake, settings: RunSettings, table: str, rows: Iterable[Mapping[str, object]]
) -> None:
    lake.write_rows(table, keys.table_file(table, settings.run_id), rows)
