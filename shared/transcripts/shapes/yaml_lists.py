"""YAML as a list of what is said and by whom: `- speaker: Ida Stone` with `text: ...` below it."""

import re

import yaml

from shared.transcripts.records import Script
from shared.transcripts.shapes.services import script_of
from shared.transcripts.speakers.people import People

_BEGINS = re.compile(
    r"(?:\A|\n)\s{0,20}-\s+(?:speaker|name|who|author)\s*:[^\n]+(?:\n\s+[\w-]+\s*:[^\n]*){0,9}\n"
    r"\s+(?:text|body|said|content|message)\s*:",
)
_ANCHOR = re.compile(r"[:-]\s+[&*]\w")  # what lets a small document unfold into a huge one


def read_yaml(text: str, _: People) -> Script | None:
    """Return the script of a YAML list, or None when the text is none."""
    if not _BEGINS.search(text[:2000]) or _ANCHOR.search(text):
        return None
    try:
        document = yaml.load(text, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return script_of(document, "YAML")
