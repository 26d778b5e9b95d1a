"""Models, prices, limits and end dates: the one file that has them, and the rules that read it."""

from shared.catalogue.models import (
    Catalogue,
    DataFormat,
    Hyperparameters,
    JobField,
    Limits,
    Model,
    Price,
    Provider,
    Purpose,
    check_lifetime,
    check_open,
    dump,
    hides_keys,
    overridden,
    packaged,
    parse,
)

__all__ = [
    "Catalogue",
    "DataFormat",
    "Hyperparameters",
    "JobField",
    "Limits",
    "Model",
    "Price",
    "Provider",
    "Purpose",
    "check_lifetime",
    "check_open",
    "dump",
    "hides_keys",
    "overridden",
    "packaged",
    "parse",
]
