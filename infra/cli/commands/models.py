"""`econchatr models`: what can be tuned, where, at what price, until when."""

from pathlib import Path

import click


@click.command(
    short_help="What can be tuned, where, at what price, until when.",
    epilog="""\b
Examples:
  econchatr models
  econchatr models --out build/demo""",
)
@click.option(
    "--show", metavar="NAME_OR_FILE", help="Whose plan and horizon count.  [default: any]"
)
@click.option("--out", type=Path, metavar="DIR", help="Where a plan tells how large the corpus is.")
@click.option("--catalogue", type=Path, metavar="FILE", help="Models and prices of your own.")
@click.option(
    "--openai-base-url", metavar="URL", help="A provider to ask, for nothing, whether your key may."
)
@click.option("--json", "as_json", is_flag=True, help="The same with every digit.")
def models(
    show: str | None,
    out: Path | None,
    catalogue: Path | None,
    openai_base_url: str | None,
    as_json: bool,
) -> int:
    """What can be tuned, where, at what price, until when; cheapest for a corpus first."""
    from infra.cli import inputs
    from infra.cli.models import documents, offers, planned_tokens, print_checked, print_offers
    from infra.cli.terminal.screen import print_json
    from shared.clock import utc_now
    from shared.shows import ShowProfile

    known = inputs.models_and_prices(catalogue)
    inputs.check_address(openai_base_url)
    profile = inputs.show_profile(show) if show else None
    tokens = planned_tokens(out, profile, known) if out else {}
    default_horizon = ShowProfile.model_fields["horizon_days"].default
    horizon_days = profile.horizon_days if profile else default_horizon
    found = offers(known, utc_now().date(), horizon_days, tokens)
    if as_json:
        print_json(documents(found))
        return 0
    print_offers(found, planned=bool(tokens))
    if openai_base_url:
        print_checked(found, known, openai_base_url)
    return 0
