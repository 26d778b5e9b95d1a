"""python -m tests.ratchet [OLD [NEW]] [--all]: the table; exit 1 when something that was right is not any more.

OLD is `main` and NEW the working tree where they are not named. Shapes that both read alike stand in the
table with `--all` only.
"""

import sys
from collections import Counter

from tests.ratchet.readings import HERE, readings
from tests.talks.cases import Case, Verdict, verdict
from tests.talks.corpus import corpus

RIGHT = ("exact", "rightly refused")


def main(arguments: list[str]) -> int:
    commits = [one for one in arguments if not one.startswith("--")]
    old, new = [*commits, *("main", HERE)[len(commits) :]][:2]
    cases = list(corpus())
    pairs = list(zip(_verdicts(old, cases), _verdicts(new, cases), strict=True))
    for one, (before, after) in zip(cases, pairs, strict=True):
        if before != after or "--all" in arguments:
            print(f"{_mark(before, after)} {one.name:70} {before:18} {after}")
    for commit, verdicts in zip((old, new), zip(*pairs, strict=True), strict=True):
        counts = Counter(verdicts)
        print(f"{commit}: " + ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts)))
    lost = sum(_mark(*pair) == "-" for pair in pairs)
    print(f"{len(cases)} cases; right before and not now: {lost}")
    return 1 if lost else 0


def _verdicts(commit: str, cases: list[Case]) -> list[Verdict]:
    read = readings(commit, cases)
    return [verdict(one, reading) for one, reading in zip(cases, read, strict=True)]


def _mark(before: Verdict, after: Verdict) -> str:
    """`-` what was lost, `+` what was won, `~` any other change."""
    was, now = before in RIGHT, after in RIGHT
    return "-" if was and not now else "+" if now and not was else " " if before == after else "~"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
