"""The corpus as a commit's parser reads it."""

import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.places import ROOT
from tests.talks.cases import Case

HERE = "."
"""Stands for the working tree, as it is."""
_READER = Path(__file__).with_name("reader.py")


def readings(commit: str, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return what the parser of a commit, or of the working tree (`HERE`), makes of each case."""
    with tempfile.TemporaryDirectory() as folder:
        tree = ROOT if commit == HERE else _tree(commit, Path(folder))
        asked = Path(folder, "cases")
        asked.write_bytes(
            pickle.dumps([(one.body, one.host, one.aliases, one.guests) for one in cases])
        )
        done = subprocess.run(
            [sys.executable, "-P", str(_READER), str(asked)],
            env=os.environ | {"PYTHONPATH": str(tree)},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"the parser of {commit} does not start:\n{done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _tree(commit: str, folder: Path) -> Path:
    """Return a folder with the commit's `shared`."""
    packed = subprocess.run(
        [shutil.which("git") or "git", "archive", commit, "shared"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder
