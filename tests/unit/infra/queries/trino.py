"""What Trino, which is Athena's engine, takes and DuckDB does not show: rules over a query's parsed tree."""

import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from shared.lake.schemas import PARTITIONED_BY_YEAR, SCHEMAS

# Documented alike by Trino (docs: Functions and operators) and by DuckDB; a query that needs more adds it here.
FUNCTIONS = {
    *("Sum", "Count", "Max", "Min", "Avg", "RowNumber", "Unnest"),
    *("Cast", "Case", "If", "Coalesce", "Nullif", "Lower", "Upper", "Length", "Abs"),
}
CONNECTIVES = {"And", "Or"}  # which sqlglot counts among functions
FAMILIES = {
    "VARCHAR": "text",
    "TEXT": "text",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    **dict.fromkeys(("INT", "BIGINT", "DOUBLE", "DECIMAL", "TINYINT", "SMALLINT"), "number"),
}


def refusals(sql):
    """Why Trino would refuse the query, or might answer it otherwise than DuckDB; each in a few words."""
    tree = sqlglot.parse_one(sql, read="athena")
    return [
        *(f"orders by {found}, a column of the result to Trino" for found in own_columns(tree)),
        *(f"calls {found}" for found in unknown_functions(tree)),
        *(f"mixes {found}" for found in mixed_types(tree)),
        *(f"keeps too few digits of {found}" for found in short_quotients(tree)),
    ]


def own_columns(tree):
    """Columns in ORDER BY whose table is called like a column of the result (trinodb/trino#18726)."""
    return [
        column.sql()
        for select in tree.find_all(exp.Select)
        if select.args.get("order")
        for column in select.args["order"].find_all(exp.Column)
        if column.table in {one.alias for one in select.expressions if one.alias}
    ]


def unknown_functions(tree):
    """Functions that are not known to mean the same to both engines."""
    names = {
        found.name if isinstance(found, exp.Anonymous) else type(found).__name__
        for found in tree.find_all(exp.Func)
    }
    return sorted(names - FUNCTIONS - CONNECTIVES)


def mixed_types(tree):
    """Comparisons, concatenations and choices over two kinds of value, between which only DuckDB converts."""
    typed = annotate_types(qualify(tree.copy(), schema=types(), dialect="athena"), schema=types())
    for node in typed.walk():
        sides = [side for side in compared(node) if not isinstance(side, exp.Null)]
        kinds = {family(side) for side in sides}
        if len(kinds) > 1:
            yield f"{' and '.join(sorted(kinds))} in {node.sql(dialect='athena')[:80]}"


def short_quotients(tree):
    """Divisions and means of what is no DOUBLE: to Trino a decimal, which keeps no more places than it was given.

    A literal such as 1.0 is a decimal too (trino.io: functions/decimal, "Arithmetic operators").
    """
    typed = annotate_types(qualify(tree.copy(), schema=types(), dialect="athena"), schema=types())
    for node in typed.find_all(exp.Div, exp.Avg):
        sides = [node.this, node.expression] if isinstance(node, exp.Div) else [node.this]
        if not any(map(is_double, sides)):
            yield node.sql(dialect="athena")[:80]


def is_double(node):
    """Whether an expression is a DOUBLE to Trino, as far as its columns, casts and operators tell."""
    if isinstance(node, exp.Cast | exp.Column):
        return node.type is not None and node.type.this.name == "DOUBLE"
    if isinstance(node, exp.Literal):
        return not node.is_string and "e" in node.name.lower()
    if isinstance(node, exp.Case):
        return any(is_double(one.args["true"]) for one in node.args["ifs"])
    if isinstance(node, exp.Binary):
        return is_double(node.this) or is_double(node.expression)
    kept = exp.Paren | exp.Neg | exp.Sum | exp.Max | exp.Min | exp.Avg | exp.Nullif | exp.Coalesce
    return isinstance(node, kept | exp.Abs | exp.Window) and is_double(node.this)


def compared(node):
    """What must be of one kind in a node."""
    if isinstance(node, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.Nullif):
        return [node.this, node.expression]
    if isinstance(node, exp.Coalesce | exp.In):
        return [node.this, *node.expressions]
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    if isinstance(node, exp.Case):
        results = [one.args["true"] for one in node.args["ifs"]]
        return [*results, *([node.args["default"]] if node.args.get("default") else [])]
    if isinstance(node, exp.DPipe):
        return [node.this, node.expression, exp.Literal.string("text")]
    return []


def family(node):
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "number"
    if isinstance(node, exp.Boolean):
        return "boolean"
    if node.type is None:
        return "unknown"
    return FAMILIES.get(node.type.this.name, node.type.this.name)


def types():
    """The lake's columns as Athena types them."""
    years = {name: {"year": "INT"} for name in PARTITIONED_BY_YEAR}
    return {
        table: {**{field.name: athena_type(field.type) for field in schema}, **years.get(table, {})}
        for table, schema in SCHEMAS.items()
    }


def athena_type(kind):
    if pa.types.is_list(kind):
        return f"ARRAY<{athena_type(kind.value_type)}>"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP"
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    names = {"string": "VARCHAR", "bool": "BOOLEAN", "date32[day]": "DATE", "int32": "INT"}
    return {**names, "int64": "BIGINT", "double": "DOUBLE"}[str(kind)]
