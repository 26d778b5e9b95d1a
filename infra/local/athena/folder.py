"""Tables whose Parquet files lie below one folder, each in a folder of its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.athena.views import Table, is_shown


@dataclass(frozen=True, slots=True)
class Declared:
    """Hive's types of a table's columns and of its partition keys, by name."""

    columns: Mapping[str, str]
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ParquetFolder:
    """One database of declared tables over the files below `root`."""

    root: Path
    database: str
    tables: Mapping[str, Declared]

    @property
    def folder(self) -> str:
        """Return where all files lie."""
        return str(self.root.resolve())

    def names(self, _database: str) -> list[str]:
        """Return the name of every table, also of one without a file yet."""
        return sorted(self.tables)

    def table(self, database: str, name: str) -> Table | None:
        """Return the table, or None where it is not declared or is asked for in another database."""
        declared = self.tables.get(name)
        if declared is None or database != self.database:
            return None
        below = self.root.resolve() / name
        files = [
            str(path)
            for path in sorted(below.rglob("*.parquet"))
            if is_shown(path.relative_to(below).parts)
        ]
        return Table(declared.columns, files, declared.keys)
