"""What a YAML library finds, in our own words: the line, what stands there, and what to write."""

import re

import yaml

FOUND = (  # what the library says, and what is meant
    (r"'\\t' that cannot start", "a tab stands before it; indent with blanks"),
    (
        r"mapping values are not allowed",
        "a colon with a blank behind it makes a key; put the text in quotation marks, such as 'Finish this: ...'",
    ),
    (
        r"unexpected end of stream|unexpected document separator",
        "a quotation mark or bracket opens and never closes; put the whole text in single quotation marks",
    ),
    (
        r"expected <block end>|did not find expected|expected ',' or|block sequence entries",
        "it does not fit the lines around it; indent it like its neighbours, and put a text with marks in quotes",
    ),
    (r"could not find expected ':'", "a key has no colon; write `key: value`"),
    (
        r"undefined alias|undefined tag|could not determine a constructor|cannot start any token|expected alphabetic",
        "a text may not begin with this mark; put it in quotation marks",
    ),
    (
        r"unknown escape character",
        "a backslash between double quotation marks means something else; use single ones",
    ),
    (r"control characters|special characters", "a character that no text holds; remove it"),
)


def sentence(error: yaml.YAMLError, text: str = "") -> str:
    """Return the line and what to do about it; of an error that says no line, what it says."""
    problem = getattr(error, "problem", None) or str(error)
    said = next((ours for theirs, ours in FOUND if re.search(theirs, str(error))), None)
    mark = _mark(error)
    if mark is None:
        return said or " ".join(str(problem).split())
    lines = text.splitlines()
    shown = lines[mark.line].strip() if mark.line < len(lines) else ""
    place = f"line {mark.line + 1}" + (f", `{shown:.80}`" if shown else "")
    return f"{place}: {said or problem}"


def _mark(error: yaml.YAMLError) -> yaml.Mark | None:
    """Return where it began: of what never ends, its beginning."""
    if "end of stream" in str(error):
        begun: yaml.Mark | None = getattr(error, "context_mark", None)
        if begun is not None:
            return begun
    found: yaml.Mark | None = getattr(error, "problem_mark", None)
    return found
