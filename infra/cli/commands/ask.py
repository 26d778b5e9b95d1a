"""`econchatr ask`: one question to a finished model, to its base and to the prompted base."""

import click

from infra.cli import options
from infra.cli.options import ProviderOptions, RunLocation


@click.command(
    short_help="One question to a finished model, tuned and untuned.",
    epilog="""\b
Example:
  econchatr ask "Why do fences matter?" demo""",
)
@click.argument("question")
@options.location
@options.provider
@click.option(
    "--model", metavar="NAME", help="Which finished model.  [default: the newest run's first]"
)
@click.option(
    "--ceiling",
    "--ceiling-usd",  # as it was called first
    "ceiling_usd",
    default="0.10",
    show_default=True,
    metavar="USD",
    help="What the answers may cost at most.",
)
def ask(
    question: str,
    location: RunLocation,
    provider: ProviderOptions,
    model: str | None,
    ceiling_usd: str,
) -> int:
    """One question to a finished model, to its base and to the prompted base, side by side."""
    from infra.cli.answers.ask import answer
    from infra.cli.inputs import check_order

    check_order(question, location.show)
    return answer(question, location, provider, model, ceiling_usd)
