"""Bytecode shipped with the code, because Lambda's disk is read-only and would compile at every start."""

import shutil
import subprocess
import sys
from pathlib import Path

from infra.layers.lock import LAMBDA_PYTHON


class NoLambdaPython(Exception):
    """This machine has no Python of Lambda's version, so nothing can be compiled for it."""


def compile_tree(tree: Path, deployed_at: str) -> None:
    """Compile `tree` for Lambda's Python; raises NoLambdaPython.

    SAM dates every file 1980, so bytecode that trusts dates would never be used: this one is
    checked against nothing. `deployed_at` is the path that tracebacks will show.
    """
    python = lambda_python()
    if python is None:
        raise NoLambdaPython(
            f"no python{LAMBDA_PYTHON} that runs is on PATH, and without its bytecode each cold start takes "
            "seconds longer; install it, or put it first on PATH"
        )
    mode = ("--invalidation-mode", "unchecked-hash")
    paths = ("-s", str(tree), "-p", deployed_at)
    subprocess.run([python, "-m", "compileall", "-q", *mode, *paths, str(tree)], check=True)


def lambda_python() -> str | None:
    """An interpreter that runs: version managers put names on PATH that only print an error."""
    candidate = shutil.which(f"python{LAMBDA_PYTHON}")
    current = ".".join(str(part) for part in sys.version_info[:2])
    if current == LAMBDA_PYTHON:
        return sys.executable
    if candidate is None:
        return None
    answer = subprocess.run([candidate, "-c", ""], capture_output=True, check=False)
    return candidate if answer.returncode == 0 else None
