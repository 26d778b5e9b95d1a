"""`econchatr quiz score`: how often people found the host among machines, and whom they took for the host."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from infra.cli.answers.answer_file import AnswersUnreadable, read_rows
from infra.cli.terminal.screen import print_table
from shared.evaluation.measures import wilson

NEEDED = ("item", "shown", "chosen")
ADVICE = "columns `item`, `shown` and `chosen` are needed, as the quiz writes them when it lets one download"
SEPARATOR = "|"  # as the quiz has it
HOST = "host"


@dataclass(frozen=True, slots=True)
class Pick:
    """Who was shown on one item, and who was taken for the host."""

    shown: tuple[str, ...]
    chosen: str


def read_picks(path: Path) -> list[Pick]:
    """Return the picks in the file's order; raises AnswersUnreadable with the line that is wrong."""
    picks = [
        _pick(row, f"{path}, line {line}")
        for line, row in read_rows(path, NEEDED, ADVICE)
        if row["shown"].strip() != "shown"  # the header of another person's file
    ]
    if not picks:
        raise AnswersUnreadable(f"{path} has a header and no rows; nobody has answered the quiz")
    return picks


def scored(picks: Sequence[Pick]) -> dict[str, Any]:
    """Return how often the host was found and each arm taken for it: shares of 1 with Wilson's interval of 95 %.

    `chance` is what guessing would find.
    """
    shown = Counter(who for pick in picks for who in pick.shown)
    taken = Counter(pick.chosen for pick in picks)
    return {
        **_share("right", taken[HOST], len(picks)),
        "chance": fmean(1 / len(pick.shown) for pick in picks),
        "arms": [
            {**_arm(who), **_share("taken", taken[who], shown[who])}
            for who in sorted(shown, key=lambda who: (-taken[who] / shown[who], who))
        ],
    }


def _pick(row: Mapping[str, str], place: str) -> Pick:
    shown = tuple(who.strip() for who in row["shown"].split(SEPARATOR))
    chosen = row["chosen"].strip()
    if HOST not in shown or len(set(shown)) != len(shown) or len(shown) < 2:
        raise AnswersUnreadable(
            f"{place}: `shown` is {row['shown']!r:.200}; it names the host and whoever stood beside, "
            f"each once, such as host{SEPARATOR}tuned:llama-3.3-70b"
        )
    if chosen not in shown:
        raise AnswersUnreadable(
            f"{place}: `chosen` is {chosen!r:.80}, which is not among those shown, {', '.join(shown)}; "
            "leave the file as it was downloaded"
        )
    return Pick(shown, chosen)


def _share(name: str, hits: int, n: int) -> dict[str, Any]:
    low, high = wilson(hits, n)
    return {name: hits, "n": n, "share": hits / n, "low": low, "high": high}


def _arm(who: str) -> dict[str, Any]:
    arm, _, model = who.partition(":")
    return {"arm": arm, "model": model or None}


def print_score(found: Mapping[str, Any]) -> None:
    """Print the share of right picks with its interval, and each arm's share of picks."""
    print(
        f"The host was found {found['right']} times of {found['n']}: {_percent(found['share'])}, "
        f"95 % interval {_percent(found['low'])} to {_percent(found['high'])}; guessing would find "
        f"{_percent(found['chance'])}."
    )
    verdict = (
        "It may be no better than guessing."
        if found["low"] <= found["chance"]
        else "That is better than guessing."
    )
    print(verdict)
    print_table(
        ("arm", "model", "shown", "taken for the host", "share", "95 % interval"),
        list(_lines(found)),
    )


def _lines(found: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for arm in found["arms"]:
        yield (
            *(arm["arm"], arm["model"] or "-", str(arm["n"]), str(arm["taken"])),
            _percent(arm["share"]),
            f"{_percent(arm['low'])} to {_percent(arm['high'])}",
        )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
