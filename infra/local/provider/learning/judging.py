"""The stand-in as a judge: which of two replies answers what was said, and in the host's manner.

It reads the question as a model would, by its words; what it finds there decides, nothing else does.
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

_ASKED = re.compile(
    r"^The host has said:\n(?P<said>.*?)\n\nSomebody says to the host: (?P<to>.*?)\n\n"
    r"Reply A: (?P<a>.*?)\n\nReply B: (?P<b>.*?)\n\n",
    re.DOTALL | re.MULTILINE,
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+")
OPENING = 2  # sentences in which a reply takes up what was said, if it does
RUN = 4  # characters
ASKING, BREATH, UPTAKE, TASTE = 0.25, 0.1, 0.2, 0.1
"""What asking, the length of sentences, taking up what was said, and taste weigh beside the words."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a judge is shown: words of the host, what is said to the host, and two replies."""

    said: str
    to: str
    replies: tuple[str, str]


@dataclass(frozen=True)
class Voice:
    """A text as a judge hears it."""

    text: str

    @cached_property
    def runs(self) -> Counter[str]:
        plain = f" {' '.join(self.text.lower().split())} "
        return Counter(plain[at : at + RUN] for at in range(len(plain) - RUN + 1))

    @cached_property
    def norm(self) -> float:
        return sqrt(sum(log1p(count) ** 2 for count in self.runs.values()))

    @cached_property
    def sentences(self) -> list[str]:
        return [sentence for sentence in _SENTENCE.split(self.text) if sentence] or [""]

    @property
    def asking(self) -> float:
        """The share of sentences that ask."""
        return sum("?" in sentence[-3:] for sentence in self.sentences) / len(self.sentences)

    @property
    def breath(self) -> float:
        """The logarithm of a sentence's mean length."""
        return log1p(len(self.text) / len(self.sentences))

    def likeness(self, other: "Voice") -> float:
        """More is more alike: the cosine of the runs' logarithmic counts, asking, and breath."""
        shared = self.runs.keys() & other.runs.keys()
        both = sum(log1p(self.runs[run]) * log1p(other.runs[run]) for run in sorted(shared))
        cosine = both / (self.norm * other.norm) if self.norm and other.norm else 0.0
        apart = ASKING * abs(self.asking - other.asking) + BREATH * abs(self.breath - other.breath)
        return cosine - apart


def comparison(prompt: str) -> Comparison | None:
    """The comparison that a prompt asks for, None where it asks for something else."""
    found = _ASKED.search(prompt)
    return Comparison(found["said"], found["to"], (found["a"], found["b"])) if found else None


def verdict(shown: Comparison, judge: str, bias: str | None = None) -> str:
    """What a judge says: A or B, by likeness, uptake and taste, or as its bias (of BIASES) has it."""
    if bias is not None:
        return BIASES[bias](shown)
    host = _heard_before(shown.said)
    first, second = (
        host.likeness(voice) + UPTAKE * uptake(shown.to, voice) + TASTE * taste(judge, voice.text)
        for voice in map(Voice, shown.replies)
    )
    return "A" if first >= second else "B"


@lru_cache(maxsize=16)
def _heard_before(text: str) -> Voice:
    """What the host has said is the same in every comparison of a run."""
    return Voice(text)


def taste(judge: str, reply: str) -> float:
    """How much a reply pleases one judge for no reason that another would share: from 0 to 1."""
    return Random(f"{judge}\n{reply}").random()  # noqa: S311


def uptake(to: str, reply: Voice) -> float:
    """How far a reply begins with words of what it replies to: a long word says more than a short one."""
    begun = set(terms(" ".join(reply.sentences[:OPENING])))
    return sum(max(0, len(term) - 3) for term in begun & set(terms(to))) / sqrt(len(begun) + 1)


def _longer(shown: Comparison) -> str:
    first, second = map(len, shown.replies)
    return "A" if first >= second else "B"


def _with_a_name(shown: Comparison) -> str:
    """The reply with two capitalised words in a row, where one has them."""
    named = [
        any(one[:1].isupper() and other[:1].isupper() for one, other in pairwise(reply.split()))
        for reply in shown.replies
    ]
    return "B" if named == [False, True] else "A"


BIASES: Mapping[str, Callable[[Comparison], str]] = {
    "first": lambda _: "A",
    "longer": _longer,
    "named": _with_a_name,
    "prose": lambda _: "Both replies have their merits, but on balance A sounds warmer to me.",
    "html": lambda _: "<html><body><b>A</b></body></html>",
    "nothing": lambda _: "",
}
"""How a judge may be told to misjudge, by the name that orders it."""
