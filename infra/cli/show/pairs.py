"""`econchatr pairs`: what became of every pair of a corpus, why, and what each must-have found."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyarrow import dataset

from infra.cli.arguments import Pairs
from infra.cli.results.history import newest, rows_of
from infra.cli.terminal.screen import print_table, print_wrapped
from shared.errors import InvalidField
from shared.lake import keys

TABLE, PATTERNS = "pairs.parquet", "must_haves.parquet"
Row = dict[str, Any]


def run(arguments: Pairs) -> int:
    """Print how many pairs train, how many do not and why; or some of them, in words; 0."""
    out = arguments.out
    run_id = newest(out, arguments.run, lambda name: keys.report_table(name, TABLE), "pairs")[
        "run_id"
    ]
    pairs = rows_of(out / keys.report_table(run_id, TABLE))
    if arguments.fate is None and arguments.pattern is None:
        print(f"{run_id}: {len(pairs):,} pairs\n")
        _print_fates(pairs)
        _print_patterns(rows_of(out / keys.report_table(run_id, PATTERNS)))
        return 0
    found = _found(pairs, arguments)
    print(f"{run_id}: {len(found):,} pairs")
    _print_words(out, found[: arguments.limit])
    return 0


def _print_fates(pairs: Sequence[Row]) -> None:
    models = list(dict.fromkeys(model for row in pairs for model in _trains(row)))
    counts = Counter(row["fate"] for row in pairs)
    chosen = Counter((row["fate"], model) for row in pairs for model in _trains(row))
    print_table(
        ("what became of them", "pairs", *(f"train {model}" for model in models)),
        [
            (fate, f"{n:,}", *(f"{chosen[fate, model]:,}" for model in models))
            for fate, n in counts.most_common()
        ],
    )


def _print_patterns(found: Sequence[Row]) -> None:
    if not found:
        return
    print("\nWhat each must_have found")
    header = list(found[0])
    print_table(header, [[row[name] for name in header] for row in found])


def _trains(row: Row) -> list[str]:
    return list(row["trains"] or ())


def _found(pairs: Sequence[Row], arguments: Pairs) -> list[Row]:
    fates = sorted({row["fate"] for row in pairs} | {"chosen"})
    patterns = sorted({pattern for row in pairs for pattern in row["must_have"] or ()})
    _check("--fate", arguments.fate, fates)
    _check("--pattern", arguments.pattern, patterns)
    return [
        row
        for row in pairs
        if arguments.fate in (None, row["fate"], "chosen" if _trains(row) else None)
        and (arguments.pattern is None or arguments.pattern in (row["must_have"] or ()))
    ]


def _check(option: str, value: str | None, there: Sequence[str]) -> None:
    if value is not None and value not in there:
        raise InvalidField(f"{option} is {value!r}; there are {', '.join(there) or 'none'}")


def _print_words(out: Path, found: Sequence[Row]) -> None:
    wanted = [row["pair_id"] for row in found]
    lake = dataset.dataset(out / "lake" / "pairs", format="parquet", partitioning="hive")
    columns = ["pair_id", "prompt", "completion"]
    words = lake.to_table(columns, filter=dataset.field("pair_id").isin(wanted)).to_pylist()
    by_id = {row["pair_id"]: row for row in words}
    for row in found:
        said, why = by_id.get(row["pair_id"]), ", ".join(row["must_have"] or ())
        tokens = f"{row['prompt_tokens']} and {row['completion_tokens']} tokens"
        print(f"\n{row['fate']}, {tokens}{', ' + why if why else ''}")
        if said is not None:
            print_wrapped(f"  {said['prompt']}")
            print_wrapped(f"  > {said['completion']}")
