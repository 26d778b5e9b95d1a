"""The form of a label: what it says without its notes, and whether a person may be called so."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from shared.transcripts.speakers.roles import ROLE_FIRST, ROLE_NOTE, is_role
from shared.transcripts.text import TIME, folded

Form = Literal["name", "role", "handle", "word", "phrase", "odd"]
"""A person's name; what somebody is (`Host`, `Speaker 1`); one word no name looks like; a word that
often stands before a colon; words of which some are in lower case; and what only few names look
like: all in lower case, or abbreviated."""

MAX_LABEL_CHARS = 100
MAX_CJK_NAME = 6


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MAX_WORDS = {"name": 7, "phrase": 10, "odd": 5}
_HONORIFICS = _words(
    "dr prof professor mr mrs ms sir dame rev senator judge md phd psyd jr sr ii iii"
)
_PARTICLES = _words(
    "de del der den di da do dos das du la le el al van von ter ten te zu zur bin ibn ben "
    "y e und and of the & st ap af av"
)
_TRAILING_TIME = re.compile(rf"[\s–-]*[\[(]?{TIME}[\])]?$")
_NOTE = re.compile(r"\s*(?:[(（]([^()（）]{1,60})[)）]|\[([^\[\]]{1,60})\]|\{[^{}]{1,60}\})")
_AFFILIATION = re.compile(r"\s+[|•·]\s.*$")
_NICKNAME = re.compile(r"(?<=\S) [\"“”‘'«]([^\"“”»]{1,30})[\"“”’'»](?= \S)")
_ALIAS = re.compile(r"[A-Za-z]{1,12}")
_PRONOUNS = _words("he him his she her hers they them theirs it any ze xe")
_NO_NAMES = re.compile(
    r"(?:note|notes|topic|topics|location|date|time|times|title|subject|source|sources|links?|podcast"
    r"|warning|questions?|answers?|example|episode|chapter|part|summary|transcript.*|recorded.*|ps|ps\."
    r"|books?|papers?|slides|video|audio|url|media|tags?|website|twitter|email|duration"
    r"|goal|option|step|section|tip|fact|quote|correction|update|disclaimer|spoiler|conclusion"
    r"|introduction|background|context|overview|keywords?|categor(?:y|ies)|description|author|by)",
    re.IGNORECASE,
)
_OPENERS = _words(
    "the a an my our your his her its their this that these those so and but or nor now "
    "then next first second third finally last here there what who whom whose when where "
    "why how which is it i we you he she they in on at by for from to of with without as "
    "if because while though although after before look listen remember note welcome "
    "thanks thank hello hi hey bye also again yes yeah no nope well ok okay oh ah um uh "
    "right sure true false maybe meanwhile still one two three is are was were do does "
    "did can could will would let please see say said imagine think everyone nobody "
    "somebody"
)
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:,? [\w.'’&()-]+){0,5}")
_NO_TITLE_NAMES = re.compile(
    r"(?:note|notes|topic|topics|location|date|time|title|subject|source|sources|link|links|podcast"
    r"|warning|question|answer|example|episode|chapter|part|summary|transcript.*|recorded.*|ps)",
    re.IGNORECASE,
)
_NO_LABEL = re.compile(r"[?!…;\"“”<>=\\{}]|[a-z]{4}[.]$|[.]{2}", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\b(?!prof|sen|rev|hon|capt)\w{3,}[.] ", re.IGNORECASE)
_CLAUSE = _words(
    "i me my you your he him his she her it its we us our they them their this that these those there "
    "am is are was were be been being have has had do does did will would can could should must "
    "say says said saying ask asks asked tell tells told think thinks thought mean means meant like "
    "go goes went know knows knew want wants wanted get gets got guess because if when who what why how which not"
)
_CONTRACTED = re.compile(r"\w['’](?:m|re|ve|ll|s|d)\b|n['’]t\b", re.IGNORECASE)
_NO_WORD = re.compile(r"[?!…;,，。、！？；\"“”<>=\\{}()\[\]]|[^.]\w[.]$")
_CJK = re.compile("[\u3040-\u309f\u4e00-\u9fff]")
_ONLY_MARKS = re.compile(r"[?!]{1,5}")
_ONLY_DIGITS = re.compile(r"[\d.,:]+")
_INITIAL = re.compile(r"[^\W\d_]\.")
_SMALL_NUMBER = re.compile(r"\d{1,3}|&")
_INITIAL_WORD = re.compile(r"[^\W\d_][\w.'’]*")
_WORD = re.compile(r"\S+")
_KEY_WORD = re.compile(r"[^\W_][\w'’-]*")
NO_WIDTH = " \t\r\n\ufeff\u200b\u200e\u200f\u2060\u00ad"
_ADDRESS = re.compile(r"(?:https?://|www\.|@|#)\S*|[\w./-]+\.(?:com|org|net|io|pdf|html?)\S*")


def bare(text: str) -> str:
    """Return the text without the characters at its ends that have no width, such as a byte order mark."""
    return text.strip(NO_WIDTH)


@lru_cache(maxsize=8192)
def tidy_label(label: str) -> str:
    """Whom the label names: without colon, markup, times, roles, pronouns, affiliations, emoji.

    A note in one word stays (`Stephan Livera (SL)`): it may be how the page calls the person later.
    """
    text = folded(bare(label[: 2 * MAX_LABEL_CHARS])).strip("*_ ").rstrip(":： ").strip("*_ ")
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].rstrip(":： ").strip()
    text = _TRAILING_TIME.sub("", text).rstrip(":–- ")
    first, colon, second = text.partition(":")
    if colon and first.strip() == second.strip():
        text = first.strip()
    text = _without_pictures(text).rstrip("… ") or text
    role = ROLE_FIRST.fullmatch(text)
    if role and form_of(named := next(part for part in role.groups() if part)) == "name":
        text = named
    text = _AFFILIATION.sub("", text) or text
    text = _NICKNAME.sub("", text)
    text = _NOTE.sub(_kept_note, text).strip() or text
    return ROLE_NOTE.sub("", text).strip() or text


def _without_pictures(text: str) -> str:
    """Return the text without emoji, their skin tones and variation selectors."""
    if text.isascii():
        return text
    return folded(
        "".join(
            char
            for char in text
            if unicodedata.category(char) not in ("So", "Sk") and not "\ufe00" <= char <= "\ufe0f"
        )
    )


def _kept_note(note: re.Match[str]) -> str:
    inner = note[1] or ""
    is_alias = (
        _ALIAS.fullmatch(inner) and note.start() > 0 and not note.string[note.end() :].strip()
    )
    is_remark = inner.casefold() in _PRONOUNS or is_role(inner)
    return f" ({inner})" if is_alias and not is_remark else ""


@lru_cache(maxsize=8192)
def form_of(label: str) -> Form | None:
    """Return the form a tidy label has, or None for what no label looks like: sentences, addresses, times."""
    words = label.split()
    if not words or len(label) > MAX_LABEL_CHARS or (_ADDRESS.fullmatch(label) and label[0] != "@"):
        return None
    if is_role(label):
        return "role"
    if _NO_NAMES.fullmatch(label) or label.casefold() in _OPENERS:
        return "word"
    if len(words) == 1:
        return _form_of_one(label)
    if _NO_LABEL.search(label):
        return None
    if _ABBREVIATED.search(label):
        return _odd(words)
    first = next((word for word in words if not _INITIAL.fullmatch(word)), words[0])
    opens = first.casefold().rstrip(".,") in _OPENERS
    if first is not words[0] and (opens or _NO_NAMES.fullmatch(first)):
        return None  # "A. No": an answer, not an initial and a name
    is_name = all(map(_is_capital, words)) and not opens
    if is_name and len(words) <= _MAX_WORDS["name"]:
        return "name"
    if _is_capital(words[0]):
        return "phrase" if len(words) <= _MAX_WORDS["phrase"] else None
    return _odd(words)


def _odd(words: Sequence[str]) -> Form | None:
    few = len(words) <= _MAX_WORDS["odd"]
    return "odd" if few and words[0][0].isalnum() and not is_clause(" ".join(words)) else None


def is_clause(label: str) -> bool:
    """Return whether the words are a part of a sentence (`And I'm like`), as a pronoun or a verb shows."""
    words = [word.casefold().strip(".,") for word in label.split()]
    opens = len(words) > 1 and words[0] in _OPENERS and words[0] != "the"
    return opens or any(word in _CLAUSE or _CONTRACTED.search(word) for word in words)


def _form_of_one(label: str) -> Form | None:
    if _NO_WORD.search(label) and not _ONLY_MARKS.fullmatch(label):
        return None
    if _ONLY_DIGITS.fullmatch(label):
        return None
    if len(label) > MAX_CJK_NAME and _CJK.search(label):
        return "handle"  # a sentence, where a colon stands in it
    return "name" if label[0].isalpha() and not label[0].islower() else "handle"


def _is_capital(word: str) -> bool:
    """Return whether a word may stand in a name: scripts without capitals have nothing but such words."""
    letter = word[0] if word[0].isalpha() else next(filter(str.isalnum, word), "")
    return (
        (letter != "" and not letter.islower() and not letter.isdigit())
        or word in _PARTICLES
        or word.startswith(("d'", "d’", "l'", "l’"))
        or _SMALL_NUMBER.fullmatch(word) is not None
    )


def could_be_a_name(label: str) -> bool:
    """Return whether the words may be a person's name where nothing sets them apart, as in a title."""
    return _NAME.fullmatch(label) is not None and _NO_TITLE_NAMES.fullmatch(label) is None


