"""Where a label may stand in a line of text: what every shape asks of its lines."""

import re
from dataclasses import replace

from shared.transcripts.records import Line, Mark
from shared.transcripts.speakers.names import MAX_LABEL_CHARS, bare, form_of, tidy_label
from shared.transcripts.speakers.people import People
from shared.transcripts.text import CLOCK

_COLON = re.compile(rf"([^:：\t\n]{{1,{MAX_LABEL_CHARS}}}?)\s?(?:：|::?(?=\s|$))")
_TIGHT = re.compile(rf"([^\W\d_][^:\n/]{{0,{MAX_LABEL_CHARS}}}?):(?=[^\s\d/:])(?!\w*/)")
_TIMED = re.compile(
    rf"([^:\[\]\n]{{1,60}}?)(?P<sep>[ \t]*[–—(\[|:-]*[ \t]*)(?P<time>{CLOCK})(?:\s*(?:-->|[-–—])\s*{CLOCK})?"
    rf"(?P<close>[\])]?:?)(?:[ \t]+|$)"
)
_DAY = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+)?"
_TIME_FIRST = re.compile(
    rf"[\[(]?{_DAY}{CLOCK}(?:\s*(?:-->|[-–—,])\s*{CLOCK})?[\])]?\s*[-–—|:]*\s*"
)
_BRACKET = re.compile(
    r"[\[(<]([^\[\]()<>]{1,60}(?:\([^()]{1,20}\))?)[\])>]\s*(?P<colon>[:：])?-?\s+(?=\S)"
)
_DASH = re.compile(r"([^-–—\t\n]{2,60}?)(?:\s+[-–—]\s+|\s*\t\s*|\s+—)(?=\S)")
_CUE = re.compile(
    r"(?:laugh|chuckl|applau|music|inaud|cross-?talk|silence|pause|sigh|cough|unintell|sound|phone"
    r"|cheer|foreign|theme|clear)",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:>{1,3}|(?P<dash>[-–—])|[•*+]|\d{1,3}[.)])\s+|>{2,3}|\d{1,5}(?:\s{2,}|\t)"
)
_LETTER = re.compile(r"([QA])\.\s+(?=\S)")
_MAX_NAME_ALONE = 60


def labelled(text: str, people: People, section: int = 0) -> Line:
    """Return the line with what may be its label; `raw` keeps everything as printed.

    A label of people the show knows may have any form.
    """
    raw, text = text, bare(text)
    lead = None if text.startswith("[") and _BRACKET.match(text) else _LEADING.match(text)
    text = text[lead.end() :] if lead else text
    found = _after_time(text, people) or _by_bracket(text)
    weak = _by_letter(text) or _by_dash(text)
    found = found or _by_colon(text, people) or _by_time(text) or weak
    if not found and not (lead and lead["dash"]):  # "- Ida Stone" is who said what stands before
        found = _alone(text)
    if found is None:
        return Line(raw, said=raw, section=section)
    line = _line(raw, found, section)
    if weak and weak is not found and found[2] in ("colon", "loose"):
        return replace(line, otherwise=_line(raw, weak, section))
    return line


def _line(raw: str, found: "_Found", section: int) -> Line:
    label, said, mark, ends_in_colon = found
    return Line(raw, tidy_label(label), said.strip(), mark, section, ends_in_colon)


_Found = tuple[str, str, Mark, bool]


def _after_time(text: str, people: People) -> _Found | None:
    """Return a name after a time: `[00:00:01] Ida Stone: ...`, or the name alone."""
    time = _TIME_FIRST.match(text)
    rest = text[time.end() :] if time else ""
    if not rest:
        return None
    return _by_colon(rest, people) or _by_bracket(rest) or _by_dash(rest) or _alone(rest)


def _by_colon(text: str, people: People) -> _Found | None:
    match = _COLON.match(text)
    if match and _may_be_label(match[1], people):
        return match[1], text[match.end() :], "colon", True
    match = _TIGHT.match(text)
    if match and _may_be_label(match[1], people):
        return match[1], text[match.end() :], "tight", True
    return None


def _by_time(text: str) -> _Found | None:
    match = _TIMED.match(text)
    if not match or form_of(tidy_label(match[1])) not in ("name", "role"):
        return None
    rest = text[match.end() :]
    is_set_apart = not rest or match["sep"].strip() or match["close"]
    if rest and is_set_apart and not match["close"]:
        rest = text[match.start("time") :]  # a turn may begin with a time: the other turns tell
    return match[1], rest, "timed" if is_set_apart else "loose", False


def _by_bracket(text: str) -> _Found | None:
    match = _BRACKET.match(text)
    if not match or _CUE.match(match[1]) or form_of(tidy_label(match[1])) not in ("name", "role"):
        return None
    has_colon = match["colon"] is not None
    return match[1], text[match.end() :], "colon" if has_colon else "bracket", has_colon


def _by_dash(text: str) -> _Found | None:
    match = _DASH.match(text)
    if not match or form_of(tidy_label(match[1])) not in ("name", "role"):
        return None
    return match[1], text[match.end() :], "dash", False


def _by_letter(text: str) -> _Found | None:
    """`Q. Did you?`, as courts write it."""
    match = _LETTER.match(text)
    return (match[1], text[match.end() :], "tight", False) if match else None


def _alone(text: str) -> _Found | None:
    is_short = len(text) <= _MAX_NAME_ALONE
    return (
        (text, "", "alone", False)
        if is_short and form_of(tidy_label(text)) in ("name", "role")
        else None
    )


def _may_be_label(label: str, people: People) -> bool:
    tidy = tidy_label(label)
    return form_of(tidy) is not None or people.identify(tidy) is not None
