"""The lake's tables, from the template that declares them."""

from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

TEMPLATE = Path(__file__).parents[1] / "data.yaml"
HEAD = """# Tables and columns

Parquet below `lake/TABLE/`, here and in the bucket alike; in Athena the database is `econchatr_STAGE`, on a laptop
`econchatr_laptop`. Times are UTC, money is exact US dollars. `episodes`, `turns` and `pairs` lie by `year`; the others
are a file a run. `DESCRIBE TABLE` says the same.

"""


def tables() -> str:
    """Every table with its columns, their types and what they hold."""
    resources = yaml_parse(TEMPLATE.read_text("utf-8"))["Resources"].values()
    found = [
        resource["Properties"]["TableInput"]
        for resource in resources
        if resource["Type"] == "AWS::Glue::Table"
    ]
    return HEAD + "\n".join(map(_table, found))


def _table(table: dict[str, Any]) -> str:
    columns = [*table.get("PartitionKeys", ()), *table["StorageDescriptor"]["Columns"]]
    rows = "".join(
        f"| `{column['Name']}` | {column['Type']} | {column['Comment']} |\n" for column in columns
    )
    return f"## {table['Name']}\n\n{table['Description']}\n\n| column | type | what it holds |\n|---|---|---|\n{rows}"
