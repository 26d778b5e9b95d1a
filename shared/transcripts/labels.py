"""Which of the candidates on a page are speakers' labels, and where inline labels stand."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from shared.transcripts.people import (
    People,
    could_be_a_name,
    is_capitalised,
    is_nobody,
    merged_aliases,
    name_key,
    tidy_label,
)
from shared.transcripts.records import Line

_PLAIN_LABEL = re.compile(r"(?:- )?\[?([^\W\d_][^:\[\]<>\"“?!]{0,60}?)\]?\s?:(?!//)(?:\s|$)")


def plain_line(text: str, section: int = 0) -> Line:
    """A line whose label, if any, is set apart by nothing but a colon."""
    found = _PLAIN_LABEL.match(text)
    if not found or not could_be_a_name(tidy_label(found[1])):
        return Line(text, section=section)
    return Line(text, tidy_label(found[1]), text[found.end() :].strip(), section=section)


def settled(lines: Sequence[Line], people: People) -> list[Line]:
    """The lines with only true labels left; a rejected label goes back into the text.

    A label counts in a field for speakers, or when the show knows the person, or when it has the
    form of a name and returns, be it in a shorter form (`TYLER COWEN`, then `COWEN`; `Ann Lee (AL)`,
    then `AL`); a full name in bold, or a part of one, counts at once.
    """
    seen = Counter(line.label for line in lines if line.label)
    returning = _returning(seen)
    fields = {line.label for line in lines if line.mark == "field"}
    bold = {line.label for line in lines if line.mark == "bold"}
    accepted = {
        label
        for label in seen
        if label in fields
        or people.identify(label)
        or (is_nobody(label) and (label in bold or " " not in label))
        or (could_be_a_name(label) and (label in returning or (label in bold and " " in label)))
    }
    full = [name_key(label) for label in accepted if " " in label]
    ends = {end for key in full if key for end in (key[0], key[-1])}
    accepted |= {label for label in seen if label in bold and label.casefold() in ends}
    return [_with_label(line, line.label in accepted) for line in lines]


def _returning(seen: Mapping[str, int]) -> set[str]:
    """The labels that stand more than once, or whose person does under another form of the name."""
    longer = merged_aliases(list(seen))
    times = Counter[str]()
    for label, count in seen.items():
        times[longer[label]] += count
    return {
        label
        for label, count in seen.items()
        if count > 1 or (times[longer[label]] > 1 and is_capitalised(longer[label]))
    }


def _with_label(line: Line, accepted: bool) -> Line:
    if accepted:
        return line
    return Line(line.raw, said=line.raw, section=line.section)


def inline_pattern(people: People, text: str) -> re.Pattern[str]:
    """Finds the closed list of labels in running prose.

    Guests' first names count only on a page that never says `Guest:`; a label right after an
    opening quotation mark is quoted speech, one right after a closing mark is not.
    """
    names = list(people.closed_labels())
    if not re.search(r"\bGuest[A-Z]?\s?:", text):
        names += [guest.split()[0] for guest in people.guests if guest.split()]
    choices = "|".join(re.escape(name) for name in sorted(set(names), key=len, reverse=True))
    return re.compile(
        rf"(?:(?<![\w'\"’“‘@#/(\[-])|(?<=[.?!,…\])]['\"’”])|(?<=--))"
        rf"(?P<label>{choices}|Guest[A-Z]?)\s?:(?!/)"
    )


def inline_lines(text: str, pattern: re.Pattern[str], section: int) -> Iterator[Line]:
    """The lines of running prose that carries its labels inline."""
    found = list(pattern.finditer(text))
    lead = text[: found[0].start()] if found else text
    if lead.strip():
        yield Line(lead.strip(), section=section)
    for match, after in zip_longest(found, found[1:]):
        end = after.start() if after else len(text)
        said = text[match.end() : end].strip()
        raw = text[match.start() : end].strip()
        yield Line(raw, match["label"], said, mark="field", section=section)
