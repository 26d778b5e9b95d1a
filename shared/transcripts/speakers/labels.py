"""What a label is, for every shape: which candidates on a page are speakers' labels.

A candidate is what stands where a label would. What the profile, the title and the page's other
labels say goes first, then the form (`names`), then whether it returns.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from shared.transcripts.records import WEAK, Line, Mark
from shared.transcripts.speakers.names import (
    form_of,
    is_capitalised,
    is_nameless,
    is_nobody,
    is_speech,
    name_key,
    tidy_label,
)
from shared.transcripts.speakers.people import People, merged_aliases

_GUEST = re.compile(r"\bGuest[A-Z]?\s?:")
_UNSURE = frozenset({"handle", "word", "phrase"})
MAX_REPEATS = 0.2
"""Share of labels that name who spoke before: above it a page labels paragraphs, not changes."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a page's candidates say together.

    `times` counts each person's strong labels whatever their spelling, `order` has the labels
    of the lines in turn, `marks` the ways a label is set apart, `spoken` those that speech follows.
    """

    times: Mapping[str, int]
    longer: Mapping[str, str]
    marks: Mapping[str, frozenset[Mark]]
    spoken: frozenset[str]
    order: tuple[str, ...]

    def returns(self, label: str) -> bool:
        return self.times[self.longer.get(label, label)] > 1


def with_accepted_labels(lines: Sequence[Line], people: People) -> list[Line]:
    """Return the lines with only true labels left; a rejected label goes back into the text."""
    styles = weak_styles(lines, people)
    candidates = [_candidate(line, styles) for line in lines]
    accepted = _accepted(
        [line for line in candidates if line], _evidence(lines, candidates), people
    )
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
        if people.identify(label) or (count > 1 and form_of(label) in ("name", "role"))
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
            if people.identify(label) or (count > 1 and form_of(label) in ("name", "role"))
        }
        if len(sure) > 1 and 2 * sum(sure.values()) >= (0 if mark == "tight" else strong):
            used.add(mark)
    return frozenset(used)


def _evidence(lines: Sequence[Line], candidates: Sequence[Line | None]) -> _Evidence:
    seen: Counter[str] = Counter()
    marks: dict[str, set[Mark]] = {}
    spoken = set()
    for number, line in enumerate(candidates):
        if line is None or not line.label:
            continue
        seen[line.label] += 1
        marks.setdefault(line.label, set()).add(line.mark)
        if line.label not in spoken and is_speech(line.said or _continued(lines, number)):
            spoken.add(line.label)
    longer = merged_aliases(list(seen))
    times = Counter[str]()
    for label, count in seen.items():
        same_person = label == longer[label] or is_capitalised(longer[label])
        times[longer[label] if same_person else label] += count
    return _Evidence(
        times,
        {label: full for label, full in longer.items() if is_capitalised(full)},
        {label: frozenset(ways) for label, ways in marks.items()},
        frozenset(spoken),
        tuple(line.label for line in candidates if line and line.label),
    )


def _continued(lines: Sequence[Line], number: int) -> str:
    """Return what follows a label that stands alone, maybe after a time, which is an empty line."""
    for at in range(number + 1, len(lines)):
        following = lines[at]
        if following.label or following.raw:
            return "" if following.label else following.said or following.raw
    return ""


def _accepted(lines: Sequence[Line], seen: _Evidence, people: People) -> set[str]:
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


def _returns_as_a_name(label: str, seen: _Evidence) -> bool:
    is_named = form_of(label) in ("name", "role") and not is_nobody(label)
    return is_named and seen.returns(label) and label in seen.spoken


def _returning_among(strong: set[str], rest: set[str], seen: _Evidence) -> set[str]:
    """Return the unlikely labels (`Question`, `roasbeef`) that return while others speak in between."""
    unsure = {
        label
        for label in rest
        if form_of(label) in _UNSURE and seen.returns(label) and label in seen.spoken
    }
    order = [label for label in seen.order if label in strong or label in unsure]
    times = Counter(order)
    again = Counter(one for one, other in pairwise(order) if one == other)
    return {label for label in unsure if len(times) > 1 and again[label] * 3 <= times[label]}


def _announces(label: str, seen: _Evidence) -> bool:
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
    sure = [one for one in order if one in accepted or form_of(one) in ("name", "role")]
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


def _stands_once(line: Line, seen: _Evidence, style: _Style) -> bool:
    """Return whether a label that does not return is one nevertheless: a caller's, in the page's own style."""
    label = line.label or ""
    if is_nobody(label) or label not in seen.spoken:
        return False
    if is_nameless(label):
        return True
    if form_of(label) not in ("name", "role"):
        return False
    if label.isupper() and len(label) > 3 and not style.in_capitals:
        return False  # **SHOUT OUT:** among names that are not in capitals
    if line.mark in ("bold", "timed"):
        return line.ends_in_colon or (" " in label and bool(line.said))
    is_a_turn = " " in label or label in style.between
    return line.mark == "colon" and style.changes and is_a_turn


def _parts_of_names(rest: set[str], accepted: set[str], seen: _Evidence) -> set[str]:
    """Labels in bold that are the first or last name of somebody on the page."""
    full = [name_key(label) for label in accepted if " " in label]
    ends = {end for key in full if key for end in (key[0], key[-1])}
    return {label for label in rest if "bold" in seen.marks[label] and label.casefold() in ends}


def _without_label(line: Line) -> Line:
    return Line(line.raw, None, line.raw, line.mark, line.section, line.ends_in_colon)


@dataclass(frozen=True, slots=True)
class InlineLabels:
    """Finds a closed list of labels in running prose; `reach` is the most characters before a colon."""

    pattern: re.Pattern[str]
    reach: int

    def found_in(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the labels in order, looked for before colons only: to try each place takes ten times longer."""
        done, colon = 0, text.find(":")
        while colon >= 0:
            match = self.pattern.search(text, max(done, colon - self.reach), colon + 2)
            if match:
                done = match.end()
                yield match
            colon = text.find(":", colon + 1)


def inline_labels(people: People, text: str) -> InlineLabels:
    """Return the labels of these people.

    Guests' first names count only on a page that never says `Guest:`; a label right after an
    opening quotation mark is quoted speech, one right after a closing mark is not.
    """
    names = list(people.closed_labels())
    if "Guest" not in text or not _GUEST.search(text):
        names += [guest.split()[0] for guest in people.guests if guest.split()]
    choices = "|".join(re.escape(name) for name in sorted(set(names), key=len, reverse=True))
    pattern = re.compile(
        rf"(?:(?<![\w'\"’“‘@#/(\[-])|(?<=[.?!,…\])]['\"’”])|(?<=--))"
        rf"(?P<label>{choices}|Guest[A-Z]?)\s?:(?!/)"
    )
    return InlineLabels(pattern, max(map(len, (*names, "GuestA"))) + 1)


def inline_lines(text: str, labels: InlineLabels, section: int) -> Iterator[Line]:
    """Yield the lines of running prose that carries its labels inline."""
    inline = list(labels.found_in(text))
    lead = text[: inline[0].start()] if inline else text
    if lead.strip():
        yield Line(lead.strip(), section=section)
    for match, after in zip_longest(inline, inline[1:]):
        end = after.start() if after else len(text)
        said = text[match.end() : end].strip()
        raw = text[match.start() : end].strip()
        yield Line(raw, match["label"], said, mark="field", section=section)


__all__ = [
    "established",
    "inline_labels",
    "inline_lines",
    "tidy_label",
    "weak_styles",
    "with_accepted_labels",
]
