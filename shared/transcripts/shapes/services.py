"""JSON as transcription services and players write it: lists of segments, utterances or words.

Read are Podcasting 2.0, WhisperX, Deepgram, AssemblyAI, AWS Transcribe, Rev and whatever else is a
list of objects with one key for who speaks and one for what is said.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from shared.transcripts.encodings import without_c1
from shared.transcripts.records import Line, Script, TranscriptRefused
from shared.transcripts.speakers.names import tidy_label
from shared.transcripts.speakers.people import People
from shared.transcripts.text import folded

_SPEAKER_KEYS = (
    *("speaker", "speakerName", "speaker_name", "speaker_label", "speakerLabel", "speakerId"),
    *(
        "speakerDesignation",
        "speaker_id",
        "speakerTag",
        "author",
        "voice",
        "participant",
        "user",
        "name",
        "who",
        "role",
    ),
)
_TEXT_KEYS = (
    *("body", "text", "message", "transcript", "sentence", "content", "punctuated_word", "word"),
    *("value", "display", "line", "caption", "utterance", "said", "words"),
)
_LIST_KEYS = (
    *("segments", "utterances", "monologues", "transcript", "transcripts", "audio_segments"),
    *("paragraphs", "results", "turns", "messages", "entries", "sentences", "items", "words"),
)
_CHOICES = ("alternatives", "nBest")
"""Lists of several readings of the same words, the likeliest first."""
_NAME_KEYS = ("name", "displayName", "display_name", "label", "id")
_OBJECT_BEGINS = re.compile(r"\{\s*(?:\"|\}|$)")
_C1_ESCAPE = re.compile(r"(?<!\\)\\u00([89][0-9a-fA-F])")
_MAX_DEPTH = 6
_CLOSING = frozenset(".,?!;:…%)")


def read_json(text: str, _: People) -> Script | None:
    """Return the script of a list of what is said and by whom, or None when the text is not JSON as a whole.

    Raises `TranscriptRefused` ("malformed") for JSON that holds no such list, or breaks off.
    """
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start not in ("{", "["):
        return None
    try:
        document = _loaded(_C1_ESCAPE.sub(_character, text.lstrip("\ufeff")))
    except (ValueError, RecursionError):
        if start == "[" or _goes_on_as_text(text.lstrip("\ufeff \t\r\n")):
            return None
        raise _malformed("is not valid JSON") from None
    kind = "Podcasting 2.0 JSON" if '"body"' in text[:5000] else "JSON"
    return script_of(document, kind)


def script_of(document: Any, kind: str) -> Script:
    """Return the script of a document that holds such a list; raises `TranscriptRefused` ("malformed")."""
    segments = _segments(document)
    if segments is None:
        raise _malformed('has no list of "segments"')
    return Script(kind, tuple(_lines(segments, _names(document))))


def _character(escape: re.Match[str]) -> str:
    return without_c1(chr(int(escape[1], 16)))


def _goes_on_as_text(text: str) -> bool:
    """Return whether no JSON begins here (`{{< youtube abc >}}`), or an object that ends before the text does."""
    if not _OBJECT_BEGINS.match(text):
        return True
    try:
        end = json.JSONDecoder().raw_decode(text)[1]
    except (ValueError, RecursionError):
        return False
    return text[end:].lstrip()[:1] not in ("", ",", "{", "[", "}", "]")


def _loaded(text: str) -> Any:
    """Return the document; objects on lines of their own are a list of them."""
    try:
        return json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not all(line.strip().endswith("}") for line in lines):
            raise
        return [json.loads(line) for line in lines]


def _malformed(what: str) -> TranscriptRefused:
    return TranscriptRefused(
        "malformed",
        f"The JSON transcript {what}; expected a list of objects that say who speaks and what, "
        'such as {"segments": [{"speaker": ..., "body": ...}]}.',
    )


def _segments(document: Any) -> list[tuple[str | None, str]] | None:
    """Return who says what in the list that names speakers, else in the first list of what is said."""
    apart = _labelled_by_time(document) or _titled_sections(document)
    if apart:
        return apart
    fallback = None
    for parts in _lists(document, 0):
        spoken = [(_who(part), _said(part)) for part in parts]
        if any(who is not None for who, _ in spoken):
            return spoken
        fallback = fallback or spoken
    return fallback


def _lists(document: Any, depth: int, key: str = "") -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield the lists of objects with something said, from the outside in."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(document, list):
        parts = [part for part in document if isinstance(part, dict)]
        if any(_said(part) for part in parts):
            yield parts
        # Alternatives after the first say the same again; channels side by side have no order.
        if len(parts) == 1 or (parts and key in _CHOICES):
            yield from _lists(parts[0], depth + 1)
        elif parts:
            yield from _inner(parts)
    elif isinstance(document, dict):
        order = {name: place for place, name in enumerate(_LIST_KEYS)}
        for name in sorted(document, key=lambda name: order.get(name, len(order))):
            if isinstance(document[name], (list, dict)):
                yield from _lists(document[name], depth + 1, name)


def _inner(parts: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield the words or sentences of all parts, for where they name speakers and the parts do not.

    Google's last result has the words of all others once more, with speakers.
    """
    for key in ("words", "sentences", "items"):
        lists = [
            [word for word in part[key] if isinstance(word, dict)]
            for part in map(_first_reading, parts)
            if isinstance(part.get(key), list)
        ]
        named = [words for words in lists if any(_who(word) is not None for word in words)]
        inner = [word for words in named or lists for word in words]
        if inner:
            yield inner


