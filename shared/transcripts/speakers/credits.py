"""Credits at the head of a talk: `Host: Ida Stone`, `Recorded: March 3`: who takes part, and no words of theirs."""

import re
from collections import Counter
from collections.abc import Sequence

from shared.transcripts.records import Line
from shared.transcripts.speakers.names import form_of, tidy_label
from shared.transcripts.speakers.people import People
from shared.transcripts.speakers.roles import is_role

MOST_WORDS = 25
_CREDIT = re.compile(
    r"(?:(?:executive |senior |associate )?producers?|record(?:ed|ing)(?: date)?|edit(?:or|ing)|music|engineer"
    r"|(?:produced|edited|hosted|recorded|transcribed|transcript|music|mixed|engineered|written) (?:by|on|in|at)"
    r"|mix(?:ing)?|sound(?: design)?|artwork|cover|photos?|date|published|duration|length|location|place|title"
    r"|(?:episode|season)(?: \d+)?|topics?|primary topic|language|links?|website|tags?|hosts|guests|participants"
    r"|speakers|people|with|in this episode|present|featuring|transcription|transcript|author"
    r"|moderation|schnitt|produktion|musik|redaktion|aufnahme|montage|production|musique|réalisation|producción|edición"
    r"|música|grabación|regia|produzione|montaggio|musica)",
    re.IGNORECASE,
)
_APART = re.compile(r"\s*(?:,|;|&|/| and | und | et | y )\s*")


def without_credits(lines: Sequence[Line], people: People) -> list[Line]:
    """Return the lines with the credits before the talk as empty ones.

    They end where a label stands that has something to say, or that returns on lines of its own.
    """
    alone = Counter(line.label for line in lines if line.label and not line.said)
    kept = list(lines)
    for place, line in enumerate(lines):
        if not line.label or (not line.said and alone[line.label] < 2):
            continue
        if not _is_credit(line, people):
            break
        kept[place] = Line("", section=line.section)
    return kept


def _is_credit(line: Line, people: People) -> bool:
    label, said = line.label or "", line.said
    if not said or len(said.split()) > MOST_WORDS or said.endswith(("?", "!")):
        return False
    if _CREDIT.fullmatch(label) and not people.identify(label):
        return True
    parts = [tidy_label(part) for part in _APART.split(said.rstrip(". "))]
    if is_role(label):
        return all(form_of(part) == "name" for part in parts) and any(
            " " in part or people.identify(part) for part in parts
        )
    return form_of(label) == "name" and not said.endswith(".") and is_role(parts[0])