def is_capitalised(label: str) -> bool:
    """Return whether every word of the label begins with a capital, particles aside, as a name's do."""
    return all(map(_is_capital, label.split()))


def initials(name: str) -> str:
    """Return the first letters of the name's words as they stand: `JdB` for Jan de Boer."""
    return "".join(word[0] for word in _INITIAL_WORD.findall(name))


@lru_cache(maxsize=8192)
def name_key(name: str) -> tuple[str, ...]:
    """Return what two spellings of one name share: its words in lower case, without accents and titles."""
    plain = name.casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        plain = "".join(char for char in apart if unicodedata.category(char) != "Mn")
    words = _KEY_WORD.findall(plain.replace("_", " "))
    if _HONORIFICS.isdisjoint(words):
        return tuple(words)
    return tuple(word for word in words if word not in _HONORIFICS) or tuple(words)


def is_speech(said: str, *, any_case: bool = False) -> bool:
    """Return whether this may be what a person says: more than an address, a number or a lower-case rest,
    which counts in `any_case` where the label leaves no doubt, or where it goes on after dots or a dash."""
    words = (match[0] for match in _WORD.finditer(said))
    spoken = (word for word in words if not _ADDRESS.fullmatch(word))
    first = next((char for word in spoken for char in word if char.isalnum()), "")
    goes_on = any_case or said.startswith(("...", "…", "—", "–", "-"))
    return first != "" and (goes_on or not first.islower())
