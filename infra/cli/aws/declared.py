"""How `econchatr aws` is typed; each command imports what it needs when it is called."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from infra.cli import arguments as typed
from infra.cli.options import QUERIES, fields_of, query_of, run_fields, together
from shared.errors import EconChatRError


@contextmanager
def sentences() -> Iterator[None]:
    """Whatever AWS or its client says against a command becomes one of our errors."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, EconChatRError):
        raise
    except Exception as error:
        from infra.cli.aws.stack import sentence_of

        if (sentence := sentence_of(error)) is None:
            raise
        raise sentence from error


class SpeaksInSentences(click.Group):
    """A group whose commands do."""

    def invoke(self, ctx: click.Context) -> Any:
        with sentences():
            return super().invoke(ctx)


_where = together(
    click.option(
        "--stack", default=typed.STACK, show_default=True, metavar="NAME", help="Which stack."
    ),
    click.option("--region", metavar="REGION", help="Which region.  [default: AWS_REGION's]"),
    click.option("--profile", metavar="NAME", help="Whose credentials.  [default: AWS_PROFILE's]"),
)
_out = click.option(
    "--out", type=Path, metavar="DIR", help="Where results go.  [default: build/STACK]"
)
_run = click.argument("run_id", metavar="[RUN_ID]", required=False)


@click.group(
    "aws",
    cls=SpeaksInSentences,
    short_help="A stack on AWS, from nothing to gone.",
    epilog="""\b
Example:
  econchatr aws check
  econchatr aws deploy --month-ceiling-usd 40
  econchatr aws keys set nebius
  econchatr aws put-show mine.yaml
  econchatr aws start mine --ceiling 10
  econchatr aws report""",
)
def aws() -> None:
    """A stack on AWS, from nothing to gone. Credentials are those that boto3 finds."""


@aws.command(
    short_help="Whether a stack could be deployed from here.",
    epilog="""\b
Example:
  econchatr aws check""",
)
@_where
def check(**given: Any) -> int:
    """Whether a stack could be deployed from here: credentials, region, rights, and what the build needs."""
    from infra.cli.aws import checking

    return checking.run(_stack(given))


@aws.command(
    short_help="Build, check and deploy.",
    epilog="""\b
Examples:
  econchatr aws deploy --month-ceiling-usd 40 --alert-email you@example.org
  econchatr aws deploy --stack econchatr-prod""",
)
@_where
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
    month_ceiling_usd: str | None,
    alert_email: str | None,
    others: tuple[str, ...],
    arch: str,
    template: Path | None,
    **given: Any,
) -> int:
    """Build, check and deploy the code of this clone; asks only what has no default. An update keeps what it had."""
    parameters = dict(_assigned(each) for each in others)
    for name, value in (("MonthCeilingUsd", month_ceiling_usd), ("AlertEmail", alert_email)):
        if value is not None:
            parameters[name] = value
    from infra.cli.aws import deploying

    return deploying.deploy(_stack(given), deploying.Wanted(parameters, arch, template))


@aws.group(short_help="Providers' API keys, in the stack's secret.")
def keys() -> None:
    """Providers' API keys, in the stack's secret."""


@keys.command(
    "set",
    short_help="Keep a provider's key.",
    epilog="""\b
Examples:
  econchatr aws keys set nebius
  econchatr aws keys set nebius < key.txt""",
)
@click.argument("provider")
@_where
@click.option("--catalogue", type=Path, metavar="FILE", help="Providers of your own.")
def keys_set(provider: str, catalogue: Path | None, **given: Any) -> int:
    """Keep a provider's key: asked for without an echo, or read from standard input."""
    from infra.cli.aws import upload

    return upload.put_key(_stack(given), provider, catalogue)


@aws.command(
    "put-show",
    short_help="Put a profile where runs find it by its name.",
    epilog="""\b
Example:
  econchatr aws put-show mine.yaml""",
)
@click.argument("file", type=Path, metavar="FILE")
@_where
def put_show(file: Path, **given: Any) -> int:
    """Put a profile where runs find it by its name; a folder of transcripts that it names goes with it."""
    from infra.cli.aws import upload

    return upload.put_show(_stack(given), file)


@aws.command(
    "put-transcripts",
    short_help="Make a show's transcripts those of a folder.",
    epilog="""\b
Example:
  econchatr aws put-transcripts mine ~/transcripts""",
)
@click.argument("show", metavar="SHOW")
@click.argument("folder", type=Path, metavar="FOLDER")
@_where
def put_transcripts(show: str, folder: Path, **given: Any) -> int:
    """Make the stack's transcripts of a show exactly those of a folder."""
    from infra.cli.aws import upload

    return upload.put_transcripts(_stack(given), show, folder)


@aws.command(
    "put-catalogue",
    short_help="Put models and prices of your own before the packaged ones.",
    epilog="""\b
Example:
  econchatr aws put-catalogue catalogue.yaml""",
)
@click.argument("file", type=Path, metavar="FILE")
@_where
def put_catalogue(file: Path, **given: Any) -> int:
    """Put models and prices of your own before the packaged ones.

    Whoever may write this file decides where keys go and whether the ceiling holds.
    """
    from infra.cli.aws import upload

    return upload.put_catalogue(_stack(given), file)


