"""How answers read, measured without asking any model, so that every run can afford it.

Words are compared after Unicode and case folding, punctuation left out. A measure that does not
apply to any answer has no score; a score of zero always means that something was looked at.
"""

import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from statistics import fmean

LONG_ANSWER_WORDS = 40  # shorter answers repeat too little for n-gram shares to mean anything
LEAKED_WORDS = (
    13  # real held-out speech shares spans of at most about ten words with earlier episodes
)
MAX_QUOTE_WORDS = 20
SEED_WORDS = 3

_WORD = re.compile(r"\w+(?:'\w+)*")
_SENTENCE_END = re.compile(r'[.!?](?=\s|$)|"')
_QUOTE_QUESTION = re.compile(r'finish the following sentence:\s*"([^"\n]+)')
_QUOTES = str.maketrans("‘’“”", "''\"\"")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One generated answer; `cut_off` when it stopped at the length limit."""

    question: str
    text: str
    cut_off: bool


@dataclass(frozen=True, slots=True)
class Score:
    """One number about a set of answers and the `n` answers it was taken from."""

    metric: str
    value: float
    n: int


def fold(text: str) -> str:
    """`text` with letter case, typographic quotes and Unicode compatibility forms folded away."""
    return unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()


def words(text: str) -> Words:
    """The folded words of `text`, without punctuation."""
    return tuple(_WORD.findall(fold(text)))


def score(
    answers: Sequence[Answer],
    *,
    cue: str,
    wordings: Mapping[str, Collection[Words]],
    training: Iterable[str],
) -> list[Score]:
    """Every free measure of one arm's answers.

    `cue` is the line that ends a prompt, `wordings` what `find_wordings` found for the questions,
    and `training` the completions that trained the model (one pass is made over them).
    """
    if not answers:
        return []
    return [
        *_size(answers),
        *_quote_completion(answers, wordings),
        *_degeneration(answers),
        *_leakage(answers, training),
        *_role_slips(answers, cue),
    ]


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


def longest_shared_spans(texts: Sequence[str], corpus: Iterable[str]) -> list[int]:
    """For each text, the length in words of its longest span that also stands in one text of `corpus`.

    Spans below SEED_WORDS words count as zero.
    """
    answers = [words(text) for text in texts]
    owners: dict[Words, list[int]] = defaultdict(list)
    for number, answer in enumerate(answers):
        for seed in set(_ngrams(answer, SEED_WORDS)):
            owners[seed].append(number)
    longest = [SEED_WORDS - 1] * len(answers)
    longer = [
        set(_ngrams(answer, SEED_WORDS)) for answer in answers
    ]  # the spans that would beat `longest`
    for source in map(words, corpus):
        for at, seed in enumerate(_ngrams(source, SEED_WORDS)):
            for number in owners.get(seed, ()):
                while source[at : at + longest[number] + 1] in longer[number]:
                    longest[number] += 1
                    longer[number] = set(_ngrams(answers[number], longest[number] + 1))
    return [size if size >= SEED_WORDS else 0 for size in longest]


def _size(answers: Sequence[Answer]) -> list[Score]:
    n = len(answers)
    return [
        Score("answers", n, n),
        Score("mean_words", fmean(len(words(answer.text)) for answer in answers), n),
    ]


def _quote_completion(
    answers: Sequence[Answer], wordings: Mapping[str, Collection[Words]]
) -> list[Score]:
    asked = [answer for answer in answers if wordings.get(answer.question)]
    if not asked:
        return []
    best = [
        max(_completion(answer, continuation) for continuation in wordings[answer.question])
        for answer in asked
    ]
    return [
        Score("quote_exact", fmean(exact for exact, _ in best), len(asked)),
        Score("quote_edit_ratio", fmean(ratio for _, ratio in best), len(asked)),
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
    return tuple(_WORD.findall(_SENTENCE_END.split(text, maxsplit=1)[0]))[:MAX_QUOTE_WORDS]


def _degeneration(answers: Sequence[Answer]) -> list[Score]:
    long = [answer for answer in answers if len(words(answer.text)) >= LONG_ANSWER_WORDS]
    measures: dict[str, Callable[[Answer], float]] = {
        "repeated_4grams": lambda answer: 1 - _distinct_share(words(answer.text), 4),
        "distinct_2": lambda answer: _distinct_share(words(answer.text), 2),
        "compression_ratio": lambda answer: _compression_ratio(answer.text),
        "cut_off": lambda answer: answer.cut_off,
    }
    return _means(long, measures)


def _distinct_share(said: Words, size: int) -> float:
    ngrams = _ngrams(said, size)
    return len(set(ngrams)) / len(ngrams)


def _ngrams(said: Words, size: int) -> list[Words]:
    return [said[start : start + size] for start in range(len(said) - size + 1)]


def _compression_ratio(text: str) -> float:
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw, 9))


def _leakage(answers: Sequence[Answer], training: Iterable[str]) -> list[Score]:
    spans = longest_shared_spans([answer.text for answer in answers], training)
    return [
        Score("longest_shared_span", max(spans), len(spans)),
        Score("leaked", fmean(span >= LEAKED_WORDS for span in spans), len(spans)),
    ]


def _role_slips(answers: Sequence[Answer], cue: str) -> list[Score]:
    cued = " ".join(words(cue))
    measures: dict[str, Callable[[Answer], float]] = {
        "cue_echoed": lambda answer: f" {cued} " in f" {' '.join(words(answer.text))} ",
        "unbalanced_quotes": lambda answer: _unbalanced(answer.text),
    }
    return _means(answers, measures)


def _unbalanced(text: str) -> bool:
    return text.count('"') % 2 == 1 or text.count("“") != text.count("”")


def _means(
    answers: Sequence[Answer], measures: Mapping[str, Callable[[Answer], float]]
) -> list[Score]:
    if not answers:
        return []
    return [
        Score(name, fmean(measure(answer) for answer in answers), len(answers))
        for name, measure in measures.items()
    ]
