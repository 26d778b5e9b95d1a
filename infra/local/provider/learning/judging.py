"""The stand-in as a judge: which of two replies is nearer to what the host said than to who speaks with the host.

It reads the question as a model would, by its words; what it finds there decides, nothing else does.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log1p, sqrt
from zlib import crc32

_ASKED = re.compile(
    r"^The host has said:\n(?P<said>.*?)\n\nSomebody says to the host: (?P<to>.*?)\n\n"
    r"Reply A: (?P<a>.*?)\n\nReply B: (?P<b>.*?)\n\n",
    re.DOTALL | re.MULTILINE,
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+")
SHORTEST, LENGTHS = 3, 3  # characters of a run: 3, 4 or 5
ASKING, BREATH = 0.5, 0.2  # what asking, and how long sentences are, weigh beside the words


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a judge is shown: words of the host, what is said to the host, and two replies."""

    said: str
    to: str
    replies: tuple[str, str]


@dataclass(frozen=True)
class Voice:
    """A text as a judge hears it; `size` is the length of its runs of characters."""

    text: str
    size: int

    @cached_property
    def runs(self) -> Counter[str]:
        plain = f" {' '.join(self.text.lower().split())} "
        return Counter(plain[at : at + self.size] for at in range(len(plain) - self.size + 1))

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
    """What a judge says: A or B, by likeness, or as its bias (of BIASES) has it.

    How long the runs are differs from judge to judge.
    """
    if bias is not None:
        return BIASES[bias](shown)
    size = SHORTEST + crc32(judge.encode()) % LENGTHS
    host, other = Voice(shown.said, size), Voice(shown.to, size)
    heard = [Voice(reply, size) for reply in shown.replies]
    first, second = (host.likeness(voice) - other.likeness(voice) for voice in heard)
    return "A" if first >= second else "B"


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
