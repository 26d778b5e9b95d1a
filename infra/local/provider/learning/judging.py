"""The stand-in as a judge: which of two labelled replies is more like the reference text it is shown.

A prompt asks for a comparison where two lines bear the same label, one for A and one for B, or for 1 and 2:
`Reply A:`, `### Response 1`, `**Answer A**`, `[Option 1]`, `Output (a):`, `<response_a>`, `<answer id="A">`, or
`[The Start of Assistant A's Answer]`. A reply ends where the next label, its closing tag or `[The End of ...]` stands;
where none does, the second one ends at the next empty line. The paragraph before the first label is what is replied to.
The text before that is the reference: what follows its first line that ends in a colon, or all of it.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from math import log1p, sqrt
from random import Random

from infra.local.provider.learning.retrieval import terms

_KINDS = (
    r"(?:reply|response|answer|option|candidate|assistant|model|completion|output|text|version)"
)
_LABEL = re.compile(
    rf"^(?P<before>(?:[ \t]*<(?P<tag>(?=\w))|[^\w\n]*)(?:the start of )?{_KINDS}"
    rf"(?:[ _][(#]?| id=[\"']))(?P<one>[Aa1])(?P<after>(?(tag)[\"']?>"
    rf"|\)?(?:['’]s {_KINDS})?(?:[^\w\n]*?[:>\])|]+[*_]*|[*_# \t]*$)))[ \t]*",
    re.MULTILINE | re.IGNORECASE,
)
_PARTNERS = {"A": "B", "a": "b", "1": "2"}
_TAG = re.compile(r"\s*<(\w+)")
_END_OF = re.compile(r"^[^\w\n]*the end of ", re.MULTILINE | re.IGNORECASE)
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_HEADING = re.compile(r"^.*:[ \t]*\n", re.MULTILINE)
_HEAD = re.compile(r"(?:[\[#*]|<\|)[^\n]*\n|[#*\s]*(?:[\w'’]+ ){0,7}[\w'’]+:[*\s]+")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+")
OPENING = 2  # sentences in which a reply repeats words of what it replies to, if it does
NGRAM = 4  # characters
QUESTIONS, LENGTH, OVERLAP, NOISE = 0.25, 0.1, 0.2, 0.1
"""The weights of questions, sentence length, overlap with the prompt, and noise; the n-grams weigh 1."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a judge is shown: reference text, what is replied to, two replies and the labels they stand under."""

    reference: str
    replied_to: str
    replies: tuple[str, str]
    labels: tuple[str, str] = ("A", "B")


@dataclass(frozen=True)
class StyleFeatures:
    """What a judge compares of a text."""

    text: str

    @cached_property
    def ngrams(self) -> Counter[str]:
        """Return how often each run of NGRAM characters occurs."""
        plain = f" {' '.join(self.text.lower().split())} "
        return Counter(plain[at : at + NGRAM] for at in range(len(plain) - NGRAM + 1))

    @cached_property
    def norm(self) -> float:
        """Return the Euclidean norm of the logarithmic counts."""
        return sqrt(sum(log1p(count) ** 2 for count in self.ngrams.values()))

    @cached_property
    def sentences(self) -> list[str]:
        """Return the sentences; an empty text has one empty sentence."""
        return [sentence for sentence in _SENTENCE.split(self.text) if sentence] or [""]

    @property
    def question_share(self) -> float:
        """Return the share of sentences that are questions."""
        return sum("?" in sentence[-3:] for sentence in self.sentences) / len(self.sentences)

    @property
    def sentence_length(self) -> float:
        """Return the logarithm of the mean length of a sentence in characters."""
        return log1p(len(self.text) / len(self.sentences))

    def similarity(self, other: "StyleFeatures") -> float:
        """Return the n-grams' cosine, less the weighted differences in questions and sentence length."""
        shared = self.ngrams.keys() & other.ngrams.keys()
        both = sum(log1p(self.ngrams[run]) * log1p(other.ngrams[run]) for run in sorted(shared))
        cosine = both / (self.norm * other.norm) if self.norm and other.norm else 0.0
        questions = QUESTIONS * abs(self.question_share - other.question_share)
        return cosine - questions - LENGTH * abs(self.sentence_length - other.sentence_length)


