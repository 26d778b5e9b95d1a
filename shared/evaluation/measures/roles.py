"""Whether the host stays the host: cue echoed, talking as interviewer, of self by name, quotations left open."""

import re
from collections.abc import Sequence

from shared.evaluation.measures.records import Answer, Score, share
from shared.words import fold, words

_INTERVIEWER = re.compile(
    r"\b(?:your (?:new |latest |recent )?(?:book|essay|paper|article|research|work|podcast)\b"
    r"|as you (?:point|pointed|say|said|write|wrote|argue|argued|mention|mentioned)\b"
    r"|my guest (?:today|is)\b|our guest (?:today|is)\b|thanks for (?:being|coming|joining)\b"
    r"|welcome (?:back )?to the (?:show|podcast|program)\b)"
)
_ARTEFACT = re.compile(
    r"\. \. ?\.|\d, \d{3}\b|\[(?:inaudible|crosstalk|laughter|\?)|<(?:EMAIL|PHONE|URL)>"
)


def role_slips(answers: Sequence[Answer], *, cue: str, host: str) -> list[Score]:
    """Shares of answers with each kind of slip; `cue` is the line that ends a prompt, `host` the host's name."""
    if not answers:
        return []
    texts = [answer.text for answer in answers]
    said = [f" {' '.join(words(text))} " for text in texts]
    cued, name = " ".join(words(cue)), " ".join(words(host))
    return [
        share("cue_echoed", [f" {cued} " in text for text in said]),
        share("third_person", [_of_self(text, name, cued) for text in said]),
        share("speaks_as_interviewer", [bool(_INTERVIEWER.search(fold(text))) for text in texts]),
        share("unbalanced_quotes", [_unbalanced(text) for text in texts]),
        share("artefacts", [bool(_ARTEFACT.search(text)) for text in texts]),
    ]


def _of_self(said: str, name: str, cued: str) -> bool:
    """Whether the host is spoken of by name, the cue and "I'm NAME" set aside."""
    for own in (cued, *(f"{begins} {name}" for begins in ("i'm", "i am", "my name is", "this is"))):
        said = said.replace(f" {own} ", " ")
    return f" {name} " in said or f" {name}'s " in said


def _unbalanced(text: str) -> bool:
    return text.count('"') % 2 == 1 or text.count("“") != text.count("”")
