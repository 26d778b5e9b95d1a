"""Patches of MiniStack, for where it differs from what AWS documents.

Each module has one `install()`, called before MiniStack starts, and says what AWS documents, what
MiniStack does and what is done here. They reach into private names, so they hold for one version
only: `require_version` stops everything else. `tests/integration/test_unpatched_cloud.py` has the
smallest case of each fault, shown on MiniStack as it is; where such a test fails after an update,
its patch is no longer needed.
"""

import os
from importlib.metadata import version

from infra.local.cloud.errors import UnsupportedMiniStack

MINISTACK_VERSION = "1.5.33"
UNPATCHED = "MINISTACK_UNPATCHED"


def require_version() -> None:
    """Raises UnsupportedMiniStack unless the patches were written for the installed MiniStack."""
    installed = version("ministack")
    if installed != MINISTACK_VERSION:
        raise UnsupportedMiniStack(
            f"the laptop cloud was written for MiniStack {MINISTACK_VERSION}, but {installed} is "
            f"installed; run `pip install ministack=={MINISTACK_VERSION}`, or `make install`"
        )


def install_all() -> None:
    """Put every patch in place in this process, unless the variable UNPATCHED is set."""
    if os.environ.get(UNPATCHED):
        return
    from infra.local.cloud.patches import (
        cancellation,
        durability,
        history,
        missing_paths,
        permissions,
        python_runtime,
        secret_values,
        secure_loopback,
        terminal_errors,
        yaml_definition,
    )
    from infra.local.cloud.patches.athena import named_queries, sql

    for patch in (
        python_runtime,
        cancellation,
        history,
        missing_paths,
        named_queries,
        terminal_errors,
        yaml_definition,
        secure_loopback,
        secret_values,
        sql,
        permissions,
        durability,
    ):
        patch.install()
