"""The free metrics of a run's answers, as rows of `metrics`."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from shared.evaluation import metrics
from shared.lake import keys
from shared.lake.tables import Lake
from shared.report.collect import Row, RunRecord


def scores(lake: Lake, record: RunRecord) -> list[dict[str, Any]]:
    """Every score of every arm and model that answered; none for a run without answers.

    An untuned model's answers are held against the training text too: what it shares with it is
    what anybody shares by chance.
    """
    arms = _by_arm_and_model(record.generations)
    questions = {answer.question for answers in arms.values() for answer in answers}
    wordings = metrics.find_wordings(questions, host_words(lake, record, questions))
    return [
        row
        for (arm, model), answers in arms.items()
        for row in _rows(lake, record, arm, model, answers, wordings)
    ]


def host_words(lake: Lake, record: RunRecord, questions: Iterable[str]) -> Iterator[str]:
    """Every turn of the host, where a question asks for a quote; else nothing is read."""
    if not any(metrics.quote_beginning(question) for question in questions):
        return
    for key in lake.keys("lake/turns/"):
        if keys.belongs_to(key, record.settings.show.name):
            yield from (
                row["text"]
                for row in lake.read_file(key, ("role", "text"))
                if row["role"] == "host"
            )


def training_completions(lake: Lake, run_id: str, model: str) -> Iterator[str]:
    """What `model` was trained to say."""
    body = lake.read(keys.training_file(run_id, model)) or b""
    return (json.loads(line)["messages"][-1]["content"] for line in body.splitlines())


def _by_arm_and_model(generations: Iterable[Row]) -> dict[tuple[str, str], list[metrics.Answer]]:
    arms: dict[tuple[str, str], list[metrics.Answer]] = defaultdict(list)
    for row in generations:
        answer = metrics.Answer(row["prompt"], row["answer"], row["finish_reason"] == "length")
        arms[row["arm"], row["model"]].append(answer)
    return arms


def _rows(
    lake: Lake,
    record: RunRecord,
    arm: str,
    model: str,
    answers: Sequence[metrics.Answer],
    wordings: Mapping[str, Collection[metrics.Words]],
) -> Iterator[dict[str, Any]]:
    training = training_completions(lake, record.run_id, model)
    own = {"run_id": record.run_id, "show": record.settings.show.name, "arm": arm, "model": model}
    for found in metrics.score(
        answers, cue=record.settings.show.cue, wordings=wordings, training=training
    ):
        yield {**own, **asdict(found)}
