"""`econchatr local` and `econchatr plan`: one run of the machine here, told as it goes."""

import argparse
import json
import secrets
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from infra.cli import asked
from infra.cli.telling import Teller, print_plan, print_results, print_statistics
from infra.local.cloud import Finished, follow, mirror_bucket
from infra.local.laptop import Laptop, laptop, served
from shared.clock import utc_now
from shared.lake import keys
from shared.shows import ShowProfile

PLAN_CEILING_USD = "10.00"
BILL = "bill.json"  # the stand-in's own, independent of the ledger
LATEST_REPORT = "report.html"  # a copy of the newest run's, under a name that stays


def local(arguments: argparse.Namespace) -> int:
    """One run; 0 when it succeeded."""
    show = asked.show_profile(arguments.show)
    return _run(arguments, show, asked.run_input(arguments.input, show))


def plan(arguments: argparse.Namespace) -> int:
    """One dry run: the plan and its cost table, nothing bought."""
    show = asked.show_profile(arguments.show)
    document = asked.run_input(arguments.input, show, ceiling_usd=PLAN_CEILING_USD)
    return _run(arguments, show, {**document, "dry_run": True})


def _run(arguments: argparse.Namespace, show: ShowProfile, document: dict[str, Any]) -> int:
    models = asked.models_and_prices(arguments.catalogue)
    asked.check(document, show, models, arguments.month_ceiling_usd)
    asked.check_address(arguments.openai_base_url)
    out: Path = arguments.out
    with (
        laptop(
            out,
            month_ceiling_usd=arguments.month_ceiling_usd,
            models=models,
            openai_base_url=arguments.openai_base_url,
        ) as here,
        served(show, out, here) as reachable,
    ):
        try:
            run_id, finished = execute(here, {**document, "show": asked.inline(reachable)})
        finally:
            mirror_bucket(here.cloud, here.outputs["LakeBucket"], out)
        bill = here.bill()
    _tell(out, run_id, dry_run=bool(document.get("dry_run")))
    if bill is not None:
        (out / BILL).write_text(json.dumps(bill, indent=1), encoding="utf-8")
        print(
            f"Bill:    {out / BILL}: the stand-in charged {bill['total_usd']} USD for all runs here"
        )
    if finished.status == "SUCCEEDED":
        return 0
    print(f"\n{finished.status}: {finished.error}: {finished.cause}", file=sys.stderr)
    return 1


def execute(here: Laptop, document: Mapping[str, Any]) -> tuple[str, Finished]:
    """Start the machine and tell what it does until it ends; the run's id and how it ended."""
    name = document["show"]["name"]
    run_id = f"{name}-{utc_now():%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    machine = here.cloud.client("stepfunctions")
    started = machine.start_execution(
        stateMachineArn=here.outputs["StateMachineArn"], name=run_id, input=json.dumps(document)
    )
    teller = Teller(here.ledger, run_id)
    for progress in follow(machine, started["executionArn"]):
        teller.tell(progress)
        if isinstance(progress, Finished):
            return run_id, progress
    raise AssertionError("an execution was followed to no end")


def _tell(out: Path, run_id: str, *, dry_run: bool) -> None:
    written = out / keys.summary(run_id)
    if not written.is_file():  # writing the report is what failed
        return
    summary = json.loads(written.read_text(encoding="utf-8"))
    statistics = out / keys.table_file("token_stats", run_id)
    if statistics.is_file():
        print_statistics(pd.read_parquet(statistics))
    planned = out / keys.plan(run_id)
    if planned.is_file():
        print_plan(json.loads(planned.read_text(encoding="utf-8")), summary["ceiling_usd"])
    if not dry_run:
        print_results(summary)
    if summary["report"]:
        shutil.copyfile(out / summary["report"], out / LATEST_REPORT)
        print(f"\nReport:  {out / LATEST_REPORT}")
    print(f"Summary: {written}")
