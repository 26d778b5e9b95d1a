"""Judging answers: style, leakage and intervals for five arms of two hundred, on a corpus of a thousand episodes."""

import random
from typing import Any

from shared import tokens
from shared.dataset.speech.bags import BAG_WORDS, Bag, Speech
from shared.dataset.speech.gathering import HELD_OUT_BAGS, TRAINING_BAGS
from shared.evaluation.measures import longest_shared_spans
from shared.evaluation.measures.intervals import bootstrap
from shared.style.measuring import style
from tests.bench.growth import SEED, SPEECH, median_cpu_seconds

ARMS, ANSWERS = 5, 200
EPISODES, COMPLETIONS = 1_000, 15
ANSWER_WORDS, COMPLETION_WORDS = 120, 60
WORDS = (
    *SPEECH.split(),
    *(
        f"{first}{last}"
        for first in ("rain", "mud", "lamp", "stone")
        for last in ("y", "ing", "er")
    ),
)


def measured() -> dict[str, Any]:
    """Seconds of processor time, and leakage over tokenizing the training text that it reads."""
    draw = random.Random(SEED)
    corpus = [_said(draw, COMPLETION_WORDS) for _ in range(EPISODES * COMPLETIONS)]
    answers = [_said(draw, ANSWER_WORDS) for _ in range(ARMS * ANSWERS)]
    speech = _speech(draw)
    arms: dict[tuple[str | None, str | None], list[str]] = {
        (f"arm{at}", "m"): answers[at * ANSWERS : (at + 1) * ANSWERS] for at in range(ARMS)
    }
    scores = [[draw.random() for _ in range(ANSWERS)] for _ in range(ARMS)]
    leaking = median_cpu_seconds(lambda: longest_shared_spans(answers, corpus), 1)
    alone = median_cpu_seconds(lambda: [tokens.count(text) for text in corpus], 1)
    return {
        "answers": ARMS * ANSWERS,
        "training_texts": len(corpus),
        "style_seconds": round(median_cpu_seconds(lambda: style(speech, arms), 1), 1),
        "leakage_seconds": round(leaking, 1),
        "leakage_over_tokenizing": round(leaking / alone, 1),
        "intervals_seconds": round(
            median_cpu_seconds(
                lambda: [bootstrap(each, _mean, seed=at) for at, each in enumerate(scores)], 1
            ),
            1,
        ),
    }


def _said(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(WORDS, k=words))


def _mean(values: Any) -> float:
    return sum(values) / len(values)


def _speech(draw: random.Random) -> Speech:
    """As many bags as are kept of any show, of a host who says other words more often."""

    def bags(count: int, host: bool, held_out: bool) -> tuple[Bag, ...]:
        weights = [3 if (len(word) > 4) == host else 1 for word in WORDS]
        return tuple(
            Bag(
                f"{'h' if held_out else 't'}{at}",
                "host" if host else f"guest {'h' if held_out else ''}{at}",
                " ".join(draw.choices(WORDS, weights, k=BAG_WORDS)),
            )
            for at in range(count)
        )

    return Speech(
        *("porch", SEED),
        *(bags(TRAINING_BAGS, True, False), bags(TRAINING_BAGS, False, False)),
        *(bags(HELD_OUT_BAGS, True, True), bags(HELD_OUT_BAGS, False, True)),
    )
