"""Builds the code of a Lambda function, the same for all: `functions/` and `shared/`."""

import shutil
import sys
from pathlib import Path

from infra.layers.bytecode import compile_tree

PACKAGES = ("functions", "shared")


def build(into: Path) -> None:
    """Copy the packages into `into`, so that names in Lambda are the names in the repository."""
    for package in PACKAGES:
        shutil.copytree(
            package,
            into / package,
            ignore=shutil.ignore_patterns("__pycache__"),
            dirs_exist_ok=True,
        )
    compile_tree(into, "/var/task")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