@aws.command(
    short_help="A dry run, its plan, your yes, and the run.",
    epilog="""\b
Examples:
  econchatr aws start mine --ceiling 10
  econchatr aws start mine --dry-run
  econchatr aws start mine --ceiling 10 --at-once --yes""",
)
@click.argument("show", metavar="SHOW")
@_where
@run_fields
@click.option("--dry-run", is_flag=True, help="Stop at the plan; spends nothing.")
@click.option("--at-once", is_flag=True, help="No dry run before it.")
@click.option("--yes", is_flag=True, help="Agree beforehand to what a provider may bill.")
@_out
def start(show: str, at_once: bool, yes: bool, out: Path | None, **given: Any) -> int:
    """A dry run, its plan, your yes, and the run; told as it goes. Ctrl-C stops watching, not the run."""
    where = _stack(given)
    fields = fields_of(given)
    fields.setdefault("ceiling_usd", "10.00" if given["dry_run"] else None)
    if fields["ceiling_usd"] is None:
        raise click.UsageError("say with --ceiling what the run may cost at most, in US dollars")
    from infra.cli.aws import running

    return running.begin(where, show, fields, _folder(where, out), at_once=at_once, yes=yes)


@aws.command(
    short_help="Tell what a run does until it ends.",
    epilog="""\b
Examples:
  econchatr aws watch
  econchatr aws watch mine-20261127T103057-6321""",
)
@_run
@_where
@_out
def watch(run_id: str | None, out: Path | None, **given: Any) -> int:
    """Tell what a run does until it ends, whoever started it; by default the newest that goes on."""
    where = _stack(given)
    from infra.cli.aws import running

    return running.watch(where, run_id, _folder(where, out))


@aws.command(
    short_help="Stop a run; what runs is cancelled and settled.",
    epilog="""\b
Example:
  econchatr aws stop""",
)
@_run
@_where
@_out
def stop(run_id: str | None, out: Path | None, **given: Any) -> int:
    """Stop a run, by default the newest that goes on: jobs are cancelled and settled, and it is reported."""
    where = _stack(given)
    from infra.cli.aws import running

    return running.halt(where, run_id, _folder(where, out))


@aws.command(
    short_help="The newest runs, those that go on first.",
    epilog="""\b
Example:
  econchatr aws runs --json""",
)
@_where
@click.option("--json", "as_json", is_flag=True, help="The runs' whole summaries.")
def runs(as_json: bool, **given: Any) -> int:
    """The newest runs: how each ended, what it cost, where its report is; first those that go on."""
    from infra.cli.aws import running

    return running.runs(_stack(given), as_json=as_json)


@aws.command(
    short_help="Bring a run's report here and open it.",
    epilog="""\b
Example:
  econchatr aws report --out build/aws""",
)
@_run
@_where
@_out
@click.option("--no-open", is_flag=True, help="Do not show it in a browser.")
def report(run_id: str | None, out: Path | None, no_open: bool, **given: Any) -> int:
    """Bring a run's report, quiz, plan and answers here, by default the newest's, and open the report."""
    where = _stack(given)
    from infra.cli.aws import download

    return download.report(where, run_id, _folder(where, out), opens=not no_open)


@aws.command(
    short_help="A packaged query, or SQL, on the stack's Athena.",
    epilog="\b\nExample:\n  econchatr aws query cost_of_each_run\n\n" + QUERIES,
)
@query_of
@_where
def query(**given: Any) -> int:
    """A packaged query, or one SELECT, SHOW, DESCRIBE or EXPLAIN; the workgroup bounds what it may read."""
    where = _stack(given)
    from infra.cli.query import query as command

    return command.run(typed.Query(**given, out=_folder(where, None), where=where))


@aws.command(
    short_help="Let the schedule start runs, or not.",
    epilog="""\b
Examples:
  econchatr aws schedule on --cron "cron(0 6 1 * ? *)" --timezone Europe/London
  econchatr aws schedule on --input '{"show": "econtalk", "ceiling_usd": "10.00", "dry_run": true}'
  econchatr aws schedule off""",
)
@click.argument("state", type=click.Choice(["on", "off"]))
@_where
@click.option("--cron", metavar="EXPRESSION", help="When, in EventBridge Scheduler's words.")
@click.option("--timezone", metavar="NAME", help="In which time zone.")
@click.option("--input", "document", metavar="JSON", help="The run input of a scheduled run.")
def schedule(
    state: str, cron: str | None, timezone: str | None, document: str | None, **given: Any
) -> int:
    """Let the schedule start runs, or not. It is a parameter of the stack, so that no update reverts it."""
    asked = {"Schedule": cron, "ScheduleTimezone": timezone, "ScheduleInput": document}
    parameters = {name: value for name, value in asked.items() if value is not None}
    parameters["ScheduleState"] = "ENABLED" if state == "on" else "DISABLED"
    from infra.cli.aws import deploying

    return deploying.schedule(_stack(given), parameters)


@aws.command(
    short_help="Remove the stack; the data stay unless asked for twice.",
    epilog="""\b
Examples:
  econchatr aws destroy
  econchatr aws destroy --with-data econchatr-dev-lakebucket-1a2b3c""",
)
@_where
@click.option(
    "--with-data",
    "bucket",
    metavar="BUCKET",
    help="The stack's bucket, which goes with it, and the ledger.",
)
@click.option("--yes", is_flag=True, help="Agree beforehand.")
def destroy(bucket: str | None, yes: bool, **given: Any) -> int:
    """Remove the stack. Bucket and ledger stay, unless the bucket is named with --with-data."""
    from infra.cli.aws import deploying

    return deploying.destroy(_stack(given), bucket, yes=yes)


def _stack(given: dict[str, Any]) -> typed.Where:
    """Which stack is meant; takes it out of `given`."""
    return typed.Where(given.pop("stack"), given.pop("region"), given.pop("profile"))


def _folder(where: typed.Where, out: Path | None) -> Path:
    return out or Path("build") / where.stack


def _assigned(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"--set takes NAME=VALUE, and {text!r} is none")
    return name, value
