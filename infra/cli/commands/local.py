"""`econchatr local`, `econchatr plan` and `econchatr serve`: what runs on this machine."""

from pathlib import Path

import click

from infra.cli import options
from infra.cli.options import OutputOptions, ProviderOptions, RunFields, RunLocation


@click.command(
    short_help="A whole run on this machine, free with the stand-in.",
    epilog="""\b
Examples:
  econchatr local demo
  econchatr local demo --provider own
  econchatr local mine.yaml --ceiling 10 --model llama-3.3-70b --epochs 4
  econchatr local mine.yaml --dry-run
  econchatr local mine.yaml --ceiling 10 --provider nebius""",
)
@options.location
@options.run_input
@options.dry_run
@options.provider
@options.output
def local(
    location: RunLocation,
    document: str | None,
    fields: RunFields,
    dry_run: bool,
    provider: ProviderOptions,
    output: OutputOptions,
) -> int:
    """One run of the whole machine in an embedded cloud.

    Without --provider or --openai-base-url a stand-in takes the place of every model and charges nothing; then
    the ceiling is 10.00 unless --ceiling or --input say otherwise. A model of the provider `own` is
    really tuned on this machine, two epochs unless --epochs or --input say otherwise.
    """
    from infra.cli import inputs
    from infra.cli.local_run import CEILING_USD, run_here

    show = inputs.show_profile(location.show)
    fields, provider = inputs.tuned_here(fields, provider, location.catalogue)
    harmless = document is None and not provider.real
    defaults: dict[str, object] = {"ceiling_usd": CEILING_USD} if harmless else {}
    defaults |= inputs.own_defaults(location.catalogue, fields.models)
    wanted = inputs.run_input(document or "{}", show, defaults, fields.document(dry_run=dry_run))
    return run_here(show, wanted, location, provider, output)


@click.command(
    short_help="What a run would cost, and what each model would; spends nothing.",
    epilog="""\b
Examples:
  econchatr plan demo
  econchatr plan mine.yaml --ceiling 40 --model gpt-4.1-mini --model llama-3.3-70b""",
)
@options.location
@options.run_input
@options.output
def plan(
    location: RunLocation, document: str | None, fields: RunFields, output: OutputOptions
) -> int:
    """What each model would cost and what the ceiling buys; spends nothing."""
    from infra.cli import inputs
    from infra.cli.local_run import plan_here

    show = inputs.show_profile(location.show)
    return plan_here(show, location, document, fields.document(), output)


@click.command(
    short_help="This machine as a provider that tunes real models.",
    epilog="""\b
Examples:
  econchatr serve
  econchatr serve --catalogue mine.yaml --model my-llama --port 9000""",
)
@click.option(
    "--model", "names", multiple=True, metavar="NAME", help="Only these; may be repeated."
)
@click.option("--catalogue", type=Path, metavar="FILE", help="Models and prices of your own.")
@click.option(
    "--state",
    type=Path,
    default=Path("build") / "own",
    show_default=True,
    metavar="DIR",
    help="Where files, jobs and models are kept.",
)
@click.option(
    "--port", type=int, default=8135, show_default=True, help="On loopback; 0 takes a free one."
)
def serve(names: tuple[str, ...], catalogue: Path | None, state: Path, port: int) -> int:
    """This machine as a provider behind OpenAI's protocol: it tunes models and answers for them.

    It listens on loopback alone, and accepts one key: OWN_API_KEY, that of `econchatr keys set own`, or one that
    it makes up and keeps beside its models. What was begun when it is stopped goes on when it is started again.
    """
    from infra.cli import inputs
    from infra.cli.serve import serve_models

    return serve_models(inputs.models_and_prices(catalogue), names, state, port)
