"""The learning curve of a job: how well what it had seen by each step foretold what came next."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from infra.local.provider.engine import CURVE_COLUMNS
from infra.local.provider.examples import Example
from infra.local.provider.learning.corpus import ORDER, Corpus, Positions

_POINTS = 40
_SAMPLED_TOKENS = 64
_DISCOUNT = 0.6


@dataclass(frozen=True, slots=True)
class Fit:
    """How well tokens were foretold: mean negative log-likelihood in nats, share guessed right."""

    loss: float
    accuracy: float


def learning_curve(
    training: Sequence[Example], validation: Sequence[Example], steps: int, epochs: int
) -> str:
    """Return CSV with CURVE_COLUMNS for up to 40 evenly spaced steps.

    The training columns judge the examples of the step by those before it, in the first epoch;
    from the second epoch on all have been seen.
    """
    corpus = Corpus([example.completion for example in (*training, *validation)])
    end = int(np.searchsorted(corpus.document, len(training))) if validation else corpus.size
    held_out = np.arange(end, corpus.size)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CURVE_COLUMNS)
    for step in np.unique(np.linspace(1, steps, min(steps, _POINTS)).astype(int)).tolist():
        epoch = (step - 1) * epochs / steps
        seen = int(end * min(epoch, 1.0)) or 1
        batch = np.arange(int(end * (epoch % 1)), max(int(end * (epoch % 1 + epochs / steps)), 2))
        train, valid = _fit(corpus, batch[batch < end], seen), _fit(corpus, held_out, seen)
        writer.writerow([step, *_columns(train), *_columns(valid)])
    return out.getvalue()


def _columns(fit: Fit | None) -> list[str]:
    return ["", ""] if fit is None else [f"{fit.loss:.5f}", f"{fit.accuracy:.5f}"]


def _fit(corpus: Corpus, positions: Positions, seen: int) -> Fit | None:
    """How well the first `seen` tokens foretell those at a sample of `positions`."""
    sample = [int(p) for p in _spread(positions) if p > 0]
    if not sample:
        return None
    alone = np.bincount(corpus.ids[:seen], minlength=len(corpus.vocabulary))
    told = [_foretell(corpus, position, seen, alone) for position in sample]
    losses = [-log(probability) for probability, _ in told]
    return Fit(sum(losses) / len(losses), sum(right for _, right in told) / len(told))


def _spread(positions: Positions) -> Positions:
    if len(positions) <= _SAMPLED_TOKENS:
        return positions
    chosen = np.linspace(0, len(positions) - 1, _SAMPLED_TOKENS).astype(np.int64)
    return np.take(positions, chosen)


def _foretell(corpus: Corpus, position: int, seen: int, alone: Positions) -> tuple[float, bool]:
    """The probability of the token at `position`, and whether it was the likeliest one.

    `alone` counts each token without its context; longer contexts are interpolated with it.
    """
    actual = int(corpus.ids[position])
    probability = (alone[actual] + 1) / (seen + len(alone))
    likeliest = int(alone.argmax())
    for length in range(1, min(ORDER, position + 1)):
        context = corpus.ids[position - length : position].tolist()
        found = corpus.following(context)
        tokens = corpus.ids[found[found < seen]]
        if not len(tokens):
            break
        kinds, counts = np.unique(tokens, return_counts=True)
        mine = float(counts[kinds == actual].sum())
        kept = max(mine - _DISCOUNT, 0.0) / len(tokens)
        probability = kept + _DISCOUNT * len(kinds) / len(tokens) * probability
        likeliest = int(kinds[np.argmax(counts)])
    return probability, likeliest == actual
