"""The lake that runs left in a folder, as Athena's SQL sees it."""

from pathlib import Path

from infra.local.athena import Declared, ParquetFolder
from shared.lake.schemas import HIVE_TYPES, PARTITIONED_BY_YEAR, SCHEMAS

DATABASE = "econchatr_laptop"


def lake_folder(root: Path) -> ParquetFolder:
    """Return the tables of the written schemas over a folder such as `build/demo/lake`."""
    tables = {
        name: Declared(
            {field.name: HIVE_TYPES[field.type] for field in schema},
            {"year": "int"} if name in PARTITIONED_BY_YEAR else {},
        )
        for name, schema in SCHEMAS.items()
    }
    return ParquetFolder(root, DATABASE, tables)
