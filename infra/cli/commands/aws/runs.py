"""`econchatr aws start`, `watch`, `stop` and `runs`: the runs of a stack."""

from pathlib import Path

import click

from infra.cli import options
from infra.cli.options import RunFields, StackRef

run_id = click.argument("run_id", metavar="[RUN_ID]", required=False)
NEWEST = 20


@click.command(
    short_help="A dry run, its plan, your yes, and the run.",
    epilog="""\b
Examples:
  econchatr aws start mine --ceiling 10
  econchatr aws start mine --dry-run
  econchatr aws start mine --ceiling 10 --at-once --yes""",
)
@click.argument("show", metavar="SHOW")
@options.stack_ref
@options.run_fields
@options.dry_run
@click.option("--at-once", is_flag=True, help="No dry run before it.")
@click.option("--yes", is_flag=True, help="Agree beforehand to what a provider may bill.")
@options.out_of_stack
def start(
    show: str,
    stack_ref: StackRef,
    fields: RunFields,
    dry_run: bool,
    at_once: bool,
    yes: bool,
    out: Path | None,
) -> int:
    """A dry run, its plan, your yes, and the run; told as it goes. Ctrl-C stops watching, not the run."""
    document = fields.document(dry_run=dry_run)
    if dry_run:
        document.setdefault("ceiling_usd", "10.00")
    if "ceiling_usd" not in document:
        raise click.UsageError("say with --ceiling what the run may cost at most, in US dollars")
    from infra.cli.aws.running import begin, run_input
    from infra.cli.aws.stack import deployed

    stack = deployed(stack_ref)
    wanted = run_input(stack, show, document)
    return begin(stack, show, wanted, stack_ref.folder(out), at_once=at_once, yes=yes)


@click.command(
    short_help="Tell what a run does until it ends.",
    epilog="""\b
Examples:
  econchatr aws watch
  econchatr aws watch mine-20261127T103057-6321""",
)
@run_id
@options.stack_ref
@options.out_of_stack
def watch(run_id: str | None, stack_ref: StackRef, out: Path | None) -> int:
    """Tell what a run does until it ends, whoever started it; by default the newest that goes on."""
    from infra.cli.aws.running import execution_of, follow_to_end
    from infra.cli.aws.stack import deployed

    stack = deployed(stack_ref)
    arn = execution_of(stack, run_id, running=False)
    return follow_to_end(stack, arn, stack_ref.folder(out))


@click.command(
    short_help="Stop a run; what runs is cancelled and settled.",
    epilog="""\b
Example:
  econchatr aws stop""",
)
@run_id
@options.stack_ref
@options.out_of_stack
def stop(run_id: str | None, stack_ref: StackRef, out: Path | None) -> int:
    """Stop a run, by default the newest that goes on: jobs are cancelled and settled, and it is reported."""
    from infra.cli.aws.running import execution_of, follow_to_end
    from infra.cli.aws.stack import deployed
    from infra.machine import execution

    stack = deployed(stack_ref)
    arn = execution_of(stack, run_id, running=True)
    execution.stop(stack.client("stepfunctions"), arn, "stopped by `econchatr aws stop`")
    follow_to_end(stack, arn, stack_ref.folder(out))
    return 0


@click.command(
    short_help="The newest runs, those that go on first.",
    epilog="""\b
Example:
  econchatr aws runs --json""",
)
@options.stack_ref
@click.option("--json", "as_json", is_flag=True, help="The runs' whole summaries.")
def runs(stack_ref: StackRef, as_json: bool) -> int:
    """The newest runs: how each ended, what it cost, where its report is; first those that go on."""
    from infra.cli.aws.stack import deployed
    from infra.cli.results.history import print_runs, print_summaries
    from infra.machine.execution import executions
    from infra.machine.runs import RunStore

    stack = deployed(stack_ref)
    going_on = {one["name"]: one["startDate"] for one in executions(stack, "RUNNING")}
    found = [run for run in RunStore(stack.bucket).runs if run.run_id not in going_on]
    if as_json:
        print_summaries(found[:NEWEST])
        return 0
    for name, since in going_on.items():
        print(f"{name} goes on since {since:%Y-%m-%d %H:%M} UTC")
    print_runs(found[:NEWEST], f"s3://{stack.bucket.name}", lambda _: "not closed")
    if len(found) > NEWEST:
        print(f"\nThe newest {NEWEST} of {len(found):,}; the query cost_of_each_run has all")
    return 0
