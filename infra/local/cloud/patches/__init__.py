"""Patches of MiniStack, for where it differs from what AWS documents.

Each module has one `install()`, called before MiniStack starts. Its docstring is a report for upstream: what AWS
documents, what MiniStack does in the version that is named, what is done here, and the smallest cases that show it.
The cases stand in `tests/integration/patches`, and each is held twice: to do as AWS documents on the patched cloud, and
to show the fault on MiniStack as it is. Where it no longer does so after an update, the patch may go.

Patches reach into private names, so they hold for one version only: `require_version` stops everything else.
"""

import os
from importlib.metadata import version
from types import ModuleType

from infra.local.cloud.errors import UnsupportedMiniStack

MINISTACK_VERSION = "1.5.33"
UNPATCHED = "MINISTACK_UNPATCHED"


def require_version() -> None:
    """Raise UnsupportedMiniStack unless the patches were written for the installed MiniStack."""
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
    for patch in all_patches():
        patch.install()


def all_patches() -> tuple[ModuleType, ...]:
    """Return the patches in the order in which they are put in place; this imports MiniStack."""
    from infra.local.cloud.patches import (
        authorization,
        cancellation,
        durability,
        history,
        missing_paths,
        permissions,
        python_runtime,
        refusals,
        secret_values,
        secure_loopback,
        terminal_errors,
        yaml_definition,
    )
    from infra.local.cloud.patches.athena import named_queries, sql

    return (
        python_runtime,
        cancellation,
        history,
        missing_paths,
        named_queries,
        terminal_errors,
        yaml_definition,
        refusals,
        secure_loopback,
        secret_values,
        sql,
        authorization,
        permissions,
        durability,
    )