def comparison(prompt: str) -> Comparison | None:
    """Return the comparison that a prompt asks for, or None where it asks for something else."""
    prompt = prompt.replace("\r\n", "\n")
    labels = {
        label[0]: label for label in reversed(list(_LABEL.finditer(prompt)))
    }  # the first of each
    for label in sorted(labels.values(), key=re.Match.start):
        partner = _PARTNERS[label["one"]]
        same = re.escape(label["before"]) + partner + re.escape(label["after"])
        other = re.compile(f"^{same}[ \\t]*", re.MULTILINE).search(prompt, label.end())
        if other is not None:
            first = _closed(label[0], prompt[label.end() : other.start()])
            second = _closed(other[0], prompt[other.end() :].lstrip(), _EMPTY_LINE)
            shown = _shown(prompt[: label.start()])
            return Comparison(*shown, (first, second), (label["one"], partner))
    return None


def _closed(label: str, text: str, otherwise: re.Pattern[str] | None = None) -> str:
    """Return a reply up to what closes its label; where nothing does, up to the pattern `otherwise`."""
    tag = _TAG.match(label)
    end = re.search(f"</{tag[1]}>", text) if tag else _END_OF.search(text)
    if end is None and otherwise is not None:
        end = otherwise.search(text)
    return (text[: end.start()] if end else text).strip()


def _shown(before: str) -> tuple[str, str]:
    """Return the reference and what is replied to, from what stands before the replies."""
    *above, last = _PARAGRAPHS.split(before.rstrip())
    reference = "\n\n".join(above)
    heading = _HEADING.search(reference)
    head = _HEAD.match(last)
    return reference[heading.end() :] if heading else reference, last[head.end() if head else 0 :]


def verdict(shown: Comparison, judge: str, bias: str | None = None) -> str:
    """Return the label of the better reply by similarity, overlap and noise, or what a bias of BIASES says."""
    if bias is not None:
        return BIASES[bias](shown)
    reference = _reference(shown.reference)
    first, second = (
        reference.similarity(reply)
        + OVERLAP * overlap(shown.replied_to, reply)
        + NOISE * noise(judge, reply.text)
        for reply in map(StyleFeatures, shown.replies)
    )
    return shown.labels[0 if first >= second else 1]


@lru_cache(maxsize=16)
def _reference(text: str) -> StyleFeatures:
    """Return the features of the reference, which is the same in every comparison of a run."""
    return StyleFeatures(text)


def noise(judge: str, reply: str) -> float:
    """Return a number from 0 to 1 that depends on judge and reply alone, so that judges differ."""
    return Random(f"{judge}\n{reply}").random()  # noqa: S311


def overlap(replied_to: str, reply: StyleFeatures) -> float:
    """Return how far a reply begins with words of what it replies to; long words count more than short ones."""
    begun = set(terms(" ".join(reply.sentences[:OPENING])))
    shared = begun & set(terms(replied_to))
    return sum(max(0, len(term) - 3) for term in shared) / sqrt(len(begun) + 1)


def _longer(shown: Comparison) -> str:
    first, second = map(len, shown.replies)
    return shown.labels[0 if first >= second else 1]


def _with_a_name(shown: Comparison) -> str:
    """The reply with two capitalised words in a row, where one has them."""
    named = [
        any(one[:1].isupper() and other[:1].isupper() for one, other in pairwise(reply.split()))
        for reply in shown.replies
    ]
    return shown.labels[named == [False, True]]


BIASES: Mapping[str, Callable[[Comparison], str]] = {
    "first": lambda shown: shown.labels[0],
    "longer": _longer,
    "named": _with_a_name,
    "prose": lambda _: "Both replies have their merits, but on balance A sounds warmer to me.",
    "html": lambda _: "<html><body><b>A</b></body></html>",
    "nothing": lambda _: "",
}
"""How a judge may be told to misjudge, by the name that orders it."""
