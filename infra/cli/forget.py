"""Takes episodes out of a folder's lake, files and ledger, and names the models that learnt from them."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from infra.cli import inputs
from infra.cli.arguments import Forget
from infra.cli.confirm import NotAgreed, agree
from infra.cli.results.mirror import mirror_results
from infra.local.folder import state_dir
from infra.local.laptop import Laptop, laptop
from shared import forgetting
from shared.errors import BadInput
from shared.forgetting import Forgotten
from shared.lake.tables import Lake


class NothingKept(BadInput):
    """No run has left anything in the folder."""


def run(arguments: Forget) -> int:
    """Say what goes, ask, remove it, and name the models that cannot forget; 0."""
    show = inputs.show_profile(arguments.place.show)
    out = inputs.folder(arguments.place, show)
    if not (state_dir(out) / "cloud").is_dir():
        raise NothingKept(f"{out} holds no run's results; name the folder with --out")
    with laptop(out, month_ceiling_usd=arguments.place.month_ceiling_usd, dry_run=True) as here:
        lake = Lake(here.cloud.client("s3"), here.outputs["LakeBucket"])
        episodes = forgetting.wanted(lake, show.name, arguments.episodes)
        _agree(episodes, arguments)
        done = forgetting.forget(lake, here.stack.ledger, show.name, episodes)
        mirror_results(here, out)
    _tell(done, here)
    if show.transcripts:
        print(
            f"Delete their transcripts in {show.transcripts} too, which are yours; no run reads them under these names."
        )
    return 0


def _agree(episodes: Sequence[Mapping[str, Any]], arguments: Forget) -> None:
    for row in episodes:
        print(f"{row['episode_id']}  {row['title'] or '-'}  {row['url'] or ''}".rstrip())
        if not {row["episode_id"], row["url"]} & {*arguments.episodes}:
            print("  The same talk, published twice.")
    if arguments.yes:
        return
    if not sys.stdin.isatty():
        raise NotAgreed("this removes them for good and there is no terminal to ask at; add --yes")
    agree(
        "Remove all that is kept of these, for good?",
        "nothing was removed, because the answer was not yes",
    )


def _tell(done: Forgotten, here: Laptop) -> None:
    rows = ", ".join(f"{n} of {table}" for table, n in sorted(done.rows.items()) if n)
    print(f"\nRemoved rows: {rows or 'none'}.")
    print(
        f"Removed files: {len(done.objects)}; reports and training files that held their words are gone."
    )
    print(f"Emptied answers in the ledger: {done.answers}; what they cost stays.")
    print("No later run of the show reads them.")
    if done.models:
        print("\nThese models have learnt from them and cannot forget; delete them where they are:")
    for model in done.models:
        print(
            f"  {model['fine_tuned_model']} ({model['model']} at {model['provider']}, job {model['job_id']}, "
            f"run {model['run_id']}): {len(model['episodes'])} of these episodes"
        )
    print(
        f"\nNot looked through: what you exported or copied yourself, and {here.cloud.state_dir.parent / 'provider'}, "
        "where the stand-in keeps what it learnt."
    )
