"""The lake that runs left in a folder, with the tables as they are written."""

from dataclasses import dataclass
from pathlib import Path

from infra.local.athena.views import Table, is_shown
from shared.lake.schemas import HIVE_TYPES, PARTITIONED_BY_YEAR, SCHEMAS

DATABASE = "econchatr_laptop"


@dataclass(frozen=True, slots=True)
class LakeFolder:
    """Tables below a folder such as `build/demo/lake`; there is one database, of which each name is good."""

    root: Path

    @property
    def folder(self) -> str:
        """Where all files lie."""
        return str(self.root.resolve())

    def names(self, _database: str) -> list[str]:
        """Every table, also one without a file yet."""
        return sorted(SCHEMAS)

    def table(self, database: str, name: str) -> Table | None:
        """The table, unless it is asked for in another database."""
        if name not in SCHEMAS or database != DATABASE:
            return None
        below = self.root.resolve() / name
        files = [
            str(path)
            for path in sorted(below.rglob("*.parquet"))
            if is_shown(path.relative_to(below).parts)
        ]
        columns = {field.name: HIVE_TYPES[field.type] for field in SCHEMAS[name]}
        return Table(columns, files, {"year": "int"} if name in PARTITIONED_BY_YEAR else {})
