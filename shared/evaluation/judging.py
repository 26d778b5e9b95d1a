"""A judge's comparisons bought one after the other: first those that qualify it, then those of the arms."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.catalogue import Model
from shared.clock import utc_now
from shared.dataset import Arm
from shared.dataset.comparisons import AGAINST_PROMPTED, COMPARED, TAKEN, Pair
from shared.dataset.comparisons.prompts import VOTE_TOKENS, Comparison, PromptBuilder
from shared.dataset.evaluation_set import EvaluationSet, HeldOut
from shared.evaluation import jury
from shared.lake.rows import GenerationRow, JudgementRow
from shared.providers import chat_request, token_counts
from shared.purchases import Answer, Question
from shared.run import RunSettings

AFTERWARDS = (*COMPARED, *(pair for pair in TAKEN if pair != AGAINST_PROMPTED))
LONGEST_REPLY = 200  # characters kept of what a judge said
Replies = Mapping[tuple[str, str], Mapping[str, str]]
"""Texts by arm, for each tuned model and held-out pair."""


@dataclass(frozen=True, slots=True)
class JudgeTasks:
    """Everything that one judge is to be asked in one run."""

    judge: Model
    settings: RunSettings
    evaluation: EvaluationSet
    replies: Replies
    models: Sequence[str]

    def qualifying(self) -> list[Comparison]:
        """Return the comparisons of the host with somebody else, for each judged item."""
        builder = self._builder()
        return [one for item in self._items() for one in builder.qualifying(item)]

    def recognising(self) -> list[Comparison]:
        """Return those of the host with each prompted model."""
        return self._met(self._builder(), [AGAINST_PROMPTED])

    def comparing(self) -> list[Comparison]:
        """Return those of each model's arms, item after item, so that wherever it ends whole items are there."""
        return self._met(self._builder(), AFTERWARDS)

    def prompted(self) -> dict[str, list[str]]:
        """Return the prompted models' replies by item."""
        return {
            item.pair_id: [
                self.replies.get((model, item.pair_id), {}).get(Arm.PROMPTED, "")
                for model in self.models
            ]
            for item in self._items()
        }

    def question(self, comparison: Comparison) -> Question:
        """Return what asking a comparison buys, in the name of the run."""
        judge = self.judge
        return Question(
            run_id=self.settings.run_id,
            model=judge.model,
            provider=judge.provider,
            request=chat_request(
                judge,
                judge.answering_model,
                comparison.messages,
                VOTE_TOKENS,
                0.0,
                self.settings.show.evaluation.seed,
            ),
            prompt_tokens=token_counts.prompt_bound(judge, comparison.messages),
            input_price=judge.price("base_input"),
            output_price=judge.price("base_output"),
            purpose="judging",
        )

    def row(
        self, comparison: Comparison, question: Question, answer: Answer | None
    ) -> JudgementRow:
        """Return the judgement; without an answer the vote is unusable and its price not known."""
        vote = jury.read_vote(answer.text) if answer else None
        first, second = comparison.first, comparison.second
        return {
            "run_id": self.settings.run_id,
            "show": self.settings.show.name,
            "judgement_id": question.generation_id,
            "judge": self.judge.model,
            "family": self.judge.family,
            "model": comparison.model,
            "question": self._number(comparison),
            "pair_id": comparison.item.pair_id,
            "episode_id": comparison.item.episode_id,
            "first_arm": first,
            "second_arm": second,
            "first_chars": len(comparison.shown[0]),
            "second_chars": len(comparison.shown[1]),
            "vote": vote,
            "preferred_arm": {"first": first, "second": second}.get(vote or ""),
            "reply": answer.text[:LONGEST_REPLY] if answer else None,
            "prompt_tokens": answer.prompt_tokens if answer else None,
            "completion_tokens": answer.completion_tokens if answer else None,
            "cost_usd": answer.cost if answer else None,
            "bought_now": bool(answer and answer.paid),
            "created_at": utc_now(),
            "stand_in": self.settings.stand_in,
        }

    def _met(self, builder: PromptBuilder, pairs: Sequence[Pair]) -> list[Comparison]:
        return [
            one
            for item in self._items()
            for model in self.models
            for one in builder.comparing(
                item, model, self.replies.get((model, item.pair_id), {}), pairs
            )
        ]

    def _builder(self) -> PromptBuilder:
        return PromptBuilder(self.judge, self.evaluation, self.settings.show)

    def _items(self) -> Sequence[HeldOut]:
        return self.evaluation.held_out[: self.evaluation.judged]

    def _number(self, comparison: Comparison) -> int:
        items = self.evaluation.items(self.settings.show.questions)
        return next(item.number for item in items if item.pair_id == comparison.item.pair_id)


def replies(rows: Iterable[GenerationRow]) -> Replies:
    """Return the machines' answers to held-out items."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row["item_kind"] == "held_out" and row["model"] and row["pair_id"]:
            found[row["model"], row["pair_id"]][row["arm"]] = row["answer"]
    return found
