"""What a run is held to: what was asked for, resolved and frozen, and the first state that does it.

`environment` is for `functions/` alone.
"""

from shared.run.settings import (
    RunInput,
    RunSettings,
    check_buyable,
    check_rights,
    frozen,
    parse_input,
    resolve,
    show_from,
)

__all__ = [
    "RunInput",
    "RunSettings",
    "check_buyable",
    "check_rights",
    "frozen",
    "parse_input",
    "resolve",
    "show_from",
]
