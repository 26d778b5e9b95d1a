"""`econchatr local` and `econchatr plan`: one run of the machine here, told as it goes."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

from infra.cli import inputs
from infra.cli.arguments import Run
from infra.cli.confirm import before_money_moves
from infra.cli.publish import pages
from infra.cli.show.history import rows_of
from infra.cli.terminal.reporter import reporting
from infra.cli.terminal.results import (
    print_corpus,
    print_plan,
    print_results,
    print_statistics,
    print_stopped,
)
from infra.cli.terminal.screen import print_wrapped
from infra.local.folder import mirror_bucket, opened, state_dir
from infra.local.laptop import Laptop, check_usable, laptop, served
from infra.machine.execution import execute
from infra.machine.follow import Finished
from shared.catalogue import Catalogue
from shared.lake import keys
from shared.run import RunSettings
from shared.shows import ShowProfile

STOPPED = 130  # what a shell makes of Ctrl-C
CEILING_USD = "10.00"  # where no money can be lost
BILL = "bill.json"  # the stand-in's own, independent of the ledger
NAMED = 3  # of the files that are in the way


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
        run_id, finished, bucket = _executed(arguments, show, document, models, out, settings)
    if arguments.telling.json:
        print(json.dumps(_whole(bucket, run_id), ensure_ascii=False, indent=1))
    return exit_code(finished)


def _executed(
    arguments: Run,
    show: ShowProfile,
    document: Mapping[str, Any],
    models: Catalogue,
    out: Path,
    settings: RunSettings,
) -> tuple[str, Finished, Path]:
    """Run the machine here and tell what came of it; the run's id, its end, and its bucket's folder."""
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
            leave_files(here, out)
        bill = leave_bill(here, out)
    bucket = here.cloud.bucket_dir(here.outputs["LakeBucket"])
    if quiet:
        _tell_end(out, bucket, run_id)
        return run_id, finished, bucket
    tell(out, bucket, run_id, dry_run=settings.dry_run)
    if bill is not None and not settings.dry_run:
        print(
            f"Bill:    {out / BILL}: all runs here would have cost {bill} USD by the stand-in's count"
        )
    return run_id, finished, bucket


def _tell_end(out: Path, bucket: Path, run_id: str) -> None:
    summary = _read(bucket / keys.summary(run_id))
    if summary is not None:
        did = "would have cost" if summary["stand_in"] else "spent"
        print(
            f"{summary['status']}: {run_id} {did} {summary['settled_usd']} of {summary['ceiling_usd']} USD; "
            f"{out / summary['report'] if summary['report'] else 'no report'}"
        )


def _whole(bucket: Path, run_id: str) -> dict[str, Any]:
    """The run's summary with its plan; empty of a run that came to none."""
    summary, planned = _read(bucket / keys.summary(run_id)), _read(bucket / keys.plan(run_id))
    return {**(summary or {"run_id": run_id}), "plan": planned or []}


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def exit_code(finished: Finished) -> int:
    """0 where the run succeeded, else what a shell is told, with the cause on stderr."""
    if finished.status == "SUCCEEDED":
        return 0
    print(file=sys.stderr)
    print_wrapped(f"{finished.status}: {finished.error}: {finished.cause}", to_stderr=True)
    return STOPPED if finished.status == "ABORTED" else 1


def leave_files(here: Laptop, out: Path) -> None:
    """Put the bucket and the pages into the folder, and say what could not be put there."""
    bucket = here.outputs["LakeBucket"]
    objects = here.cloud.bucket_dir(bucket)
    blocked = mirror_bucket(here.cloud, bucket, out)
    _say_kept(out, objects, [*blocked, *pages.publish(opened(out), objects)])


def leave_bill(here: Laptop, out: Path) -> str | None:
    """Put the stand-in's bill into the folder; its total, None with another provider."""
    bill = here.bill()
    if bill is None:
        return None
    if not opened(out).write(BILL, json.dumps(bill, indent=1).encode()):
        _say_kept(out, state_dir(out), [BILL])
    return str(bill["total_usd"])


def _say_kept(out: Path, ours: Path, blocked: Sequence[str]) -> None:
    if blocked:
        named = ", ".join(blocked[:NAMED])
        more = f" and {len(blocked) - NAMED} more" if len(blocked) > NAMED else ""
        print(
            f"econchatr: left as they are in {out}, because econchatr did not write them: "
            f"{named}{more}; what the run has under these names is below {ours}",
            file=sys.stderr,
        )


def tell(out: Path, bucket: Path, run_id: str, *, dry_run: bool) -> None:
    """What a run came to, from its objects in a bucket's folder; `out` is where a person finds its pages."""
    summary = _read(bucket / keys.summary(run_id))
    if summary is None:  # writing the report is what failed
        return
    if dry_run and summary["pairs"]:
        _tell_plan(bucket, run_id, summary["ceiling_usd"])
    print_corpus(summary)
    if not dry_run:
        answers = bucket / keys.table_file("generations", run_id)
        print_results(summary, rows_of(answers))
    if summary["status"] == "ABORTED":
        print_stopped(summary)
    _print_places(out, bucket, summary)


def _tell_plan(bucket: Path, run_id: str, ceiling_usd: str) -> None:
    statistics = bucket / keys.table_file("token_stats", run_id)
    if statistics.is_file():
        print_statistics(rows_of(statistics))
    planned = _read(bucket / keys.plan(run_id))
    if planned:
        print_plan(planned, ceiling_usd)


def _print_places(out: Path, bucket: Path, summary: Mapping[str, Any]) -> None:
    """Where the run's own report and summary are, and the page of all runs."""
    print()
    if summary["report"]:
        first = pages.foremost(pages.reported(bucket))
        newest = first is not None and first.run_id == summary["run_id"]
        print(f"Report:  {out / (pages.LATEST if newest else summary['report'])}")
        print(f"Reports: {out / pages.INDEX}: every run in this folder")
    print(f"Summary: {out / keys.summary(summary['run_id'])}")
