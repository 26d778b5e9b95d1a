"""`econchatr inspect`: what the parser sees on one page or in one file."""

from pathlib import Path

import click


@click.command(
    short_help="What the parser sees on one page.",
    epilog="""\b
Example:
  econchatr inspect https://example.org/an-episode/ --show mine.yaml""",
)
@click.argument("page", metavar="URL_OR_FILE")
@click.option("--show", required=True, metavar="NAME_OR_FILE", help="A packaged show or a profile.")
@click.option(
    "--out", type=Path, metavar="DIR", help="Where a lake tells of episodes with the same turns."
)
def inspect(page: str, show: str, out: Path | None) -> int:
    """What the parser sees on one page or in one file of a transcript."""
    from infra.cli import inputs
    from infra.cli.inspect_page import inspect_page, print_duplicates, print_page

    profile = inputs.show_profile(show)
    seen = inspect_page(page, profile)
    print_page(seen)
    if seen.found.transcript is None:
        return 1
    if out:
        print_duplicates(out, profile.name, seen.found.transcript.digest)
    return 0
