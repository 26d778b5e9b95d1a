"""Whether training can have taught a model anything of what a question is about."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from shared.shows import ShowProfile
from shared.words import fold, words

COMMON = 0.05
"""The share of the texts beyond which a word is no topic."""
_QUOTED = re.compile(r'"([^"]+)')


def pairs_on_topic(show: ShowProfile, texts: Iterable[str]) -> dict[str, int | None]:
    """Return how many of `texts` hold what each question is about; None for one that is about nothing in particular.

    A question that quotes is about the quotation, word for word. Any other is about those of its
    words that few texts hold, the names of show and host aside, and a text that holds most of them
    is about the same. Every text is read once.
    """
    quoted = {question: phrase for question in show.questions if (phrase := _quotation(question))}
    names = {
        word for name in (show.host.name, *show.host.aliases, show.title) for word in words(name)
    }
    asked = {question: set(words(question)) - names for question in show.questions}
    vocabulary = frozenset[str]().union(*asked.values())
    seen, quoting = Counter[frozenset[str]](), Counter[str]()
    for text in texts:
        said = words(text)
        seen[vocabulary.intersection(said)] += 1
        spaced = f" {' '.join(said)} "
        quoting.update(question for question, phrase in quoted.items() if phrase in spaced)
    rare = _rare(vocabulary, seen)
    return {
        question: quoting[question] if question in quoted else _on_topic(own & rare, seen)
        for question, own in asked.items()
    }


def _quotation(question: str) -> str:
    found = _QUOTED.search(fold(question))
    said = words(found[1]) if found else ()
    return f" {' '.join(said)} " if said else ""


def _rare(vocabulary: frozenset[str], seen: Counter[frozenset[str]]) -> set[str]:
    frequency = Counter[str]()
    for held, times in seen.items():
        frequency.update(dict.fromkeys(held, times))
    return {word for word in vocabulary if frequency[word] <= COMMON * seen.total()}


def _on_topic(topic: set[str], seen: Mapping[frozenset[str], int]) -> int | None:
    if not topic:
        return None
    return sum(times for held, times in seen.items() if 2 * len(topic & held) > len(topic))
