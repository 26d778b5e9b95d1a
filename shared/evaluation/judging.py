"""A judge's ballots bought one after the other: first those that qualify it, then those that compare arms."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.catalogue import Model
from shared.clock import utc_now
from shared.dataset.comparisons.prompts import VOTE_TOKENS, Ballot, Bench
from shared.dataset.evaluation_set import EvaluationSet
from shared.evaluation.jury import bouts, judgements, qualify, read_vote
from shared.providers import ChatRequest, examples
from shared.purchases import Answer, Question
from shared.run import RunSettings

Row = dict[str, Any]
LONGEST_REPLY = 200  # characters kept of what a judge said
Replies = Mapping[tuple[str, str], Mapping[str, str]]
"""Texts by arm, for each tuned model and held-out pair."""


@dataclass(frozen=True, slots=True)
class Docket:
    """Everything that one judge is to be asked in one run."""

    judge: Model
    settings: RunSettings
    asked: EvaluationSet
    replies: Replies
    models: Sequence[str]

    def qualifying(self) -> list[Ballot]:
        """The host or somebody else, for each judged item."""
        bench = self._bench()
        return [ballot for item in self._items() for ballot in bench.qualifying(item)]

    def comparing(self) -> list[Ballot]:
        """The arms of each model, item after item, so that wherever it ends whole items are there."""
        bench = self._bench()
        return [
            ballot
            for item in self._items()
            for model in self.models
            for ballot in bench.comparing(item, model, self.replies.get((model, item.pair_id), {}))
        ]

    def question(self, ballot: Ballot) -> Question:
        """What asking a ballot buys, in the name of the run."""
        judge = self.judge
        return Question(
            run_id=self.settings.run_id,
            model=judge.model,
            provider=judge.provider,
            request=ChatRequest(
                model=judge.answering_model,
                messages=ballot.messages,
                max_tokens=VOTE_TOKENS,
                temperature=0.0,
                seed=self.settings.show.evaluation.seed,
            ),
            prompt_tokens=examples.prompt_bound(judge, ballot.messages),
            input_price=judge.price("base_input"),
            output_price=judge.price("base_output"),
            purpose="judging",
        )

    def row(self, ballot: Ballot, question: Question, answer: Answer | None) -> Row:
        """A row of `judgements`; without an answer the vote is unusable and its price not known."""
        vote = read_vote(answer.text) if answer else None
        return {
            "run_id": self.settings.run_id,
            "show": self.settings.show.name,
            "judgement_id": question.generation_id,
            "judge": self.judge.model,
            "family": self.judge.family,
            "model": ballot.model,
            "question": self._number(ballot),
            "pair_id": ballot.item.pair_id,
            "episode_id": ballot.item.episode_id,
            "first_arm": ballot.first,
            "second_arm": ballot.second,
            "first_chars": len(ballot.shown[0]),
            "second_chars": len(ballot.shown[1]),
            "vote": vote,
            "preferred_arm": {"first": ballot.first, "second": ballot.second}.get(vote or ""),
            "reply": answer.text[:LONGEST_REPLY] if answer else None,
            "prompt_tokens": answer.prompt_tokens if answer else None,
            "completion_tokens": answer.completion_tokens if answer else None,
            "cost_usd": answer.cost if answer else None,
            "bought_now": bool(answer and answer.paid),
            "created_at": utc_now(),
            "stand_in": self.settings.stand_in,
        }

    def _bench(self) -> Bench:
        return Bench(self.judge, self.asked, self.settings.show)

    def _items(self) -> Sequence[Any]:
        return self.asked.held_out[: self.asked.judged]

    def _number(self, ballot: Ballot) -> int:
        items = self.asked.items(self.settings.show.questions)
        return next(item.number for item in items if item.pair_id == ballot.item.pair_id)


def has_qualified(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one judge tells the host from somebody else."""
    return qualify(bouts(judgements(rows))).passed


def replies(rows: Iterator[Mapping[str, Any]]) -> Replies:
    """The machines' answers to held-out items, from rows of `generations`."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row["item_kind"] == "held_out":
            found[row["model"], row["pair_id"]][row["arm"]] = row["answer"]
    return found
