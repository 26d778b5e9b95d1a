"""`econchatr aws keys set` and `put-…`: what a person puts into a stack."""

from pathlib import Path

import click

from infra.cli import options
from infra.cli.options import StackRef


@click.group(short_help="Providers' API keys, in the stack's secret.")
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
@options.stack_ref
@options.providers_of_your_own
def keys_set(provider: str, stack_ref: StackRef, catalogue: Path | None) -> int:
    """Keep a provider's key: asked for without an echo, or read from standard input."""
    from infra.cli import inputs
    from infra.cli.aws.stack import deployed
    from infra.cli.aws.upload import put_key

    name = inputs.provider_name(provider, inputs.models_and_prices(catalogue))
    stack = deployed(stack_ref)
    put_key(stack, name, inputs.typed_key(name))
    print(f"The key for {name} is in the stack's secret; runs that start now use it.")
    return 0


@click.command(
    short_help="Put a profile where runs find it by its name.",
    epilog="""\b
Example:
  econchatr aws put-show mine.yaml""",
)
@click.argument("file", type=Path, metavar="FILE")
@options.stack_ref
def put_show(file: Path, stack_ref: StackRef) -> int:
    """Put a profile where runs find it by its name; a folder of transcripts that it names goes with it."""
    from infra.cli import inputs
    from infra.cli.aws.stack import deployed
    from infra.cli.aws.upload import put_profile

    show = inputs.show_profile(str(file))
    put_profile(deployed(stack_ref), show)
    print(f"{show.display_title} is there; `econchatr aws start {show.name}` runs it.")
    return 0


@click.command(
    short_help="Make a show's transcripts those of a folder.",
    epilog="""\b
Example:
  econchatr aws put-transcripts mine ~/transcripts""",
)
@click.argument("show", metavar="SHOW")
@click.argument("folder", type=Path, metavar="FOLDER")
@options.stack_ref
def put_transcripts(show: str, folder: Path, stack_ref: StackRef) -> int:
    """Make the stack's transcripts of a show exactly those of a folder."""
    from infra.cli.aws.stack import deployed
    from infra.machine.upload import address_of, upload
    from shared.errors import InvalidField

    if not folder.is_dir():
        raise InvalidField(f"{folder} is no folder; name a folder of transcript files")
    bucket = deployed(stack_ref).bucket
    brought = upload(bucket, show, folder)
    print(
        f"{brought:,} files of {folder} are new or changed in {address_of(bucket, show)}; "
        "name that as `transcripts` in the profile"
    )
    return 0


@click.command(
    short_help="Put models and prices of your own before the packaged ones.",
    epilog="""\b
Example:
  econchatr aws put-catalogue catalogue.yaml""",
)
@click.argument("file", type=Path, metavar="FILE")
@options.stack_ref
def put_catalogue(file: Path, stack_ref: StackRef) -> int:
    """Put models and prices of your own before the packaged ones.

    Whoever may write this file decides where keys go and whether the ceiling holds.
    """
    from infra.cli import inputs
    from infra.cli.aws.stack import deployed
    from shared.lake import keys as objects

    known = inputs.models_and_prices(file)
    deployed(stack_ref).bucket.write(objects.CATALOGUE, file.read_bytes(), "application/yaml")
    print(
        f"{len(known.models)} models at {len(known.providers)} providers; runs that start now use them."
    )
    return 0
