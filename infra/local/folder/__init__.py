"""The folder that `--out` names: whose it is, and what in it is ours to replace.

`check` refuses what is not new, empty or ours; `claim` marks it for a cloud, `taken` for files alone.
What `mirror_bucket` and `Folder.write` put there leaves alone, and names, what somebody else put in its place.
"""

from infra.local.folder.files import Folder, claim, mirror_bucket, opened, taken
from infra.local.folder.marker import NotOurFolder, check, state_dir

__all__ = [
    "Folder",
    "NotOurFolder",
    "check",
    "claim",
    "mirror_bucket",
    "opened",
    "state_dir",
    "taken",
]