def _first_reading(part: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in _CHOICES:
        readings = part.get(key)
        if isinstance(readings, list) and readings and isinstance(readings[0], dict):
            return {**readings[0], **part}
    return part


def _titled_sections(document: Any) -> list[tuple[str | None, str]]:
    """Spotify names who speaks in a title of its own, before the sentences."""
    sections = document.get("section") if isinstance(document, dict) else None
    found, who = list[tuple[str | None, str]](), None
    for part in sections if isinstance(sections, list) else ():
        title = part.get("title") if isinstance(part, dict) else None
        text = part.get("text") if isinstance(part, dict) else None
        if isinstance(title, dict) and isinstance(title.get("title"), str):
            who = title["title"]
        if isinstance(text, dict) and isinstance(text.get("sentence"), dict):
            found.append((who, str(text["sentence"].get("text", ""))))
    return found


def _labelled_by_time(document: Any) -> list[tuple[str | None, str]]:
    """AWS Transcribe names speakers apart from the words: by the time at which each word begins."""
    results = document.get("results") if isinstance(document, dict) else None
    labels = results.get("speaker_labels") if isinstance(results, dict) else None
    segments = labels.get("segments") if isinstance(labels, dict) else None
    items = results.get("items") if isinstance(results, dict) else None
    if not isinstance(segments, list) or not isinstance(items, list):
        return []
    speaker_at = {
        str(item.get("start_time")): item.get("speaker_label")
        for segment in segments
        if isinstance(segment, dict) and isinstance(segment.get("items"), list)
        for item in segment["items"]
        if isinstance(item, dict)
    }
    return [
        (who if isinstance(who, str) else None, _said(item))
        for item in items
        if isinstance(item, dict)
        for who in (speaker_at.get(str(item.get("start_time"))) or item.get("speaker_label"),)
    ]


def _who(part: Mapping[str, Any]) -> str | None:
    """Return the speaker of one part, whatever the type: a name, a number, an object with either."""
    for key in _SPEAKER_KEYS:
        value = part.get(key)
        if isinstance(value, dict):
            value = next((value[name] for name in _NAME_KEYS if value.get(name) is not None), None)
        if isinstance(value, bool) or value is None or value == "":
            continue
        if isinstance(value, (str, int)):
            return str(value)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
    for key in _CHOICES:
        readings = part.get(key)
        if isinstance(readings, list) and readings and isinstance(readings[0], dict):
            return _who({name: readings[0].get(name) for name in _SPEAKER_KEYS})
    return None


def _said(part: Mapping[str, Any]) -> str:
    """Return what one part says: its text, or the words in a list of its own."""
    for key in ("elements", *_CHOICES, *_TEXT_KEYS, "sentences"):
        value = part.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list) and value:
            if key in _CHOICES:
                value = value[:1]
            if said := _of_words(value, glued=key == "elements"):
                return said
    return ""


def _of_words(words: Iterable[Any], glued: bool) -> str:
    texts = [_word(word) for word in words]
    if glued:  # Rev writes the blanks as elements of their own
        return "".join(texts)
    return _spaced(texts)


def _word(word: Any) -> str:
    if isinstance(word, str):
        return word
    if not isinstance(word, dict):
        return ""
    for key in ("punctuated_word", "value", "display", "content", "text", "word", "transcript"):
        if isinstance(word.get(key), str):
            return str(word[key])
    return ""


def _spaced(texts: Iterable[str]) -> str:
    """Return the texts with blanks between them, but none before a mark that closes."""
    joined: list[str] = []
    for text in texts:
        if text.strip():
            is_mark = len(text.strip()) == 1 and text.strip() in _CLOSING
            joined.append(text if is_mark or not joined else f" {text}")
    return "".join(joined)


def _names(document: Any) -> dict[str, str]:
    """Return the speakers' names by id, from `"speakers": [{"id": 0, "name": "Ida Stone"}]` or a mapping."""
    speakers = document.get("speakers") if isinstance(document, dict) else None
    if isinstance(speakers, dict):
        return {str(key): name for key, name in speakers.items() if isinstance(name, str)}
    found = {}
    for place, one in enumerate(speakers if isinstance(speakers, list) else ()):
        if isinstance(one, dict) and isinstance(one.get("name"), str) and one["name"].strip():
            found[
                str(next((one[key] for key in ("id", "speaker", "key") if key in one), place))
            ] = one["name"]
    return found


def _lines(parts: Iterable[tuple[str | None, str]], names: Mapping[str, str]) -> Iterator[Line]:
    """One line a speaker's run of parts: a part may be a word or a monologue."""
    speaker, words = "", list[str]()
    for who, said in parts:
        label = tidy_label(_label(who, names)) if who is not None else ""
        if label and label != speaker and words:
            yield _spoken(speaker, words)
            words = []
        speaker = label or speaker
        if said.strip():
            words.append(said)
    if words:
        yield _spoken(speaker, words)


def _label(who: str, names: Mapping[str, str]) -> str:
    """Return the name, or for a bare number or letter what such speakers are called."""
    if who in names:
        return names[who]
    return f"Speaker {who}" if who.isdigit() or (len(who) == 1 and who.isalpha()) else who


def _spoken(speaker: str, words: list[str]) -> Line:
    said = folded(_spaced(words))
    return Line(said, speaker or None, said, mark="field")
