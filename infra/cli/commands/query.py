"""`econchatr query`: Athena's SQL over the lake in a folder, or over a deployed stack's."""

import click

from infra.cli import options
from infra.cli.aws.sentences import sentences
from infra.cli.options import RunsFolder, StackRef


@click.command(
    short_help="A packaged query, or SQL, on the embedded Athena.",
    epilog="\b\nExamples:\n  econchatr query answers_side_by_side --format full\n"
    "  econchatr query 'SHOW TABLES' mine.yaml\n\n" + options.packaged_queries(),
)
@options.query
@options.runs_folder
@click.option("--stack", metavar="NAME", help="A deployed stack's lake instead of a folder's.")
def query(query: str, form: str, runs_folder: RunsFolder, stack: str | None) -> int:
    """A packaged query, or one SELECT, SHOW, DESCRIBE or EXPLAIN; it changes nothing."""
    from infra.cli.query.query import checked_sql, of_folder, of_stack, print_result

    sql = checked_sql(query)
    if stack is None:
        print_result(of_folder(sql, runs_folder.path), form)
        return 0
    from infra.cli.aws.stack import deployed

    with sentences():
        print_result(of_stack(sql, deployed(StackRef(stack))), form)
    return 0
