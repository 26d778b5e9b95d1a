"""The rows behind every table of the page, as CSV and Parquet beside it."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shared.lake import keys
from shared.lake.tables import PARQUET, Lake
from shared.report.record import RunRecord
from shared.report.results import Report

Row = Mapping[str, Any]
"""A row of any table."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where a table's files lie, seen from the report."""

    csv: str
    parquet: str


def write(lake: Lake, report: Report) -> dict[str, Files]:
    """Put the tables that have rows beside the report and return where, by name.

    Where the lake has the same rows in a file of the run's own, that is the Parquet.
    """
    files = {}
    run_id = report.record.run_id
    own = _in_lake(report)
    for name, rows in (*own.items(), *_of_the_report(report).items()):
        if not rows:
            continue
        key = keys.report_table(run_id, f"{name}.csv")
        lake.write(key, as_csv(rows).encode(), "text/csv; charset=utf-8")
        if name in own:
            parquet = f"./../../{keys.table_file(name, run_id)}"
        else:
            parquet = f"./tables/{name}.parquet"
            lake.write(keys.report_table(run_id, f"{name}.parquet"), _as_parquet(rows), PARQUET)
        files[name] = Files(f"./tables/{name}.csv", parquet)
    return files


def as_csv(rows: Sequence[Row]) -> str:
    """Return the rows with the first one's columns; a cell that a spreadsheet would run begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(rows[0])
    writer.writerows([_cell(row[name]) for name in rows[0]] for row in rows)
    return out.getvalue()


def _in_lake(report: Report) -> dict[str, Sequence[Row]]:
    """By the names of the lake's tables."""
    record = report.record
    return {
        "generations": record.generations,
        "judgements": record.judgements,
        "metrics": report.metrics,
        "plans": record.plans,
        "jobs": record.jobs,
        "job_metrics": record.job_metrics,
        "spend": report.spend,
        "token_stats": record.token_stats,
    }


def _of_the_report(report: Report) -> dict[str, Sequence[Row]]:
    choice = report.choice
    return {
        "pairs": choice.pairs,
        "must_haves": [
            {
                **{name: getattr(one, name) for name in ("pattern", "pairs", "may_train")},
                **dict(zip(choice.models, one.chosen, strict=True)),
            }
            for one in choice.must_haves
        ],
        "noticed": [{**asdict(one), "examples": list(one.examples)} for one in report.findings],
        "years": report.years,
        "episodes": report.record.episodes,
        "prices": list(_prices(report.record)),
    }


def _prices(record: RunRecord) -> Iterator[Mapping[str, Any]]:
    for model in record.settings.models:
        for price in model.prices:
            yield {"model": model.model, "base_model": model.base_model, **price.model_dump()}


def _as_parquet(rows: Sequence[Row]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), buffer, compression="zstd")
    return buffer.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return _cell("; ".join(map(str, value)))
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text
