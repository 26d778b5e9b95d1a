"""Whether a sentence that a question begins is completed as the host completes it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from shared.evaluation.measures.records import Answer, Score, absent, mean, share
from shared.words import WORD, Words, fold, words

MAX_QUOTE_WORDS = 20
METRICS = ("quote_exact", "quote_edit_ratio")

Wordings = Mapping[str, Collection[Words]]
"""By question, the continuations that count."""

_SENTENCE_END = re.compile(r'[.!?](?=\s|$)|"')
_QUOTE_QUESTION = re.compile(
    r"(?:finish|complete|continue)\b[^\"\n]{0,60}\b(?:sentence|quote|quotation|saying|phrase|line)\b"
    r'[^"\n]{0,40}"([^"\n]+)'
)


def quote_beginning(question: str) -> Words:
    """The words to continue, when `question` asks to finish a sentence; else none."""
    asked = _QUOTE_QUESTION.search(fold(question))
    return words(asked[1]) if asked else ()


def find_wordings(questions: Iterable[str], spoken: Iterable[str]) -> dict[str, set[Words]]:
    """How the speaker of `spoken` continues each sentence that a question begins, to the sentence's end.

    Questions that ask for no quote, and quotes that are never spoken, are not in the result.
    """
    asked = {question: begun for question in questions if (begun := quote_beginning(question))}
    if not asked:
        return {}
    patterns = {question: _spoken_pattern(begun) for question, begun in asked.items()}
    found: dict[str, set[Words]] = defaultdict(set)
    for text in map(fold, spoken):
        for question, pattern in patterns.items():
            for match in pattern.finditer(text):
                if continuation := _to_sentence_end(text[match.end() :]):
                    found[question].add(continuation)
    return dict(found)


def given_wordings(questions: Iterable[str], quotes: Iterable[str]) -> dict[str, set[Words]]:
    """How the whole sentences of `quotes` continue each sentence that a question begins."""
    whole = [words(quote) for quote in quotes]
    found: dict[str, set[Words]] = {}
    for question in questions:
        begun = quote_beginning(question)
        rests = {quote[len(begun) :] for quote in whole if begun and quote[: len(begun)] == begun}
        if rests - {()}:
            found[question] = rests - {()}
    return found


def quote_completion(answers: Sequence[Answer], wordings: Wordings) -> list[Score]:
    """Of the quotes with a known wording, how many are completed exactly and how nearly, the best wording each."""
    asked = [answer for answer in answers if quote_beginning(answer.question)]
    if not asked:
        return []
    known = [answer for answer in asked if wordings.get(answer.question)]
    if not known:
        why = "no wording of the quotes that the questions begin is known; give the whole sentences under `quotes:`"
        return absent(METRICS, why)
    best = [
        max(_completion(answer, continuation) for continuation in wordings[answer.question])
        for answer in known
    ]
    return [
        share("quote_exact", [exact for exact, _ in best]),
        mean("quote_edit_ratio", [ratio for _, ratio in best], most=1.0),
    ]


def _completion(answer: Answer, continuation: Words) -> tuple[bool, float]:
    """Whether the answer goes on in exactly these words, and how similar what it says instead is (0 to 1)."""
    said = _after_echo(words(answer.text), quote_beginning(answer.question))[: len(continuation)]
    ratio = SequenceMatcher(None, " ".join(said), " ".join(continuation), autojunk=False).ratio()
    return said == continuation, ratio


def _after_echo(said: Words, beginning: Words) -> Words:
    """`said` without a repetition of the sentence's beginning and whatever stands before it."""
    size = len(beginning)
    for start in range(len(said) - size + 1):
        if said[start : start + size] == beginning:
            return said[start + size :]
    return said


def _spoken_pattern(beginning: Words) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, beginning)) + r"(?!\w)")


def _to_sentence_end(text: str) -> Words:
    return tuple(WORD.findall(_SENTENCE_END.split(text, maxsplit=1)[0]))[:MAX_QUOTE_WORDS]
