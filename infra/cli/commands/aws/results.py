"""`econchatr aws report` and `query`: what the runs of a stack left."""

from pathlib import Path

import click

from infra.cli import options
from infra.cli.options import StackRef


@click.command(
    short_help="Bring a run's report here and open it.",
    epilog="""\b
Example:
  econchatr aws report --out build/aws""",
)
@click.argument("run_id", metavar="[RUN_ID]", required=False)
@options.stack_ref
@options.out_of_stack
@click.option("--no-open", is_flag=True, help="Do not show it in a browser.")
def report(run_id: str | None, stack_ref: StackRef, out: Path | None, no_open: bool) -> int:
    """Bring a run's report, quiz, plan and answers here, by default the newest's, and open the report."""
    import webbrowser

    from infra.cli.aws.download import NoReport, download, newest
    from infra.cli.aws.stack import deployed
    from shared.lake import keys

    stack, folder = deployed(stack_ref), stack_ref.folder(out)
    name = run_id or newest(stack.bucket)
    download(stack.bucket, name, folder)
    page = folder / keys.report(name)
    if not page.is_file():
        raise NoReport(
            f"run {name} has no report; `econchatr aws watch {name}` tells what became of it"
        )
    if not no_open:
        webbrowser.open(page.resolve().as_uri())
    return 0


@click.command(
    short_help="A packaged query, or SQL, on the stack's Athena.",
    epilog="\b\nExample:\n  econchatr aws query cost_of_each_run\n\n" + options.packaged_queries(),
)
@options.query
@options.stack_ref
def query(query: str, form: str, stack_ref: StackRef) -> int:
    """A packaged query, or one SELECT, SHOW, DESCRIBE or EXPLAIN; the workgroup bounds what it may read."""
    from infra.cli.aws.stack import deployed
    from infra.cli.query.query import checked_sql, of_stack, print_result

    print_result(of_stack(checked_sql(query), deployed(stack_ref)), form)
    return 0
