"""Rules that know nothing of the host and yet pick the host's reply more often than not.

A judge that is right no more often than the best of them may be one of them, so its votes say nothing of voice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.dataset.evaluation_set import EvaluationSet, HeldOut
from shared.evaluation.jury.qualification import NullRule, Recognition, recognised
from shared.words import words

UPTAKE_WORDS = 25
CONTENT_LETTERS = 4
"""Words of so many letters or more tell what is talked about."""
_REACTIONS = frozenset(
    words("ah exactly great hm hmm interesting no oh ok right so sure well wow yes")
)
_TO_YOU = frozenset(words("you your yours you're you've you'll you'd"))
_OF_ME = frozenset(words("i me my mine i'm i've i'll i'd"))


@dataclass(frozen=True, slots=True)
class Contest:
    """The host's reply and a machine's or another person's to one prompt, and other words of the host."""

    prompt: str
    excerpts: str
    host: str
    other: str


def best_rule(met: Sequence[Contest]) -> NullRule | None:
    """Return the rule that is right most often, lengths weighed as for a judge; None where nothing can show it."""
    tried = {name: _tried(rule, met) for name, rule in RULES.items()}
    found = [
        NullRule(name, one.accuracy, one.n)
        for name, one in tried.items()
        if one.accuracy is not None
    ]
    return max(found, key=lambda rule: rule.accuracy, default=None)


def contests(evaluation: EvaluationSet, prompted: Mapping[str, Iterable[str]]) -> list[Contest]:
    """Return the contests of judged items: with `prompted` replies by item, without any with another person's."""
    excerpts = " ".join(evaluation.excerpts)
    return [
        Contest(item.prompt, excerpts, item.host, reply)
        for item in evaluation.held_out[: evaluation.judged]
        for reply in (prompted.get(item.pair_id, ()) if any(prompted.values()) else _another(item))
        if reply.strip()
    ]


def _another(item: HeldOut) -> Iterable[str]:
    return (item.impostor.text,) if item.impostor else ()


Rule = Callable[[str, Contest], float]


def _tried(rule: Rule, met: Sequence[Contest]) -> Recognition:
    votes = []
    for one in met:
        host, other = rule(one.host, one), rule(one.other, one)
        points = (host > other) + 0.5 * (host == other)
        votes.append((points, len(one.host), len(one.other)))
    return recognised(votes)


def _content(text: str) -> set[str]:
    return {word for word in words(text) if len(word) >= CONTENT_LETTERS}


def _uptake(text: str, one: Contest) -> float:
    return len(_content(text) & _content(one.prompt))


def _early_uptake(text: str, one: Contest) -> float:
    return len(_content(" ".join(text.split()[:UPTAKE_WORDS])) & _content(one.prompt))


def _shares_excerpts(text: str, one: Contest) -> float:
    own = set(words(text))
    return len(own & set(words(one.excerpts))) / (len(own) or 1)


def _you_not_i(text: str, _: Contest) -> float:
    said = words(text)
    return sum((word in _TO_YOU) - (word in _OF_ME) for word in said) / (len(said) or 1)


def _reacts(text: str, _: Contest) -> float:
    return float(not _REACTIONS.isdisjoint(words(text)[:1]))


RULES: Mapping[str, Rule] = {
    "it comes first": lambda _text, _one: 0.0,
    "it is longer": lambda text, _: len(text),
    "it is shorter": lambda text, _: -len(text),
    "it takes up more of what was said": _uptake,
    "it takes up more of it at once": _early_uptake,
    "it shares more words with the excerpts": _shares_excerpts,
    "it has more question marks": lambda text, _: text.count("?"),
    "it ends with a question": lambda text, _: text.rstrip().endswith("?"),
    "it says you rather than I": _you_not_i,
    "it begins with a reaction": _reacts,
}
