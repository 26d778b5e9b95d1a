"""What a judge's reply says: one letter, or nothing that counts."""

import json
import re
from contextlib import suppress
from typing import Literal

Vote = Literal["first", "second"]

_THOUGHT = re.compile(r"\A\s*<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"\s*```\w*\s*(.*?)\s*```\s*", re.DOTALL)
_NOUN = r"(?:[Ff]inal )?(?:[Rr]eply|[Aa]nswer|[Oo]ption|[Rr]esponse|[Cc]hoice)"
_LETTER = re.compile(rf"[\s*`\"'“”(\[]*(?:{_NOUN})?[\s*:]*([ABab])[\s*`\"'“”)\].]*")


def read_vote(reply: str) -> Vote | None:
    """Return the reply named by a letter that stands alone, be it after a thought, in a fence or in one JSON value.

    Prose, HTML, both letters or none are no vote: what a judge may have meant is never guessed.
    """
    said = _THOUGHT.sub("", reply)
    if fenced := _FENCED.fullmatch(said):
        said = fenced[1]
    found = _LETTER.fullmatch(_only_value(said))
    if found is None:
        return None
    return "first" if found[1] in "Aa" else "second"


def _only_value(said: str) -> str:
    """Return the text that is the only value of a JSON object, or what was said."""
    with suppress(ValueError):
        document = json.loads(said)
        if isinstance(document, dict) and len(document) == 1:
            (value,) = document.values()
            return value if isinstance(value, str) else said
    return said
