"""`econchatr forget`: a removal request, carried out on what lies on a laptop."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.cli import options
from infra.cli.options import RunLocation
from infra.cli.terminal.screen import print_starting, print_wrapped
from shared.errors import BadInput

if TYPE_CHECKING:
    from shared.erasure import ErasureResult


class NothingKept(BadInput):
    """No run has left anything in the folder."""


@click.command(
    short_help="Remove episodes from everything that is kept.",
    epilog="""\b
Examples:
  econchatr forget mine.yaml https://example.org/an-episode/
  econchatr forget mine.yaml talk-with-a-guest.md""",
)
@options.location_of_show
@click.argument("episodes", metavar="EPISODE...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Agree beforehand.")
def forget(location: RunLocation, episodes: tuple[str, ...], yes: bool) -> int:
    """Remove episodes, by file, title, address or id, from all that is kept; names the models they trained."""
    from infra.cli import inputs
    from infra.cli.results.mirror import mirror_results
    from infra.local.folder import objects_in, state_dir
    from infra.local.laptop import laptop
    from infra.machine.runs import RunStore
    from shared import erasure
    from shared.lake.tables import Lake

    show = inputs.show_profile(location.show)
    out = location.folder(show.name)
    if not (state_dir(out) / "cloud").is_dir():
        raise NothingKept(f"{out} holds no run's results; name the folder with --out")
    found = erasure.episodes_to_erase(RunStore(objects_in(out)), show.name, episodes)
    _print_episodes(found, episodes)
    _agree(yes=yes)
    print_starting()
    with laptop(out, month_ceiling_usd=location.month_ceiling_usd, dry_run=True) as here:
        lake = Lake(here.cloud.client("s3"), here.outputs["LakeBucket"])
        done = erasure.erase_episodes(lake, here.stack.ledger, show.name, found)
        mirror_results(here, out)
    _print_removed(done, state_dir(out) / "provider")
    if show.transcripts:
        print_wrapped(
            f"Delete their transcripts in {show.transcripts} too, which are yours; no run reads them under these names."
        )
    return 0


def _print_episodes(rows: Sequence[Mapping[str, Any]], named: Sequence[str]) -> None:
    from shared.erasure import is_called

    for row in rows:
        print(f"{row['episode_id']}  {row['title'] or '-'}  {row['url'] or ''}".rstrip())
        if not any(is_called(row, name) for name in named):
            print("  The same talk, published twice.")


def _agree(*, yes: bool) -> None:
    from infra.cli.confirm import NotAgreed, agree

    if yes:
        return
    if not sys.stdin.isatty():
        raise NotAgreed("this removes them for good and there is no terminal to ask at; add --yes")
    agree(
        "Remove all that is kept of these, for good?",
        "nothing was removed, because the answer was not yes",
    )


def _print_removed(done: "ErasureResult", provider_dir: Path) -> None:
    rows = ", ".join(f"{n} of {table}" for table, n in sorted(done.rows.items()) if n)
    print()
    print_wrapped(f"Removed rows: {rows or 'none'}.")
    print_wrapped(
        f"Removed files: {len(done.objects)}; reports and training files that held their words are gone."
    )
    print(f"Emptied answers in the ledger: {done.answers}; what they cost stays.")
    print("No later run of the show reads them.")
    if done.models:
        print("\nThese models have learnt from them and cannot forget; delete them where they are:")
    for model in done.models:
        print_wrapped(
            f"  {model['fine_tuned_model']} ({model['model']} at {model['provider']}, job {model['job_id']}, "
            f"run {model['run_id']}): {len(model['episodes'])} of these episodes"
        )
    print()
    print_wrapped(
        f"Not looked through: what you exported or copied yourself, and {provider_dir}, "
        "where the stand-in keeps what it learnt."
    )
