"""How much of a text its labels cover: speech that no label covers is nobody's turn."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from shared.transcripts.records import Line, Script, TranscriptRefused
from shared.transcripts.shapes.markdown import UNMARKED
from shared.transcripts.text import without_recording_date, word_count

LABELLED_SHARE = 0.5
STALE_WORDS, STALE_LINES, STALE_TIMES = 300, 5, 8
"""What a turn has that is long: so many words and lines without a label, and so many times as many words
as nearly every (nine of ten) turn on the page."""
LEAD_TOLD = 0.1
_FIRST_PERSON = re.compile(r"\b(?:I|I'm|me|my|you|you're|your|we|we're|our)\b", re.IGNORECASE)
_SEMICOLONS_PER_WORD_IN_NOTES = 1 / 60
_FIRST_PERSON_IN_SPEECH = 0.02


@dataclass(frozen=True, slots=True)
class Covered:
    """The lines that labels cover, and sentences about what they do not."""

    lines: tuple[Line, ...]
    warnings: tuple[str, ...]


def covered(script: Script, lines: Sequence[Line]) -> Covered:
    """Return the lines without those no label covers.

    Raises TranscriptRefused unless labels cover most of the text: notes and unlabelled speech are
    no turns.
    """
    if _names_come_after(lines):
        raise no_labels(
            "The names seem to stand after what is said; put each before it, such as `Ida Stone: ...`."
        )
    long = _without_stale(lines)
    words = _words_by_section(long.lines)
    labelled = {line.section for line in long.lines if line.label}
    under = sum(words[section] for section in labelled)
    total = words.total() + sum(long.left_out.values())
    if not labelled or under < LABELLED_SHARE * total:
        raise _unlabelled(script, lines, under if labelled else None, total)
    told = [
        f"{count} words after a label of {who} stand without labels and were left out"
        for who, count in long.left_out.items()
    ]
    told += [
        f"{count} words in long turns of {who} stand without labels: somebody else may speak in them"
        for who, count in long.told.items()
    ]
    if words[-1] >= LEAD_TOLD * total:
        told.append(f"{words[-1]} of {total} words stand before the first label and were left out")
    return Covered(long.lines, tuple(told))


def _names_come_after(lines: Sequence[Line]) -> bool:
    """Return whether the text begins with speech and ends with a name, and every name stands alone."""
    named = [line for line in lines if line.label]
    return (
        len(named) > 1
        and not lines[0].label
        and lines[-1].label is not None
        and not any(line.said or line.ends_in_colon for line in named)
    )


def no_labels(sentence: str) -> TranscriptRefused:
    """Return the refusal of a text that does not say who speaks."""
    return TranscriptRefused("no_labels", sentence)


def _unlabelled(
    script: Script, lines: Sequence[Line], under: int | None, total: int
) -> TranscriptRefused:
    text = without_recording_date(" ".join(line.said for line in lines))
    if not text:
        return TranscriptRefused("no_transcript", f"The transcript is empty ({script.structure}).")
    if under is None and script.structure == UNMARKED:
        return TranscriptRefused(
            "not_html", "This is neither an HTML page nor a transcript with speakers' labels."
        )
    partly = f"Labels stand over {under} of {total} words only"
    lead = "No speaker is named" if under is None else partly
    if _reads_like_notes(text):
        return TranscriptRefused("notes_only", f"{lead}: these are a note-taker's notes.")
    return no_labels(f"{lead}, so who said what is unknown.")


@dataclass(frozen=True, slots=True)
class _LongTurns:
    """The lines to keep, and by label the words of turns so long that they may not be one person's."""

    lines: tuple[Line, ...]
    left_out: Counter[str]
    told: Counter[str]


def _without_stale(lines: Sequence[Line]) -> _LongTurns:
    """Return the lines without long runs that nobody is sure to have said.

    Sure is a speaker who is named again, where others speak after the run, which is no two thirds of the text: then
    it is a story. Where the labels stop for good, or the label stands once, the run may be anybody's.
    """
    turn_of = list(accumulate(line.label is not None for line in lines))
    turns = [
        [line for line, _ in run]
        for _, run in groupby(zip(lines, turn_of, strict=True), key=lambda pair: pair[1])
    ]
    times = Counter(line.label for line in lines if line.label)
    total = _words(lines)
    usual = _nine_of_ten([_words(turn) for turn in turns if turn[0].label])
    kept: list[Line] = []
    left_out, told = Counter[str](), Counter[str]()
    for turn in turns:
        label, rest = turn[0].label, _words(turn[1:])
        if not label or _in_sections(turn) or not _is_long(turn, rest, usual):
            kept += turn
            continue
        is_sure = times[label] > 1 and turn is not turns[-1] and 3 * rest <= 2 * total
        (told if is_sure else left_out)[label] += rest
        kept += turn if is_sure else turn[:1]
    return _LongTurns(tuple(kept), left_out, told)


def _is_long(turn: Sequence[Line], rest: int, usual: int) -> bool:
    return len(turn) > STALE_LINES and rest >= STALE_WORDS and rest > STALE_TIMES * usual


def _nine_of_ten(sizes: Sequence[int]) -> int:
    """Return the size that nine of ten turns do not exceed, the longest of all left out."""
    rest = sorted(sizes)[:-1]
    return rest[(len(rest) * 9 - 1) // 10] if rest else 0


def _words(lines: Sequence[Line]) -> int:
    return sum(word_count(line.said) for line in lines)


def _in_sections(lines: Sequence[Line]) -> bool:
    return any(line.section for line in lines)


def _words_by_section(lines: Sequence[Line]) -> Counter[int]:
    """Words of speech in each section, those before the very first label in a section of theirs."""
    words = Counter[int]()
    started = False
    for line in lines:
        started = started or line.label is not None
        said = line.said if started else without_recording_date(line.said)
        words[line.section if started else -1] += word_count(said)
    return words


def _reads_like_notes(text: str) -> bool:
    words = len(text.split())
    semicolons = text.count(";") / words
    first_person = len(_FIRST_PERSON.findall(text)) / words
    return semicolons >= _SEMICOLONS_PER_WORD_IN_NOTES or first_person < _FIRST_PERSON_IN_SPEECH
