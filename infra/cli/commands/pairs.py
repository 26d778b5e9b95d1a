"""`econchatr pairs`: what became of every pair of a corpus, why, and what each must-have found."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from infra.cli import options
from infra.cli.options import RunsFolder
from infra.cli.terminal.screen import print_table, print_wrapped
from shared.errors import InvalidField

if TYPE_CHECKING:
    from infra.machine.runs import Run, RunStore

TABLE, PATTERNS = "pairs.parquet", "must_haves.parquet"
Row = dict[str, Any]


@click.command(
    short_help="Which pairs train, which do not, and why.",
    epilog="""\b
Examples:
  econchatr pairs mine.yaml
  econchatr pairs mine.yaml --fate "prompt too short" --limit 3""",
)
@options.runs_folder
@click.option(
    "--run", "run_id", metavar="RUN_ID", help="Which run.  [default: the newest with pairs]"
)
@click.option("--fate", metavar="FATE", help="Print pairs of which this became, `chosen` among it.")
@click.option("--pattern", metavar="PATTERN", help="Print pairs that this must_have found.")
@click.option("--limit", type=click.IntRange(1), default=5, show_default=True, help="How many.")
def pairs(
    runs_folder: RunsFolder, run_id: str | None, fate: str | None, pattern: str | None, limit: int
) -> int:
    """What became of every pair: which train which model, which do not and why, what each must_have found."""
    from infra.cli.results.history import finished_run
    from infra.local.folder import objects_in
    from infra.machine.runs import RunStore
    from shared.lake import keys

    out = runs_folder.path
    run = finished_run(
        out, run_id, lambda run: run.left(keys.report_table(run.run_id, TABLE)), "pairs"
    )
    rows = run.report_rows(TABLE)
    if fate is None and pattern is None:
        print(f"{run.run_id}: {len(rows):,} pairs\n")
        _print_fates(rows)
        _print_patterns(run.report_rows(PATTERNS))
        return 0
    found = _found(rows, fate, pattern)
    print(f"{run.run_id}: {len(found):,} pairs")
    _print_words(found[:limit], _words(RunStore(objects_in(out)), run, found[:limit]))
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


def _found(pairs: Sequence[Row], fate: str | None, pattern: str | None) -> list[Row]:
    fates = sorted({row["fate"] for row in pairs} | {"chosen"})
    patterns = sorted({pattern for row in pairs for pattern in row["must_have"] or ()})
    _check("--fate", fate, fates)
    _check("--pattern", pattern, patterns)
    return [
        row
        for row in pairs
        if fate in (None, row["fate"], "chosen" if _trains(row) else None)
        and (pattern is None or pattern in (row["must_have"] or ()))
    ]


def _check(option: str, value: str | None, there: Sequence[str]) -> None:
    if value is not None and value not in there:
        raise InvalidField(f"{option} is {value!r}; there are {', '.join(there) or 'none'}")


def _words(store: "RunStore", run: "Run", pairs: Sequence[Row]) -> dict[str, Row]:
    """What was said in each of some pairs, by its id, as far as the lake still has it."""
    wanted, found = {row["pair_id"] for row in pairs}, dict[str, Row]()
    for row in store.show_rows("pairs", run.show or "", ("pair_id", "prompt", "completion")):
        if row["pair_id"] in wanted:
            found[row["pair_id"]] = row
        if len(found) == len(wanted):
            break
    return found


def _print_words(found: Sequence[Row], words: Mapping[str, Row]) -> None:
    for row in found:
        pair, why = words.get(row["pair_id"]), ", ".join(row["must_have"] or ())
        tokens = f"{row['prompt_tokens']} and {row['completion_tokens']} tokens"
        print(f"\n{row['fate']}, {tokens}{', ' + why if why else ''}")
        if pair is not None:
            print_wrapped(f"  {pair['prompt']}")
            print_wrapped(f"  > {pair['completion']}")
