"""Whether training can have taught a model anything of what a question is about."""

from collections import Counter
from collections.abc import Iterable, Mapping

from shared.words import words

COMMON = 0.05
"""The share of the texts beyond which a word is no topic."""


def pairs_on_topic(questions: Iterable[str], texts: Iterable[str]) -> dict[str, int | None]:
    """How many of `texts` hold what each question is about; None for one that is about nothing in particular.

    A question is about those of its words that few texts hold; a text is about the same if it holds
    most of them. Every text is read once.
    """
    asked = {question: set(words(question)) for question in questions}
    vocabulary = frozenset().union(*asked.values())
    seen = Counter(vocabulary.intersection(words(text)) for text in texts)
    frequency = Counter[str]()
    for held, times in seen.items():
        frequency.update(dict.fromkeys(held, times))
    most = COMMON * seen.total()
    return {
        question: _on_topic({word for word in own if frequency[word] <= most}, seen)
        for question, own in asked.items()
    }


def _on_topic(topic: set[str], seen: Mapping[frozenset[str], int]) -> int | None:
    if not topic:
        return None
    return sum(times for held, times in seen.items() if 2 * len(topic & held) > len(topic))
