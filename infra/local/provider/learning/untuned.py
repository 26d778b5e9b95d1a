"""The untuned model: a neutral assistant that has read nothing but the text beside this module."""

import re
from functools import cache
from importlib.resources import files
from random import Random

from infra.local.provider.examples import read_training_data
from infra.local.provider.learning.corpus import ends_sentence, tokenise, words
from infra.local.provider.learning.language import LanguageModel

_BLANK = "TOPIC"
_LONGEST = 8
_QUOTED = re.compile(r"[\"“]([^\"“”\n]+)[\"”]?")
_ABOUT = re.compile(
    r"(?:\babout|idea of|theory of|believes? (?:in|that)|thinks? that|drawn to|year|, of)\s+"
    r"([^.?!,;:\n]+)",
    re.IGNORECASE,
)


class UntunedModel:
    """Answers in a general way, with the subject of the question put into its text."""

    def __init__(self) -> None:
        text = files("infra.local.provider.learning").joinpath("untuned.jsonl").read_bytes()
        self._language = LanguageModel(read_training_data(text).examples())

    def answer(self, prompt: str, rng: Random, temperature: float) -> str:
        answer = self._language.answer(prompt, rng, temperature)
        return _fill(answer, subject(prompt))


def subject(prompt: str) -> str:
    """What a prompt asks about: what it quotes, or else what it names, or else a general word."""
    for pattern in (_QUOTED, _ABOUT):
        found = pattern.search(prompt)
        if found and 0 < len(words(found[1])) <= _LONGEST:
            named = found[1].strip(" .,")
            return f"“{named}”" if pattern is _QUOTED else named
    return "this subject"


def _fill(answer: str, named: str) -> str:
    """`answer` with the blank filled, capitalised where a sentence starts."""
    tokens: list[str] = []
    for token in tokenise(answer):
        first = not tokens or ends_sentence(tokens[-1])
        word = named[0].upper() + named[1:] if first else named
        tokens.append(token.replace(_BLANK, word))
    return "".join(tokens).strip()


@cache
def untuned_model() -> UntunedModel:
    return UntunedModel()
