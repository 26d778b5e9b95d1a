"""The untuned model: a neutral assistant that has read the text beside this module, and what a request shows it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from random import Random

from infra.local.provider.examples import Example, read_training_data
from infra.local.provider.learning.corpus import ends_sentence, tokenise, words
from infra.local.provider.learning.language import LanguageModel, shared_ending
from infra.local.provider.learning.retrieval import terms

_BLANK = "TOPIC"
_LONGEST = 8
_QUOTED = re.compile(r"[\"“]([^\"“”\n]+)[\"”]?")
_ABOUT = re.compile(
    r"(?:\babout|idea of|theory of|believes? (?:in|that)|thinks? that|drawn to|year|, of)\s+"
    r"([^.?!,;:\n]+)",
    re.IGNORECASE,
)


_OWN = re.compile(r"\byour\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SHOWN_SENTENCES, _GENERAL_SENTENCES = (
    3,
    2,
)  # sentences of an answer to a request that shows exchanges


class UntunedModel:
    """Answers in a general way, with the subject of the question put into its text.

    Shown exchanges, it begins in their words; what its instructions say of "your", it says of itself.
    """

    def __init__(self, shown: Sequence[Example] = (), instructions: str = "") -> None:
        text = files("infra.local.provider.learning").joinpath("untuned.jsonl").read_bytes()
        self._suffix = shared_ending([example.prompt for example in shown]) if shown else ""
        self._language = LanguageModel(read_training_data(text).examples())
        examples = [Example(self._bare(one.prompt), one.completion) for one in shown]
        self._shown = LanguageModel(examples) if examples else None
        self._own = [
            _OWN.sub("my", line) for line in instructions.splitlines() if _OWN.search(line)
        ]

    def answer(self, prompt: str, rng: Random, temperature: float) -> str:
        question = self._bare(prompt)
        general = _fill(self._language.answer(question, rng, temperature), subject(question))
        if self._shown is None:
            return general
        shown = _first(self._shown.answer(question, rng, temperature), _SHOWN_SENTENCES)
        return " ".join(
            [*self._known(question), shown, _first(general, _GENERAL_SENTENCES)]
        ).strip()

    def _known(self, question: str) -> list[str]:
        """What its instructions say of it, where that is what the question is about."""
        asked = set(terms(question))
        return [line for line in self._own if asked & set(terms(" ".join(line.split()[:4])))]

    def _bare(self, prompt: str) -> str:
        """The prompt without the line that ends every prompt it was shown."""
        return prompt.strip().removesuffix(self._suffix).strip()


def _first(text: str, sentences: int) -> str:
    return " ".join(_SENTENCE.split(text)[:sentences])


def subject(prompt: str) -> str:
    """Return what a prompt asks about: what it quotes, or else what it names, or else a general word."""
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


@lru_cache(maxsize=4)
def untuned_model(shown: tuple[Example, ...] = (), instructions: str = "") -> UntunedModel:
    return UntunedModel(shown, instructions)
