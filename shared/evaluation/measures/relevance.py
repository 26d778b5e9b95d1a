"""Whether a reply answers what was said to it: its words are held against its own prompt and against others.

Free of any model: the share of prompts of other episodes that the reply fits less than its own, by words that
are rare among the prompts and replies. Chance is one half; what the host really replied is the ceiling, another
person's words, which reply to nothing, the floor.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import fmean

from shared.words import words

RELEVANCE = "relevance"
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was said in a held-out episode, and the host's own reply."""

    pair_id: str
    episode_id: str
    text: str
    host: str


def relevance(prompts: Sequence[Prompt], replies: Mapping[str, str]) -> dict[str, float]:
    """Return by pair the share of other episodes' prompts that a reply fits less than its own, a tie half.

    `replies` are by pair; pairs without other episodes' prompts and empty replies are left out.
    """
    rare = _rarity([text for one in prompts for text in (one.text, one.host)])
    of_prompts = {one.pair_id: _weighed(one.text, rare) for one in prompts}
    found = {}
    for one in prompts:
        said = set(words(replies.get(one.pair_id, "")))
        own = _fit(said, of_prompts[one.pair_id])
        others = [
            _fit(said, of_prompts[other.pair_id])
            for other in prompts
            if other.episode_id != one.episode_id
        ]
        if said and others:
            found[one.pair_id] = fmean((own > other) + 0.5 * (own == other) for other in others)
    return found


def _rarity(texts: Sequence[str]) -> dict[str, float]:
    """Inverse document frequency of each word."""
    held = Counter(word for text in texts for word in set(words(text)))
    return {word: log(len(texts) / n) for word, n in held.items()}


def _weighed(text: str, rare: Weights) -> dict[str, float]:
    """The words of a prompt with their weights, of length one together."""
    own = {word: rare[word] for word in set(words(text))}
    length = sqrt(sum(weight**2 for weight in own.values())) or 1.0
    return {word: weight / length for word, weight in own.items()}


def _fit(said: set[str], prompt: Weights) -> float:
    return sum(weight for word, weight in prompt.items() if word in said)
