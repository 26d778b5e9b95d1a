"""A small statistical language model: weighted n-grams steered by the nearest training examples."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np
from numpy.typing import NDArray

from infra.local.provider.examples import Example
from infra.local.provider.learning.corpus import (
    BOUNDARY,
    ORDER,
    Corpus,
    Positions,
    ends_sentence,
    words,
)
from infra.local.provider.learning.retrieval import Retrieval, terms

_NEIGHBOURS = 10
_BOOST = 60.0
_CANDIDATES = 24
_SENTENCE_TOKENS = 60
_ANSWER_TOKENS = (56, 90)
_SHORTEST_PHRASE = 3
_QUOTES = {' "': '"', " “": "”", " '": "'", " ‘": "’"}
_PAIRS = _QUOTES | {" (": ")", " [": "]"}

Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A generated sentence.

    `support` is the mean length of the contexts its tokens were drawn after, as a share of the longest;
    `nearness` the mean weight of the places they were drawn from.
    """

    tokens: tuple[int, ...]
    support: float
    nearness: float


@dataclass(frozen=True, slots=True)
class _Turn:
    """What an answer is drawn with; terms leave `wanted` once they have been said.

    `heights` keeps the running sum of the weights of the places that follow a context: a few contexts, such
    as a comma, are drawn from all the time and followed by thousands.
    """

    weights: Weights
    rng: Random
    temperature: float
    wanted: Counter[str]
    heights: dict[tuple[int, ...], Weights] = field(default_factory=dict)

    def pick(self, context: tuple[int, ...], places: Positions) -> int:
        """Return one of the places that follow the context, each as likely as its weight says."""
        heights = self.heights.get(context)
        if heights is None:
            heights = self.heights[context] = self.weights[places].cumsum()
        return int(places[heights.searchsorted(self.rng.random() * heights[-1], side="right")])


class LanguageModel:
    """Learns from examples when it is made, then answers; safe to use from several threads.

    `order` is how many tokens it keeps in mind, the one that it draws among them.
    """

    def __init__(self, examples: Sequence[Example], order: int = ORDER) -> None:
        self.corpus = Corpus([example.completion for example in examples], order)
        self._retrieval = Retrieval([f"{e.prompt} {e.completion}" for e in examples])
        self._prompts = Corpus([example.prompt for example in examples])
        self._ending = shared_ending([example.prompt for example in examples])

    def answer(self, prompt: str, rng: Random, temperature: float) -> str:
        """Return whole sentences in the manner of the examples.

        A prompt that stops in the middle of a sentence which the examples hold is first finished
        with their words. Equal arguments give equal answers.
        """
        question = prompt.strip().removesuffix(self._ending).strip()
        finished, context = self._finish(question) or ("", [BOUNDARY])
        more = self._speak(context, f"{question} {finished}", rng, temperature)
        return f"{finished} {more}".strip()

    def _weights(self, question: str) -> Weights:
        """How much each token of the corpus counts: more where its example is near."""
        scores = self._retrieval.scores(question)
        near = np.ones(len(scores))
        best = np.argsort(-scores, kind="stable")[:_NEIGHBOURS]
        if len(best) and scores[best[0]] > 0:
            near[best] += _BOOST * (scores[best] / scores[best[0]]) ** 2
        return near[self.corpus.document]

    def _finish(self, question: str) -> tuple[str, list[int]] | None:
        """The rest of a sentence that `question` leaves open, and the context that follows it."""
        if not _is_open(question):
            return None
        phrase = words(question)
        quoted = len(words(_open_quote(question)))
        shortest = min(_SHORTEST_PHRASE, quoted or _SHORTEST_PHRASE)
        for length in range(min(len(phrase), 40), shortest - 1, -1):
            for corpus in (self.corpus, self._prompts):
                found = _likeliest_rest(corpus, phrase[-length:])
                if found:
                    return self._ending_and_context(corpus, found)
        return None

    def _ending_and_context(self, corpus: Corpus, found: list[int]) -> tuple[str, list[int]]:
        """The sentence's ending as text, and the context to go on from."""
        text = _without_lone_marks(corpus.tokens(found))
        if _complete(corpus, found) and corpus is self.corpus:
            return text, found
        return (text if text[-1] in ".!?" else f"{text.rstrip(',;:')}."), [BOUNDARY]

    def _speak(self, context: list[int], question: str, rng: Random, temperature: float) -> str:
        """Sentences after `context` until there are enough words, each the best of several."""
        wanted = Counter({term: self._retrieval.rarity(term) for term in terms(question)})
        turn = _Turn(self._weights(question), rng, temperature, wanted)
        text = list(context)
        enough = len(text) + rng.randint(*_ANSWER_TOKENS)
        while len(text) < enough:
            sentence = self._best_sentence(text, turn)
            if not sentence and text[-1] == BOUNDARY:
                break
            text += sentence or [BOUNDARY]
            for term in terms(self.corpus.text(sentence)):
                wanted.pop(term, None)
        return self.corpus.text(text[len(context) :])

    def _best_sentence(self, text: list[int], turn: _Turn) -> list[int]:
        """The sentence that is nearest to what is `wanted`; nothing if none is readable."""
        drawn = (self._sentence(text, turn) for _ in range(_CANDIDATES))
        readable = [s for s in drawn if s and _is_readable(self.corpus, s, text)]
        total, top = sum(turn.wanted.values()) or 1.0, float(turn.weights.max())

        def merit(sentence: Sentence) -> float:
            about = set(terms(self.corpus.text(sentence.tokens)))
            relevance = sum(turn.wanted[term] for term in about) / total
            asks = self.corpus.vocabulary[sentence.tokens[-1]] == "?"
            return sentence.support + relevance + sentence.nearness / top - asks / 4

        return list(max(readable, key=merit).tokens) if readable else []

    def _sentence(self, text: list[int], turn: _Turn) -> Sentence | None:
        """Tokens drawn up to and with the end of a sentence, None if it does not end."""
        row = text[-self.corpus.order :]
        lengths, places, drawn = list[int](), list[int](), list[int]()
        while len(places) < _SENTENCE_TOKENS:
            place, length = self._draw(row, turn)
            token = int(self.corpus.ids[place])
            if _complete(self.corpus, drawn) and not self.corpus.closing[token]:
                support = sum(lengths) / len(lengths) / self.corpus.order
                return Sentence(tuple(drawn), support, float(turn.weights[places].mean()))
            if token == BOUNDARY and (drawn or row[-1] == BOUNDARY):
                return None
            row = [*row, token][-self.corpus.order :]
            if token != BOUNDARY:
                places.append(place)
                drawn.append(token)
                lengths.append(length)
        return None

    def _draw(self, row: list[int], turn: _Turn) -> tuple[int, int]:
        """The place of the next token, and the length of the context it was drawn after.

        The longest known context is tried first; each gives way to the next shorter one as often
        as it has been followed by new tokens (interpolation with absolute discounting). Inside a
        sentence two tokens are kept as long as they are known.
        """
        discount = min(0.2 + 0.25 * turn.temperature, 0.9)
        shortest, tail = 1 if row[-1] == BOUNDARY or _complete(self.corpus, row) else 2, tuple(row)
        for length in range(min(self.corpus.order - 1, len(row)), 0, -1):
            context = tail[-length:]
            places, kinds = self.corpus.after(context)
            if not kinds:
                continue
            if length > shortest and turn.rng.random() < discount * kinds / len(places):
                continue
            return turn.pick(context, places), length
        return turn.pick((BOUNDARY,), self.corpus.following([BOUNDARY])), 1


