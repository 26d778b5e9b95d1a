"""`econchatr local` and `econchatr plan`: one run of the machine here, told as it goes."""

import json
import sys
from collections.abc import Mapping
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

from infra.cli import inputs
from infra.cli.arguments import Run
from infra.cli.confirm import before_money_moves
from infra.cli.results.mirror import BILL, mirror_results, write_bill
from infra.cli.results.outcome import exit_code, print_end, print_outcome
from infra.cli.terminal.reporter import reporting
from infra.local.folder import FolderObjects
from infra.local.laptop import check_usable, laptop, served
from infra.machine.execution import execute
from infra.machine.follow import Finished
from infra.machine.runs import RunStore
from shared.catalogue import Catalogue
from shared.lake import keys
from shared.run import RunSettings
from shared.shows import ShowProfile

CEILING_USD = "10.00"  # where no money can be lost


def local(arguments: Run) -> int:
    """One run; 0 when it succeeded. Where a stand-in answers and no input is given there is a ceiling by default."""
    show = inputs.show_profile(arguments.place.show)
    harmless = arguments.input is None and arguments.asked.openai_base_url is None
    by_default = {"ceiling_usd": CEILING_USD} if harmless else {}
    document = inputs.run_input(arguments.input or "{}", show, by_default, arguments.fields)
    return _run(arguments, show, document)


def plan(arguments: Run) -> int:
    """One dry run: the plan and its cost table, nothing bought."""
    show = inputs.show_profile(arguments.place.show)
    by_default = {"ceiling_usd": CEILING_USD}
    document = inputs.run_input(arguments.input or "{}", show, by_default, arguments.fields)
    return _run(arguments, show, {**document, "dry_run": True})


def _run(arguments: Run, show: ShowProfile, document: dict[str, Any]) -> int:
    place, address = arguments.place, arguments.asked.openai_base_url
    models = inputs.models_and_prices(place.catalogue)
    settings = inputs.check(document, show, models, place.month_ceiling_usd)
    inputs.check_address(address)
    out = inputs.folder(place, show)
    check_usable(out, address, dry_run=settings.dry_run)
    with redirect_stdout(sys.stderr) if arguments.telling.json else nullcontext():
        before_money_moves(settings, models, address, yes=arguments.asked.yes)
        run_id, finished, store = _executed(arguments, show, document, models, out, settings)
    if arguments.telling.json:
        print(json.dumps(_whole(store, run_id), ensure_ascii=False, indent=1))
    return exit_code(finished)


def _executed(
    arguments: Run,
    show: ShowProfile,
    document: Mapping[str, Any],
    models: Catalogue,
    out: Path,
    settings: RunSettings,
) -> tuple[str, Finished, RunStore]:
    """Run the machine here and print what came of it; return the run's id, its end, and the runs that are there now."""
    place, quiet = arguments.place, arguments.telling.quiet
    with (
        laptop(
            out,
            month_ceiling_usd=place.month_ceiling_usd,
            models=models,
            openai_base_url=arguments.asked.openai_base_url,
            dry_run=settings.dry_run,
        ) as here,
        served(show, out, here) as reachable,
    ):
        try:
            run_id, finished = execute(
                here.stack,
                {**document, "show": inputs.inline(reachable)},
                reporting(here.stack, stand_in=here.meter_url is not None, quiet=quiet),
            )
        finally:
            mirror_results(here, out)
        bill = write_bill(here, out)
    store = RunStore(FolderObjects(here.bucket_dir))
    if quiet:
        print_end(store, run_id, out)
        return run_id, finished, store
    print_outcome(store, run_id, out)
    if bill is not None and not settings.dry_run:
        print(
            f"Bill:    {out / BILL}: all runs here would have cost {bill} USD by the stand-in's count"
        )
    return run_id, finished, store


def _whole(store: RunStore, run_id: str) -> dict[str, Any]:
    """The run's summary with its plan; empty of a run that came to none."""
    run = store.find(run_id)
    if run is None:
        return {"run_id": run_id, "plan": []}
    return {**(run.summary or {"run_id": run_id}), "plan": run.json(keys.plan(run_id)) or []}
