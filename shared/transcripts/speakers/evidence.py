"""What a page's candidates for labels say together: how often each returns, between whom, and followed by what."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from shared.transcripts.records import Line, Mark
from shared.transcripts.speakers.names import is_capitalised, is_speech
from shared.transcripts.speakers.people import merged_aliases


@dataclass(frozen=True, slots=True)
class Evidence:
    """`times` counts each person's labels whatever their spelling, `order` has the labels of the lines in
    turn, `marks` the ways a label is set apart, `spoken` those that speech follows, `with_colon` those in
    bold that a colon ends. `lines` are all of the page's.
    """

    times: Mapping[str, int]
    longer: Mapping[str, str]
    marks: Mapping[str, frozenset[Mark]]
    spoken: frozenset[str]
    with_colon: frozenset[str]
    order: tuple[str, ...]
    lines: Sequence[Line]

    def returns(self, label: str) -> bool:
        """Return whether the person is named more than once."""
        return self.times[self.longer.get(label, label)] > 1

    def elsewhere(self, label: str) -> int:
        """Return how often the words stand in the text without being set apart as a label."""
        words = re.compile(rf"(?<!\w){re.escape(label)}(?!\w)")
        held = sum(len(words.findall(line.raw)) for line in self.lines if label in line.raw)
        return held - self.order.count(label)


def evidence(lines: Sequence[Line], candidates: Sequence[Line | None]) -> Evidence:
    """Return what the candidates say together; None stands for a line without one."""
    seen: Counter[str] = Counter()
    marks: dict[str, set[Mark]] = {}
    spoken, with_colon = set(), set()
    for number, line in enumerate(candidates):
        if line is None or not line.label:
            continue
        seen[line.label] += 1
        marks.setdefault(line.label, set()).add(line.mark)
        in_bold = line.mark == "bold" and line.ends_in_colon
        if in_bold:
            with_colon.add(line.label)
        if line.label not in spoken:
            said = line.said or _continued(lines, number)
            if is_speech(said, any_case=in_bold and " " in line.label):
                spoken.add(line.label)
    longer = merged_aliases(list(seen))
    times = Counter[str]()
    for label, count in seen.items():
        same_person = label == longer[label] or is_capitalised(longer[label])
        times[longer[label] if same_person else label] += count
    return Evidence(
        times,
        {label: full for label, full in longer.items() if is_capitalised(full)},
        {label: frozenset(ways) for label, ways in marks.items()},
        frozenset(spoken),
        frozenset(with_colon),
        tuple(line.label for line in candidates if line and line.label),
        lines,
    )


def runs(order: Iterable[str]) -> list[tuple[str, int]]:
    """Return the labels with neighbours that are the same as one, each with how often it stands there."""
    return [(label, sum(1 for _ in same)) for label, same in groupby(order)]


def _continued(lines: Sequence[Line], number: int) -> str:
    """Return what follows a label that stands alone, maybe after a time, which is an empty line."""
    for at in range(number + 1, len(lines)):
        following = lines[at]
        if following.label or following.raw:
            return "" if following.label else following.said or following.raw
    return ""
