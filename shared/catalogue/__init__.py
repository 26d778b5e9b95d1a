"""Models, prices, limits and end dates: the one file that has them, and the rules that read it."""

from shared.catalogue import training_costs
from shared.catalogue.checks import (
    JUDGING,
    TRAINED,
    check_lifetime,
    check_open,
    check_prices,
)
from shared.catalogue.models import (
    Catalogue,
    Limits,
    Model,
    Speed,
    dump,
    extended,
    packaged,
    parse,
)
from shared.catalogue.prices import Price, Purpose, WrongUnit
from shared.catalogue.providers import (
    DataFormat,
    Hyperparameters,
    JobField,
    Provider,
    TimeBilling,
    hides_keys,
    key_variable,
)

__all__ = [
    "JUDGING",
    "TRAINED",
    "Catalogue",
    "DataFormat",
    "Hyperparameters",
    "JobField",
    "Limits",
    "Model",
    "Price",
    "Provider",
    "Purpose",
    "Speed",
    "TimeBilling",
    "WrongUnit",
    "check_lifetime",
    "check_open",
    "check_prices",
    "dump",
    "extended",
    "hides_keys",
    "key_variable",
    "packaged",
    "parse",
    "training_costs",
]
