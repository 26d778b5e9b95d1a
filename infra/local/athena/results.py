"""Values and type names as Athena's results spell them."""

from datetime import datetime
from decimal import Decimal

_TYPES = {
    "HUGEINT": "bigint",
    "UBIGINT": "bigint",
    "FLOAT": "float",
    "BLOB": "varbinary",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
}


def type_name(duckdb_type: str) -> str:
    """Return Athena's name for the type of a result column, such as "decimal", "array" or "row"."""
    if duckdb_type.endswith("[]"):
        return "array"
    base = duckdb_type.split("(")[0].strip()
    return _TYPES.get(base, {"STRUCT": "row"}.get(base, base.lower()))


def text(value: object) -> str | None:
    """Return a value as GetQueryResults and the result file hold it; None for a null."""
    return None if value is None else _spelled(value)


def _spelled(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case datetime():
            zone = " UTC" if value.tzinfo else ""
            return value.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + zone
        case list():
            return f"[{', '.join(map(_spelled, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}={_spelled(item)}' for key, item in value.items())}}}"
        case bytes():
            return value.hex(" ")
        case _:
            return str(value)
