"""Athena's SQL over Parquet files, wherever they lie on this machine."""

from infra.local.athena.engine import Answer, answer
from infra.local.athena.folder import Declared, ParquetFolder
from infra.local.athena.views import Catalog, Table, is_shown

__all__ = ["Answer", "Catalog", "Declared", "ParquetFolder", "Table", "answer", "is_shown"]
