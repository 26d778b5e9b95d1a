"""What a label is, for every shape: which candidates on a page are speakers' labels.

A candidate is what stands where a label would. What the profile, the title and the page's other
labels say goes first. Then a candidate counts by recurrence and by form: what returns between
others is a label though few names look like it, and what stands once has to look like a name.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.transcripts.records import WEAK, Line, Mark
from shared.transcripts.speakers.evidence import Evidence, evidence, runs
from shared.transcripts.speakers.names import form_of, is_clause, name_key
from shared.transcripts.speakers.people import People
from shared.transcripts.speakers.roles import is_nameless, is_nobody

MAX_REPEATS = 0.2
"""Share of labels that name who spoke before: above it a page labels paragraphs, not changes."""
MOST_UNSURE = 20
"""How many labels that no name looks like are looked into on a page."""
_SURE = ("name", "role")


def with_accepted_labels(lines: Sequence[Line], people: People) -> list[Line]:
    """Return the lines with only true labels left; a rejected label goes back into the text."""
    styles = weak_styles(lines, people)
    candidates = [_candidate(line, styles) for line in lines]
    accepted = _accepted([line for line in candidates if line], evidence(lines, candidates), people)
    return [
        _chosen(line, candidate, styles, accepted)
        for line, candidate in zip(lines, candidates, strict=True)
    ]


def _candidate(line: Line, styles: frozenset[Mark]) -> Line | None:
    """Return the line if its label may count on this page."""
    return line if line.label and (line.mark not in WEAK or line.mark in styles) else None


def _chosen(
    line: Line, candidate: Line | None, styles: frozenset[Mark], accepted: set[str]
) -> Line:
    if candidate and candidate.label in accepted:
        return candidate
    other = line.otherwise and _candidate(line.otherwise, styles)
    return other if other and other.label in accepted else _without_label(line)


def established(lines: Sequence[Line], people: People) -> list[str]:
    """Return the labels that a page uses beyond doubt, longest first: they count wherever they stand."""
    seen = Counter(line.label for line in lines if line.label and line.mark not in WEAK)
    sure = [
        label
        for label, count in seen.most_common(100)
        if people.identify(label) or (count > 1 and form_of(label) in _SURE)
    ]
    return sorted(sure, key=len, reverse=True)


def weak_styles(lines: Sequence[Line], people: People) -> frozenset[Mark]:
    """Return the weak ways of setting labels apart that this page uses: two people's labels stand so, and
    more often than any strong label does."""
    seen: dict[Mark, Counter[str]] = {}
    strong = 0
    both = (one for line in lines for one in (line, line.otherwise) if one)
    for line in both:
        if line.label and line.mark in WEAK:
            seen.setdefault(line.mark, Counter())[line.label] += 1
        strong += line.label is not None and line.mark not in WEAK and form_of(line.label) == "name"
    used = set()
    for mark, labels in seen.items():
        sure = {
            label: count
            for label, count in labels.items()
            if people.identify(label) or (count > 1 and form_of(label) in _SURE)
        }
        if len(sure) > 1 and 2 * sum(sure.values()) >= (0 if mark == "tight" else strong):
            used.add(mark)
    return frozenset(used)


def _accepted(lines: Sequence[Line], seen: Evidence, people: People) -> set[str]:
    certain = {
        line.label
        for line in lines
        if line.label and (line.mark == "field" or people.identify(line.label))
    }
    labels = set(seen.marks)
    strong = certain | {label for label in labels if _returns_as_a_name(label, seen)}
    accepted = strong | _returning_among(strong, labels - strong, seen)
    accepted |= {label for label in labels if is_nobody(label) and _announces(label, seen)}
    once = [line for line in lines if line.label and line.label not in accepted]
    style = _style(seen.order, accepted)
    accepted |= {line.label for line in once if line.label and _stands_once(line, seen, style)}
    return accepted | _parts_of_names(labels - accepted, accepted, seen)


def _returns_as_a_name(label: str, seen: Evidence) -> bool:
    is_named = form_of(label) in _SURE and not is_nobody(label)
    return is_named and seen.returns(label) and label in seen.spoken


def _returning_among(strong: set[str], rest: set[str], seen: Evidence) -> set[str]:
    """Return the unlikely labels (`Question`, `roasbeef`, `k.d. lang`) that return while others speak in between."""
    unsure = [
        label
        for label in rest
        if form_of(label) not in _SURE and seen.returns(label) and label in seen.spoken
    ]
    unsure = sorted(unsure, key=lambda label: (-seen.times[label], label))[:MOST_UNSURE]
    spoken_by = runs(label for label in seen.order if label in strong or label in unsure)
    times, turns = Counter[str](), Counter[str]()
    for label, count in spoken_by:
        times[label] += count
        turns[label] += 1
    labels_paragraphs = _repeats(times, turns, strong) > MAX_REPEATS
    return {
        label
        for label in unsure
        if len(times) > 1
        and turns[label] > 1
        and (labels_paragraphs or 3 * _repeats(times, turns, {label}) <= 1)
        and _is_set_apart(label, seen)
    }


def _repeats(times: Counter[str], turns: Counter[str], labels: set[str]) -> float:
    """Return the share of these labels that name who spoke before."""
    total = sum(times[label] for label in labels)
    return 1 - sum(turns[label] for label in labels) / total if total else 0.0


def _is_set_apart(label: str, seen: Evidence) -> bool:
    """Return whether bold and a colon set the label apart, or its words are no part of a sentence and stand
    nowhere else."""
    if label in seen.with_colon:
        return True
    return not is_clause(label) and seen.elsewhere(label) <= seen.times[label]


def _announces(label: str, seen: Evidence) -> bool:
    return "bold" in seen.marks[label] or " " not in label


@dataclass(frozen=True, slots=True)
class _Style:
    """How a page uses labels.

    `between`: labels found between two turns of the same person, who would otherwise have one turn.
    `changes`: whether every other label marks a change of speaker.
    """

    between: frozenset[str]
    changes: bool
    in_capitals: bool


def _style(order: Sequence[str], accepted: set[str]) -> _Style:
    sure = [one for one in order if one in accepted or form_of(one) in _SURE]
    repeats = sum(one == other for one, other in pairwise(sure))
    named = [one for one in accepted if form_of(one) == "name"]
    return _Style(
        frozenset(
            label
            for before, label, after in zip(sure, sure[1:], sure[2:], strict=False)
            if before == after
        ),
        repeats <= MAX_REPEATS * len(sure),
        not named or any(map(str.isupper, named)),
    )


def _stands_once(line: Line, seen: Evidence, style: _Style) -> bool:
    """Return whether a label that does not return is one nevertheless: a caller's, in the page's own style."""
    label = line.label or ""
    if is_nobody(label) or label not in seen.spoken:
        return False
    if is_nameless(label):
        return True
    if form_of(label) not in _SURE:
        return False
    if label.isupper() and len(label) > 3 and not style.in_capitals:
        return False  # **SHOUT OUT:** among names that are not in capitals
    if line.mark in ("bold", "timed"):
        return line.ends_in_colon or (" " in label and bool(line.said))
    is_a_turn = " " in label or label in style.between
    return line.mark == "colon" and style.changes and is_a_turn


def _parts_of_names(rest: set[str], accepted: set[str], seen: Evidence) -> set[str]:
    """Labels in bold that are the first or last name of somebody on the page."""
    full = [name_key(label) for label in accepted if " " in label]
    ends = {end for key in full if key for end in (key[0], key[-1])}
    return {label for label in rest if "bold" in seen.marks[label] and label.casefold() in ends}


def _without_label(line: Line) -> Line:
    return Line(line.raw, None, line.raw, line.mark, line.section, line.ends_in_colon)