def _complete(corpus: Corpus, tokens: Sequence[int]) -> bool:
    """Whether `tokens` end a sentence, closing quotes and brackets aside."""
    for token in reversed(tokens):
        if not corpus.closing[token]:
            return corpus.ending[token]
    return False


def _is_readable(corpus: Corpus, sentence: Sentence, said: list[int]) -> bool:
    """Whether the sentence stands alone: words enough, marks in pairs, nothing said twice."""
    text = corpus.text(sentence.tokens)
    opens_well = text[0].isupper() or text[0] in "\"“'"
    if not opens_well or not 3 <= len(words(text)) <= 45:
        return False
    return in_pairs(corpus.tokens(sentence.tokens)) and not _repeats(list(sentence.tokens), said)


def in_pairs(tokens: Sequence[str]) -> bool:
    """Return whether as many quotes and brackets are closed as are opened."""
    counts = Counter(tokens)
    return all(counts[opening] == counts[closing] for opening, closing in _PAIRS.items())


def _repeats(sentence: list[int], said: list[int]) -> bool:
    """Whether five tokens in a row, or the whole of a shorter sentence, come a second time."""
    length = min(5, len(sentence))

    def runs(row: list[int]) -> Iterator[tuple[int, ...]]:
        return (tuple(row[i : i + length]) for i in range(len(row) - length + 1))

    own = list(runs(sentence))
    return len(set(own)) < len(own) or bool(set(own) & set(runs(said)))


def _is_open(question: str) -> bool:
    """Whether the text stops before its sentence does."""
    bare = question.rstrip("\"”’' ")
    return bare.endswith(("...", "…")) or not bare.endswith((".", "?", "!"))


def _open_quote(question: str) -> str:
    """What follows the last opening quote that is never closed, or nothing."""
    if question.count('"') % 2:
        return question.rpartition('"')[2]
    return question.rpartition("“")[2] if question.count("“") > question.count("”") else ""


def _likeliest_rest(corpus: Corpus, phrase: list[str]) -> list[int]:
    """How the sentences that hold `phrase` most often go on after it, word for word."""
    rests = [_rest(corpus, position) for position in corpus.after_phrase(phrase)]
    openings = Counter(tuple(rest[:6]) for rest in rests if rest)
    if not openings:
        return []
    likeliest = openings.most_common(1)[0][0]
    return next(rest for rest in rests if tuple(rest[:6]) == likeliest)


def _rest(corpus: Corpus, position: int) -> list[int]:
    """The tokens from `position` to the end of its sentence or of the quotation it is in."""
    rest: list[int] = []
    for token in corpus.ids[position : position + 2 * _SENTENCE_TOKENS].tolist():
        mark = corpus.vocabulary[token]
        quoting = any(corpus.vocabulary[said] in _QUOTES for said in rest)
        if token == BOUNDARY or (mark in _QUOTES.values() and not quoting):
            break
        if rest or any(letter.isalnum() for letter in mark):
            rest.append(token)
        if ends_sentence(mark):
            break
    return rest


def _without_lone_marks(tokens: Sequence[str]) -> str:
    """The text of `tokens`, without its quotes and brackets if they do not come in pairs."""
    marks = {mark for pair in _PAIRS.items() for mark in pair}
    paired = in_pairs(tokens)
    return "".join(token for token in tokens if paired or token not in marks).strip()


def shared_ending(prompts: Sequence[str]) -> str:
    """Return what every training prompt ends with, such as a last line "The host responds:"."""
    endings = {prompt.rpartition("\n")[2] for prompt in prompts}
    ending = endings.pop()
    return ending if not endings and ending.endswith(":") else ""
