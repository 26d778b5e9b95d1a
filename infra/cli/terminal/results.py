"""What a run came to, when it is over: corpus, plan, models, answers, money."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from infra.cli.terminal.screen import cut, print_table, print_wrapped
from infra.cli.terminal.side_by_side import print_questions
from shared import money
from shared.dataset import UNITS
from shared.report import commitment, still_running

NOTICED = 8  # findings told; the report and the query have all


def print_statistics(token_stats: Iterable[Mapping[str, Any]]) -> None:
    """Print the corpus in tokens, words and characters: mean and sum, from the run's rows of `token_stats`."""
    print("\nThe corpus (mean and sum of tokens, words and characters)")
    lines = []
    for (scope, text), rows in groupby(token_stats, key=itemgetter("scope", "text")):
        of = {row["unit"]: row for row in rows}
        measured = [(f"{of[unit]['mean']:,.1f}", f"{of[unit]['sum']:,}") for unit in UNITS]
        lines.append((scope, text, f"{of[UNITS[0]]['n']:,}", *chain.from_iterable(measured)))
    header = [f"{unit}, {measure}" for unit in UNITS for measure in ("mean", "sum")]
    print_table(("pairs", "text", "n", *header), lines)


def print_plan(rows: Sequence[Mapping[str, Any]], ceiling_usd: str) -> None:
    """Print the cost table: what everything usable would cost, what the budget buys, and both against the ceiling."""
    print("\nThe plan: training on everything usable (US dollars, tokens per epoch)")
    print_table(
        (
            *("model", "epochs", "usable pairs", "tokens", "one epoch", "all epochs"),
            *("budget", "buys tokens", "share"),
        ),
        [
            (
                row["model"],
                row["n_epochs"],
                f"{row['usable_pairs']:,}",
                f"{row['usable_tokens']:,}",
                _usd(row["usable_usd_per_epoch"]),
                _usd(row["usable_usd"]),
                _usd(row["budget_usd"]),
                f"{row['budget_tokens']:,}",
                f"{row['budget_share']:.2%}",
            )
            for row in rows
        ],
    )
    print("\nThe plan: what is selected for the budget, and the answers")
    print_table(
        (
            *("model", "pairs", "tokens", "estimate", "reserved"),
            *("answers", "at most", "fits"),
        ),
        [
            (
                row["model"],
                f"{row['selected_pairs']:,}",
                f"{row['selected_tokens']:,}",
                _usd(row["estimated_usd"]),
                _usd(row["reserved_usd"]),
                _usd(row["evaluation_expected_usd"]),
                _usd(row["evaluation_usd"]),
                "yes" if row["fits"] else "no",
            )
            for row in rows
        ],
    )
    together = commitment(rows)
    print_wrapped(
        f"Together: about {money.format_usd(together.expected)}, at most "
        f"{money.format_usd(together.most)} of the ceiling of {ceiling_usd} USD"
    )


def print_corpus(summary: Mapping[str, Any]) -> None:
    """Print what the run found and read, and what was noticed, worst first."""
    episodes, noticed = summary["episodes"], summary["noticed"]
    print()
    print_wrapped(
        f"{summary['status']}: {episodes['discovered']} episodes found, {episodes['parsed']} read, "
        f"{episodes['refused']} refused, {episodes['failed']} failed; {summary['pairs']:,} usable training pairs"
    )
    if noticed:
        print("\nNoticed, worst first:")
    for found in noticed[:NOTICED]:
        print_wrapped(f"  - {found['sentence']}")
        if found["examples"]:
            more = found["episodes"] - len(found["examples"])
            others = f" and {more:,} more" if more else ""
            print_wrapped(f"    in: {cut('; '.join(found['examples']), 120)}{others}")
        if found["way_out"]:
            print_wrapped(f"    {found['way_out']}")
    if len(noticed) > NOTICED:
        print(f"  and {len(noticed) - NOTICED} more: econchatr query what_was_noticed")


def print_results(
    summary: Mapping[str, Any], generations: Iterable[Mapping[str, Any]] = ()
) -> None:
    """Print what the run trained, some of its answers side by side, and what it spent."""
    print()
    settled = "would have cost" if summary["stand_in"] else "settled"
    print_table(
        ("model", "status", "pairs", "tokens billed", "estimated", settled),
        [
            (
                model["name"],
                model["status"],
                f"{model['selected_pairs']:,}",
                "not told" if Decimal(model["unknown_usd"]) else f"{model['training_tokens']:,}",
                model["estimated_usd"],
                model["settled_usd"],
            )
            for model in summary["models"]
        ],
    )
    for model in summary["models"]:
        if model["fine_tuned_model"]:
            print(f"{model['model']} answers under the name\n  {model['fine_tuned_model']}")
    tuned = [model["model"] for model in summary["models"] if model["status"] == "succeeded"]
    if tuned:
        print_questions(generations, tuned[0])
    if summary["verdict"]:
        print()
        print_wrapped(summary["verdict"])
    if summary["status"] == "SUCCEEDED" and not _spent(summary):
        print()
        print_wrapped(
            "Nothing was bought: an earlier run paid for the same training and the same answers."
        )
    did = "A stand-in answered; it would have cost" if summary["stand_in"] else "Spent"
    print()
    print_wrapped(
        f"{did} {summary['settled_usd']} of {summary['ceiling_usd']} USD; {summary['reserved_usd']} still reserved."
    )


def _spent(summary: Mapping[str, Any]) -> Decimal:
    """What the run cost, with the most that no provider told."""
    untold = (Decimal(model["unknown_usd"]) for model in summary["models"])
    return sum(untold, Decimal(summary["settled_usd"]))


def print_stopped(summary: Mapping[str, Any]) -> None:
    """Print what stopping the run did: each job's end and bill, and what could not be stopped."""
    print("\nStopped.", end="")
    for model in summary["models"]:
        if model["job_id"]:
            print(
                f" {model['model']}: job {model['job_id']} {model['status']}, "
                f"{model['settled_usd']} USD settled.",
                end="",
            )
    for job in summary["left_running"]:
        print(f" {still_running(job)}; stop it there.", end="")
    print("" if summary["left_running"] else " Nothing is left running.")


def _usd(amount: str) -> str:
    return money.format_usd(Decimal(amount))
