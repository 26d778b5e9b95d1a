"""What a judge's reply says: one letter, or nothing that counts."""

import re
from typing import Literal

Vote = Literal["first", "second"]

_LETTER = re.compile(r"[\s*\"'“”(\[]*(?:[Rr]eply|[Aa]nswer)?[\s*:]*([AB])[\s*\"'“”)\].]*")


def read_vote(reply: str) -> Vote | None:
    """The reply named by a letter that stands alone, but for quotes, brackets, stars and a full stop.

    Prose, HTML, both letters or none are no vote: what a judge may have meant is never guessed.
    """
    found = _LETTER.fullmatch(reply)
    if found is None:
        return None
    return "first" if found[1] == "A" else "second"
