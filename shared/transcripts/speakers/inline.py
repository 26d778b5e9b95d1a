"""Labels inside running prose, as EconTalk's pages of 2012 to 2016 have them: a closed list of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from shared.transcripts.records import Line
from shared.transcripts.speakers.people import People

_GUEST = re.compile(r"\bGuest[A-Z]?\s?:")


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
