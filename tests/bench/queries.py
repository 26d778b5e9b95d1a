"""The packaged queries on the laptop beside ten million turns, and what a query reads of those."""

import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp

from infra.local.athena import ParquetFolder, answer
from infra.local.lake import lake_folder
from infra.queries import FOLDER, packaged_names
from shared.lake import keys
from shared.lake.tables import parquet
from tests import talks
from tests.sample_run import STARTED, sample_run

MONTHS, TURNS = 250, 40_000
OF_ONE_YEAR = "SELECT count(*), sum(n_tokens) FROM turns WHERE year = 2010"
OF_ALL_YEARS = "SELECT count(*), sum(n_tokens) FROM turns"


def measured() -> dict[str, Any]:
    """Seconds of the slowest packaged query; bytes that Athena would read of `turns`, from the files' own footers."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _write_small_tables(root)
        _write_turns(root)
        lake = lake_folder(root / "lake")
        texts = {name: (FOLDER / f"{name}.sql").read_text("utf-8") for name in packaged_names()}
        seconds = {name: _seconds(text, lake) for name, text in texts.items()}
        slowest = max(seconds, key=lambda name: seconds[name])
        files = sorted((root / "lake" / "turns").rglob("*.parquet"))
        year = [file for file in files if file.parent.name == "year=2010"]
        return {
            "turns": MONTHS * TURNS,
            "bytes_of_turns": sum(file.stat().st_size for file in files),
            "slowest": slowest,
            "slowest_seconds": round(seconds[slowest], 2),
            "tokens_per_year_bytes": _bytes_read(texts["tokens_per_year"], files),
            "all_years_bytes": _bytes_read(OF_ALL_YEARS, files),
            "one_year_bytes": _bytes_read(OF_ONE_YEAR, year),
            "one_year_over_all": round(
                _bytes_read(OF_ONE_YEAR, year) / _bytes_read(OF_ALL_YEARS, files), 3
            ),
        }


def _write_small_tables(root: Path) -> None:
    with sample_run() as run:
        for stage in ("manifest", "corpus", "dataset", "jobs", "all_arms", "judgements"):
            getattr(run, f"write_{stage}")()
        run.report()
        for key in run.lake.keys("lake/"):
            (root / key).parent.mkdir(parents=True, exist_ok=True)
            (root / key).write_bytes(run.lake.read(key) or b"")


def _write_turns(root: Path) -> None:
    """Files of a month each, over twenty years; one month's content, linked into all."""
    said = talks.invented(1, TURNS)
    rows = [
        {
            "show": "porch",
            "episode_id": f"e{at // 200}",
            "turn": at % 200,
            "speaker": who,
            "role": "host" if who == talks.HOST else "guest",
            "text": text,
            "n_tokens": len(text) // 4,
            "n_words": len(text.split()),
            "n_chars": len(text),
        }
        for at, (who, text) in enumerate(said)
    ]
    first = root / "month.parquet"
    first.write_bytes(parquet("turns", rows))
    for month in range(MONTHS):
        published = STARTED.replace(year=2000 + month // 12, month=month % 12 + 1)
        file = root / keys.shard_file("turns", keys.shard_of("porch", published))
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.hardlink_to(first)


def _seconds(sql: str, lake: ParquetFolder) -> float:
    began = time.perf_counter()
    answer(sql, lake.database, lake)
    return time.perf_counter() - began


def _bytes_read(sql: str, files: list[Path]) -> int:
    """The compressed chunks of the columns that the query names, which is what Athena charges for."""
    named = {column.name for column in sqlglot.parse_one(sql, read="athena").find_all(exp.Column)}
    total = 0
    for file in files:
        footer = pq.ParquetFile(file).metadata
        for group in range(footer.num_row_groups):
            chunks = (footer.row_group(group).column(at) for at in range(footer.num_columns))
            total += sum(
                chunk.total_compressed_size
                for chunk in chunks
                if chunk.path_in_schema.partition(".")[0] in named
            )
    return total
