"""`econchatr export`: training files in every format, a recipe and a model card; buys nothing, asks nobody."""

from pathlib import Path

import click

from infra.cli import options


@click.command(
    short_help="Training files in every format, and a recipe for a GPU of your own.",
    epilog="""\b
Examples:
  econchatr export demo
  econchatr export mine.yaml --out build/mine --into ~/training""",
)
@options.show_name
@click.option(
    "--out",
    type=Path,
    metavar="DIR",
    help="Where a plan or a run left pairs; a plan is made where none did.  [default: build/SHOW]",
)
@click.option(
    "--into", type=Path, metavar="FOLDER", help="Where the files go.  [default: DIR/export]"
)
def export(show: str, out: Path | None, into: Path | None) -> int:
    """Training files in every format, a recipe for a GPU of your own and a model card; buys nothing."""
    from infra.cli import inputs
    from infra.cli.export.files import export_files, write_files
    from infra.cli.export.pairs import FORMATS, parts
    from infra.cli.local_run import plan_here
    from infra.cli.options import RunLocation
    from infra.cli.terminal.screen import print_wrapped
    from shared.run import check_rights

    profile = inputs.show_profile(show)
    check_rights(profile, "an export of training text")
    folder = RunLocation(show, out).folder(profile.name)
    if not any((folder / "lake" / "pairs").rglob("*.parquet")):
        ended = plan_here(profile, RunLocation(show, folder))
        if ended:
            return ended
    train, held_out = parts(folder, profile)
    target = into or folder / "export"
    write_files(target, export_files(show, profile, folder, train, held_out))
    print_wrapped(
        f"{train.pairs} pairs of {train.episodes} episodes train, {held_out.pairs} of {held_out.episodes} "
        f"are held out, each in {len(FORMATS)} formats."
    )
    print(f"Wrote {target}; {target / 'README.md'} says how to train.")
    return 0
