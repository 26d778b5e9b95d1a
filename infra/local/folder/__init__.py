"""The folder that `--out` names: whose it is, and what in it is ours to replace.

`check` refuses what is not new, empty or ours; `claim` marks it for a cloud, `taken` for files alone.
What `mirror_bucket` and `Folder.write` put there leaves alone, and names, what somebody else put in its place.
`objects_in` reads it as a bucket is read.
"""

from infra.local.folder.files import Folder, claim, mirror_bucket, opened, taken
from infra.local.folder.marker import NotOurFolder, check, state_dir
from infra.local.folder.objects import FolderObjects, objects_in

__all__ = [
    "Folder",
    "FolderObjects",
    "NotOurFolder",
    "check",
    "claim",
    "mirror_bucket",
    "objects_in",
    "opened",
    "state_dir",
    "taken",
]
