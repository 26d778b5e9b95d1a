"""`econchatr serve`: this machine as a provider behind OpenAI's protocol."""

from pathlib import Path

import click


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
