"""What a command leaves in the folder of `--out`: the bucket as files, the pages of all runs, the stand-in's bill."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.cli.results import pages
from infra.local.folder import FolderObjects, mirror_bucket, opened, state_dir
from infra.local.laptop import Laptop
from infra.machine.runs import RunStore

BILL = "bill.json"  # the stand-in's own, independent of the ledger
NAMED = 3  # of the files that are in the way


def mirror_results(here: Laptop, out: Path) -> None:
    """Put the bucket and the pages into the folder, and say what could not be put there."""
    blocked = mirror_bucket(here.cloud, here.outputs["LakeBucket"], out)
    blocked += pages.publish(opened(out), RunStore(FolderObjects(here.bucket_dir)))
    _name_blocked(out, here.bucket_dir, blocked)


def write_bill(here: Laptop, out: Path) -> str | None:
    """Put the stand-in's bill into the folder; return its total, None with another provider."""
    bill = here.bill()
    if bill is None:
        return None
    if not opened(out).write(BILL, json.dumps(bill, indent=1).encode()):
        _name_blocked(out, state_dir(out), [BILL])
    return str(bill["total_usd"])


def _name_blocked(out: Path, ours: Path, blocked: Sequence[str]) -> None:
    if blocked:
        named = ", ".join(blocked[:NAMED])
        more = f" and {len(blocked) - NAMED} more" if len(blocked) > NAMED else ""
        print(
            f"econchatr: left as they are in {out}, because econchatr did not write them: "
            f"{named}{more}; what the run has under these names is below {ours}",
            file=sys.stderr,
        )
