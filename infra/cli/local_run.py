"""One run of the machine here, from what was typed to what is printed of it."""

import sys
from collections.abc import Mapping
from contextlib import nullcontext, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.cli import inputs
from infra.cli.confirm import before_money_moves
from infra.cli.models import offers, planned_tokens, print_choice
from infra.cli.options import OutputOptions, ProviderOptions, RunLocation
from infra.cli.results.mirror import BILL, mirror_results, write_bill
from infra.cli.results.outcome import exit_code, print_end, print_outcome
from infra.cli.terminal.outlasting import outlasting
from infra.cli.terminal.reporter import reporting
from infra.cli.terminal.screen import print_json, print_starting
from infra.local import own
from infra.local.folder import FolderObjects, state_dir
from infra.local.laptop import Laptop, check_usable, laptop, served
from infra.local.taken_home import take_home
from infra.machine.execution import execute, new_run_id
from infra.machine.follow import Finished
from infra.machine.runs import RunStore
from shared.catalogue import Catalogue
from shared.lake import keys
from shared.run import RunSettings
from shared.shows import ShowProfile

OUTPUT = "output.txt"  # in the state folder: what is told of a run when nobody reads it
CEILING_USD = "10.00"  # where no money can be lost


def plan_here(
    show: ShowProfile,
    location: RunLocation,
    document: str | None = None,
    fields: Mapping[str, Any] | None = None,
    output: OutputOptions | None = None,
) -> int:
    """Run up to the plan, which buys nothing, and print it; return the exit code."""
    wanted = inputs.run_input(document or "{}", show, {"ceiling_usd": CEILING_USD}, fields or {})
    return run_here(
        show, {**wanted, "dry_run": True}, location, ProviderOptions(), output or OutputOptions()
    )


def run_here(
    show: ShowProfile,
    document: Mapping[str, Any],
    location: RunLocation,
    provider: ProviderOptions,
    output: OutputOptions,
) -> int:
    """Check a run input, agree on what it may buy, run it and print what came of it; return the exit code."""
    models = inputs.models_and_prices(location.catalogue)
    settings = inputs.check(document, show, models, location.month_ceiling_usd)
    address = inputs.address(provider.openai_base_url, provider.provider, models)
    provider = replace(provider, openai_base_url=address)
    if not provider.openai_base_url:
        asking = own.without_stand_in_judges(show, settings)
        if asking is not show:
            show, document = asking, {**document, "show": inputs.inline(asking)}
            settings = inputs.check(document, show, models, location.month_ceiling_usd)
    bases = {} if provider.openai_base_url else own.bases(settings)
    out = location.folder(f"{show.name}-{own.NAME}" if bases else show.name)
    real = bool(provider.openai_base_url or bases)
    check_usable(out, real=real, dry_run=settings.dry_run)
    with redirect_stdout(sys.stderr) if output.json else nullcontext():
        before_money_moves(settings, models, provider.openai_base_url, yes=provider.yes)
        with outlasting(state_dir(out) / OUTPUT):
            run_id, finished, store = _executed(
                show, document, settings, models, location, provider, bases, out, quiet=output.quiet
            )
    if output.json:
        print_json(_whole(store, run_id))
    return exit_code(finished)


def _executed(
    show: ShowProfile,
    document: Mapping[str, Any],
    settings: RunSettings,
    models: Catalogue,
    location: RunLocation,
    provider: ProviderOptions,
    bases: Mapping[str, str],
    out: Path,
    *,
    quiet: bool,
) -> tuple[str, Finished, RunStore]:
    """Run the machine here and print what came of it; return the run's id, its end, and the runs that are there now."""
    run_id = new_run_id(show.name)
    if not quiet:
        print_starting()
    with (
        laptop(
            out,
            month_ceiling_usd=location.month_ceiling_usd,
            models=models,
            openai_base_url=provider.openai_base_url,
            bases=bases,
            dry_run=settings.dry_run,
        ) as here,
        served(show, out, here) as reachable,
    ):
        try:
            finished = execute(
                here.stack,
                run_id,
                {**document, "show": inputs.inline(reachable)},
                reporting(here.stack, stand_in=here.meter_url is not None, quiet=quiet),
            )
            homes = _taken_home(here, out, settings, run_id) if bases else []
        finally:
            mirror_results(here, out)
        bill = write_bill(here, out)
    store = RunStore(FolderObjects(here.bucket_dir))
    if quiet:
        print_end(store, run_id, out)
        return run_id, finished, store
    print_outcome(store, run_id, out, lambda: _print_choice(show, settings, models, out))
    for home in homes:
        print(f"Adapter: {out / home}: what was learnt, with its model card")
    if bill is not None and not settings.dry_run:
        print(
            f"Bill:    {out / BILL}: all runs here would have cost {bill} USD by the stand-in's count"
        )
    return run_id, finished, store


def _taken_home(here: Laptop, out: Path, settings: RunSettings, run_id: str) -> list[str]:
    trainings = state_dir(out) / "provider" / "trainings"
    return take_home(here.stack.bucket, trainings, settings.model_copy(update={"run_id": run_id}))


def _print_choice(show: ShowProfile, settings: RunSettings, models: Catalogue, out: Path) -> None:
    found = offers(
        models,
        settings.started_at.date(),
        show.horizon_days,
        planned_tokens(out, show, models),
    )
    print_choice(found, [model.model for model in settings.models])


def _whole(store: RunStore, run_id: str) -> dict[str, Any]:
    """The run's summary with its plan; empty of a run that came to none."""
    run = store.find(run_id)
    if run is None:
        return {"run_id": run_id, "plan": []}
    return {**(run.summary or {"run_id": run_id}), "plan": run.json(keys.plan(run_id)) or []}
