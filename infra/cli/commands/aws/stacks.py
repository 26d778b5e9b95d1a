"""`econchatr aws check`, `deploy`, `schedule` and `destroy`: the stack itself."""

from pathlib import Path

import click

from infra.cli import options
from infra.cli.options import StackRef


@click.command(
    short_help="Whether a stack could be deployed from here.",
    epilog="""\b
Example:
  econchatr aws check""",
)
@options.stack_ref
def check(stack_ref: StackRef) -> int:
    """Whether a stack could be deployed from here: credentials, region, rights, and what the build needs."""
    from infra.cli.aws.checking import findings, print_findings

    found = list(findings(stack_ref))
    print_findings(found)
    return 1 if any(one.ok is False for one in found) else 0


@click.command(
    short_help="Build, check and deploy.",
    epilog="""\b
Examples:
  econchatr aws deploy --month-ceiling-usd 40 --alert-email you@example.org
  econchatr aws deploy --stack econchatr-prod""",
)
@options.stack_ref
@click.option(
    "--month-ceiling-usd", metavar="USD", help="What all runs of a month may spend; asked for."
)
@click.option("--alert-email", metavar="ADDRESS", help="Who is told; asked for.")
@click.option(
    "--arch",
    type=click.Choice(["x86_64", "arm64"]),
    default="x86_64",
    show_default=True,
    help="Processor of the functions.",
)
@click.option(
    "--set",
    "others",
    multiple=True,
    metavar="NAME=VALUE",
    help="Another parameter of template.yaml; may be repeated.",
)
@click.option(
    "--template", type=Path, metavar="FILE", help="What was built; else it is built first."
)
def deploy(
    stack_ref: StackRef,
    month_ceiling_usd: str | None,
    alert_email: str | None,
    arch: str,
    others: tuple[str, ...],
    template: Path | None,
) -> int:
    """Build, check and deploy the code of this clone; asks only what has no default. An update keeps what it had."""
    from infra.cli.aws import deploying

    parameters = dict(_assigned(each) for each in others)
    for name, value in (("MonthCeilingUsd", month_ceiling_usd), ("AlertEmail", alert_email)):
        if value is not None:
            parameters[name] = value
    deploying.deploy(stack_ref, parameters, arch, template)
    return 0


@click.command(
    short_help="Let the schedule start runs, or not.",
    epilog="""\b
Examples:
  econchatr aws schedule on --cron "cron(0 6 1 * ? *)" --timezone Europe/London
  econchatr aws schedule on --input '{"show": "econtalk", "ceiling_usd": "10.00", "dry_run": true}'
  econchatr aws schedule off""",
)
@click.argument("state", type=click.Choice(["on", "off"]))
@options.stack_ref
@click.option("--cron", metavar="EXPRESSION", help="When, in EventBridge Scheduler's words.")
@click.option("--timezone", metavar="NAME", help="In which time zone.")
@click.option("--input", "document", metavar="JSON", help="The run input of a scheduled run.")
def schedule(
    state: str, stack_ref: StackRef, cron: str | None, timezone: str | None, document: str | None
) -> int:
    """Let the schedule start runs, or not. It is a parameter of the stack, so that no update reverts it."""
    from infra.cli.aws import deploying

    given = {"Schedule": cron, "ScheduleTimezone": timezone, "ScheduleInput": document}
    parameters = {name: value for name, value in given.items() if value is not None}
    parameters["ScheduleState"] = "ENABLED" if state == "on" else "DISABLED"
    deploying.schedule(stack_ref, parameters)
    return 0


@click.command(
    short_help="Remove the stack; the data stay unless asked for twice.",
    epilog="""\b
Examples:
  econchatr aws destroy
  econchatr aws destroy --with-data econchatr-dev-lakebucket-1a2b3c""",
)
@options.stack_ref
@click.option(
    "--with-data",
    "bucket",
    metavar="BUCKET",
    help="The stack's bucket, which goes with it, and the ledger.",
)
@click.option("--yes", is_flag=True, help="Agree beforehand.")
def destroy(stack_ref: StackRef, bucket: str | None, yes: bool) -> int:
    """Remove the stack. Bucket and ledger stay, unless the bucket is named with --with-data."""
    from infra.cli.aws import removing

    removing.destroy(stack_ref, bucket, yes=yes)
    return 0


def _assigned(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"--set takes NAME=VALUE, and {text!r} is none")
    return name, value
