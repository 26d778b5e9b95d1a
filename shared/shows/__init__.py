"""A show: its profile, and the profiles that are packaged."""

from shared.shows.profile import (
    PACKAGED,
    ShowProfile,
    Training,
    packaged,
    packaged_names,
    parse,
    parse_yaml,
)

__all__ = [
    "PACKAGED",
    "ShowProfile",
    "Training",
    "packaged",
    "packaged_names",
    "parse",
    "parse_yaml",
]
