"""One invented run, written stage by stage as the pipeline leaves it, for tests of what reads it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shared import catalogue
from shared.dataset.comparisons import COMPARED, QUALIFYING
from shared.dataset.evaluation_set import EvaluationSet, Exchange, HeldOut, Reply
from shared.lake import from_json, keys
from shared.lake.rows import GenerationRow
from shared.lake.tables import Lake
from shared.ledger import Entry, Totals
from shared.providers import examples
from shared.report import record
from shared.report.ending import Closing, Ending
from shared.report.record import RunRecord
from shared.report.stages import write_report
from shared.report.summary import Summary
from shared.run import settings
from tests.empty_lake import empty_lake

RUN_ID = "porch-1"
STARTED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FINISHED = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
BUCKET = "porch-lake"
QUOTE = 'Finish the following sentence: "A porch is a room'
QUESTIONS = ("Why do you keep a porch?", QUOTE, "Who came by in 2014?")
HOST_TURN = "I always say it. A porch is a room that forgives the weather. Sit down."
SHOW = {
    "name": "porch",
    "title": "The Long Porch",
    "feed": "http://127.0.0.1:1/feed.xml",
    "host": {"name": "Ida Stone"},
    "rights": {"basis": "ours"},
    "consent": {"scope": "tests", "attested_by": "us", "date": "2026-01-01"},
    "questions": list(QUESTIONS),
}
WARNINGS = {
    "e1": [
        "unknown speakers: Ann Low",
        "the host, Ida Stone, never speaks; who speaks most: Tom Ash",
    ],
    "e2": ["the transcript may be cut off: it ends in 'and'"],
}
EPISODES: tuple[tuple[Any, ...], ...] = (
    ("e1", "Rain, with Tom Ash", ["Tom Ash"], datetime(2014, 3, 1, tzinfo=UTC), "parsed", None),
    (
        "e2",
        "Fences, with Tom Ash and Lea Roe",
        ["Tom Ash", "Lea Roe"],
        datetime(2014, 9, 1, tzinfo=UTC),
        "parsed",
        None,
    ),
    ("e3", "Notes on lamps", ["Lea Roe"], datetime(2015, 2, 1, tzinfo=UTC), "refused", "no_turns"),
    ("e4", "Swings", [], datetime(2015, 3, 1, tzinfo=UTC), "failed", "http_500"),
)


EVALUATION_SET = EvaluationSet(
    card="You are Ida Stone.",
    exchanges=(Exchange("p1", "e1", "Rain <again>.", "Rain is a guest."),),
    held_out=(
        HeldOut("p9", "e2", "We sat outside.", "So you did.", Reply("Tom Ash", "guest", "I left.")),
    ),
    on_topic=dict(zip(QUESTIONS, (12, 0, None), strict=False)),
)


JUDGES = ("gpt-6-luna", "llama-3.1-8b")
TRAINING = {
    "must_have": ["fence", "lamp", "sheep"],
    "min_prompt_tokens": 10,
    "min_completion_tokens": 5,
    "max_pair_tokens": 100,
}
#  pair, prompt tokens, completion tokens, split, must-haves
PAIRS = [
    ("p0", 10, 5, "train", [0]),
    ("p1", 100, 100, "train", [0, 1]),
    ("p2", 9, 5, "train", [0]),
    ("p3", 10, 4, "held_out", []),
    ("p4", 101, 5, "train", []),
    ("p5", 50, 50, "held_out", [1]),
    ("p6", 50, 50, "train", []),
]


@dataclass
class SampleRun:
    """The run's lake and money. Each `write_...` adds what one stage leaves; call them in order."""

    lake: Lake
    models: Sequence[str] = ("gpt-4.1-mini", "llama-3.1-8b")
    dry_run: bool = False
    stand_in: bool = False
    run_id: str = RUN_ID
    started: datetime = STARTED
    entries: list[Entry] = field(default_factory=list)

    @property
    def own(self) -> dict[str, object]:
        return {"run_id": self.run_id, "show": "porch"}

    @property
    def totals(self) -> Totals:
        settled = sum((entry.settled or Decimal(0) for entry in self.entries), Decimal(0))
        held = sum(
            (e.reserved for e in self.entries if e.status in ("reserved", "unknown")), Decimal(0)
        )
        return Totals(f"RUN#{self.run_id}", Decimal("5.00"), settled, held, Decimal(0), "2026-11")

    def write_manifest(self, **changes: object) -> None:
        asked = settings.parse_input(
            {
                "show": {**SHOW, **changes},
                "ceiling_usd": "5.00",
                "models": list(self.models),
                "dry_run": self.dry_run,
            }
        )
        run = settings.resolve(
            asked,
            settings.show_from(asked),
            catalogue.packaged(),
            run_id=self.run_id,
            started_at=self.started,
            code_version="1.2.3",
            month_ceiling_usd=Decimal(100),
            stand_in=self.stand_in,
        )
        self.lake.write_json(keys.manifest(self.run_id), run.model_dump(mode="json"))

    def write_corpus(self, **changes: object) -> None:
        counts = {"discovered": 4, "new": 3, "changed": 1, "unchanged": 0, "batches": 4}
        self.lake.write_json(keys.discovery(self.run_id), counts)
        for episode_id, title, guests, published, status, reason in EPISODES:
            shard = keys.shard_of("porch", published)
            row = {
                "show": "porch",
                "episode_id": episode_id,
                "url": f"http://127.0.0.1:1/{episode_id}",
                "title": title,
                "guests": guests,
                "published": published,
                "status": status,
                "reason": reason,
                "warnings": WARNINGS.get(episode_id),
                "n_turns": 2 if status == "parsed" else 0,
                "n_tokens": 30 if status == "parsed" else 0,
            }
            self.lake.write_rows(
                "episodes", keys.shard_file("episodes", shard), [{**row, **changes}]
            )
            if status == "parsed":
                self.lake.write_rows("turns", keys.shard_file("turns", shard), turns_of(episode_id))

    def write_dataset(self) -> None:
        self.lake.write_json(keys.dataset(self.run_id), {"pairs": 2, "tokens": 60})
        statistics = [
            {
                **self.own,
                "scope": scope,
                "text": text,
                "unit": unit,
                "n": 2,
                "mean": 15.0,
                "sum": 30,
            }
            for scope in ("all pairs", "usable for training")
            for text in ("prompt", "completion", "pair")
            for unit in ("tokens", "words", "chars")
        ]
        self.lake.write_rows("token_stats", keys.table_file("token_stats", self.run_id), statistics)
        plans = [plan_row(self.own, model) for model in self.models]
        self.lake.write_rows("plans", keys.table_file("plans", self.run_id), plans)
        for model in self.models:
            selected = [
                {
                    **self.own,
                    "model": model,
                    "position": at,
                    "pair_id": f"p{at}",
                    "episode_id": episode_id,
                    "n_tokens": 30,
                }
                for at, episode_id in enumerate(("e1", "e2"))
            ]
            self.lake.write_rows(
                "selections", keys.table_file("selections", f"{self.run_id}.{model}"), selected
            )
            line = examples.encode_line(
                examples.messages_of("Lovely evening.", HOST_TURN, "Ida Stone responds:")
            )
            self.lake.write(keys.training_file(self.run_id, model), line * 2)

    def write_pairs(
        self, episode_id: str, pairs: Sequence[tuple[str, int, int, str, list[int]]]
    ) -> None:
        """Rows of `pairs`, such as PAIRS, in a file of the episode."""
        rows = [
            {
                "show": "porch",
                "episode_id": episode_id,
                "pair_id": pair_id,
                "split": split,
                "prompt": "Of sheep.",
                "completion": "Yes.",
                "must_have_patterns": patterns,
                "prompt_tokens": prompt,
                "completion_tokens": completion,
            }
            for pair_id, prompt, completion, split, patterns in pairs
        ]
        self.lake.write_rows("pairs", keys.shard_file("pairs", f"porch.2014-09.{episode_id}"), rows)

    def write_jobs(self, status: str = "succeeded", **changes: object) -> None:
        for model in self.models:
            done = status == "succeeded"
            job = {**job_row(self.own, model, status), **changes}
            self.lake.write_json(keys.outcome(self.run_id, model), job)
            self.entries.append(entry(self.run_id, "training", model, "0.0012" if done else None))
            steps = [
                {
                    **self.own,
                    "model": model,
                    "job_id": f"job-{model}",
                    "step": step,
                    "train_loss": 3.0 - step / 4,
                }
                for step in range(1, 9)
            ]
            self.lake.write_json(keys.curve(self.run_id, model), steps)

    def write_evaluation_set(self) -> None:
        """What the arms are shown and asked besides; before the answers of all arms."""
        self.lake.write_json(keys.evaluation_set(self.run_id), EVALUATION_SET.document())

    def write_answers(self, arms: Sequence[str] = ("base", "tuned"), **answers: str) -> None:
        """`answers` by arm replace the invented answer to every question."""
        rows = []
        for model in self.models:
            for arm in arms:
                for number, question in enumerate(QUESTIONS, 1):
                    text = answers.get(arm, invented_answer(arm, number))
                    rows.append(generation_row(self.own, arm, model, number, question, text))
                self.entries.append(entry(self.run_id, "inference", model, "0.0003", arm))
        self.save_generations(rows)

    def write_whole(self, held_out: int = 1) -> None:
        """Everything that a run with training text leaves before its report."""
        self.write_manifest(training=TRAINING)
        self.write_corpus()
        self.write_dataset()
        self.write_pairs("e2", PAIRS)
        self.write_jobs()
        self.write_all_arms(held_out)

    def write_all_arms(self, held_out: int = 1) -> None:
        """The prompted arm too, and held-out items that everybody answers, people included."""
        self.write_evaluation_set()
        arms = ("base", "prompted", "tuned")
        self.write_answers(arms)
        rows: list[Any] = self.generations()
        for at in range(held_out):
            said = "" if at == 0 else f" {at} times"
            for model in self.models:
                rows += [
                    said_row(self.own, arm, model, f"{arm} says so{said}.", at) for arm in arms
                ]
            rows += [said_row(self.own, "host", None, f"So you did{said}.", at)]
            rows += [said_row(self.own, "impostor", None, f"I left{said}.", at)]
        self.save_generations(rows)

    def write_judgements(self) -> None:
        """Eight held-out items of as many episodes before two judges: one that knows, one that says A."""
        held_out = [
            HeldOut(
                f"p{at}", f"e{at}", "We sat.", "So you did.", Reply("Tom Ash", "guest", "I left.")
            )
            for at in range(9, 17)
        ]
        asked = replace(EVALUATION_SET, held_out=tuple(held_out), judged=len(held_out))
        self.lake.write_json(keys.evaluation_set(self.run_id), asked.document())
        for judge in JUDGES:
            rows = [
                judgement_row(self.own, judge, model, one, first, second)
                for one in held_out
                for model in (None, *self.models)
                for pair in ([QUALIFYING] if model is None else COMPARED)
                for first, second in (pair, pair[::-1])
            ]
            self.lake.write_json(keys.judgements(self.run_id, judge), rows)
            status = {"judge": judge, "asked": len(rows), "qualified": True, "stopped": None}
            self.lake.write_json(keys.juror(self.run_id, judge), status)
            self.entries.append(entry(self.run_id, "judging", judge, "0.0005"))

    def generations(self) -> list[GenerationRow]:
        """What the arms and people answered so far."""
        saved = map(self.lake.read_json, self.lake.keys(keys.answers_of(self.run_id)))
        return [from_json(GenerationRow, row) for rows in saved for row in rows]

    def save_generations(self, rows: Sequence[Any]) -> None:
        """Put `rows` in the place of all answers, an object for each arm."""
        self.lake.delete(self.lake.keys(keys.answers_of(self.run_id)))
        by_arm: dict[tuple[str, str], list[Any]] = {}
        for row in rows:
            by_arm.setdefault((row["model"] or "porch", row["arm"]), []).append(row)
        for (model, arm), own in by_arm.items():
            self.lake.write_json(keys.answers(self.run_id, model, arm), own)

    def closing(
        self, error: str | None = None, cause: str | None = None, **changes: Any
    ) -> Closing:
        """How the run ended, with its money as it is now."""
        ending = Ending("FAILED" if error else "SUCCEEDED", error, cause)
        closing = Closing(self.run_id, ending, FINISHED, self.totals, tuple(self.entries))
        return replace(closing, **changes)

    def report(self, error: str | None = None, cause: str | None = None, **changes: Any) -> Summary:
        """Write the run's report; its summary."""
        return write_report(self.lake, self.closing(error, cause, **changes))

    def record(self) -> RunRecord:
        """The run as a report finds it."""
        found = record.read(self.lake, self.closing())
        assert found is not None
        return found


@contextmanager
def sample_run(**fields: Any) -> Iterator[SampleRun]:
    """A run with an empty lake, on an S3 in memory."""
    with empty_lake(BUCKET) as lake:
        yield SampleRun(lake, **fields)


def invented_answer(arm: str, number: int) -> str:
    if number == 2:
        return (
            "that keeps the rain out."
            if arm == "base"
            else "A porch is a room that forgives the weather."
        )
    said = (
        "Porches matter for many reasons."
        if arm == "base"
        else "Because somebody might walk by. " + HOST_TURN
    )
    return f"{said} " + " ".join(f"word{at}" for at in range(40))


def turns_of(episode_id: str) -> list[dict[str, object]]:
    spoken = (("Tom Ash", "guest", "Lovely evening."), ("Ida Stone", "host", HOST_TURN))
    return [
        {"show": "porch", "episode_id": episode_id, "turn": at, "speaker": speaker, "role": role, "text": text,
         "n_tokens": len(text.split()), "n_words": len(text.split()), "n_chars": len(text)}
        for at, (speaker, role, text) in enumerate(spoken)
    ]  # fmt: skip


def plan_row(own: dict[str, object], model: str) -> dict[str, object]:
    return {
        **own,
        "model": model,
        "provider": catalogue.packaged().model(model).provider,
        "n_epochs": 4,
        "usable_pairs": 2,
        "usable_tokens": 60,
        "usable_usd_per_epoch": Decimal("0.0003"),
        "usable_usd": Decimal("0.0012"),
        "budget_usd": Decimal("2.40"),
        "budget_tokens": 1_000_000,
        "budget_share": 1.0,
        "selected_pairs": 2,
        "selected_tokens": 60,
        "selected_share": 1.0,
        "estimated_usd": Decimal("0.0012"),
        "reserved_usd": Decimal("0.001224"),
        "evaluation_expected_usd": Decimal("0.002"),
        "evaluation_usd": Decimal("0.004"),
        "fits": True,
        "training_sha256": "0" * 64,
    }


def job_row(own: dict[str, object], model: str, status: str) -> dict[str, object]:
    done = status == "succeeded"
    return {
        **own,
        "model": model,
        "provider": catalogue.packaged().model(model).provider,
        "purchase_id": f"buy-{model}",
        "job_id": f"job-{model}",
        "status": status,
        "fine_tuned_model": f"ft:{model}" if done else None,
        "bought_by": own["run_id"],
        "training_tokens": 240 if done else None,
        "estimated_usd": Decimal("0.0012"),
        "settled_usd": Decimal("0.0012") if done else Decimal(0),
        "error": None if done else "the provider ended the job: bad file",
    }


def generation_row(
    own: dict[str, object], arm: str, model: str, number: int, question: str, text: str
) -> dict[str, object]:
    return {
        **own,
        "generation_id": f"{arm}-{model}-{number}",
        "arm": arm,
        "model": model,
        "model_id": f"ft:{model}" if arm == "tuned" else model,
        "question": number,
        "item_kind": "question",
        "pair_id": None,
        "prompt": question,
        "answer": text,
        "finish_reason": "length" if number == 3 else "stop",
        "prompt_tokens": 12,
        "completion_tokens": len(text.split()),
        "cost_usd": Decimal("0.0001"),
        "bought_now": True,
        "created_at": STARTED,
        "generated": True,
        "disclosure": "Simulated; not the words of Ida Stone",
    }


def judgement_row(
    own: dict[str, object], judge: str, model: str | None, item: HeldOut, first: str, second: str
) -> dict[str, object]:
    """A vote for the better of two arms, or by the second judge always for the first one shown."""
    order = ("host", "tuned", "prompted", "base", "impostor")
    knows = judge == JUDGES[0]
    takes_first = not knows or order.index(first) < order.index(second)
    number = int(item.pair_id[1:])
    return {
        **own,
        "judgement_id": f"{judge}-{model}-{item.pair_id}-{first}-{second}",
        "judge": judge,
        "family": "gpt" if knows else "llama",
        "model": model,
        "question": len(QUESTIONS) + number - 8,
        "pair_id": item.pair_id,
        "episode_id": item.episode_id,
        "first_arm": first,
        "second_arm": second,
        "first_chars": 40 + (number % 2 if first in ("host", "tuned") else 0),
        "second_chars": 40 + (number % 2 if second in ("host", "tuned") else 0),
        "vote": "first" if takes_first else "second",
        "preferred_arm": first if takes_first else second,
        "reply": "A" if takes_first else "B",
        "prompt_tokens": 300,
        "completion_tokens": 1,
        "cost_usd": Decimal("0.0001"),
        "bought_now": True,
        "created_at": STARTED,
        "stand_in": False,
    }


def said_row(
    own: dict[str, object], arm: str, model: str | None, text: str, at: int = 0
) -> dict[str, object]:
    """An answer to a held-out item, a person's where there is no model."""
    number = len(QUESTIONS) + 1 + at
    row = generation_row(own, arm, model or arm, number, "We sat outside.", text)
    row |= {"item_kind": "held_out", "pair_id": f"p{9 + at}"}
    if model is None:
        speaker = {"host": "Ida Stone", "impostor": "Tom Ash"}[arm]
        row |= dict.fromkeys(("model", "model_id", "finish_reason", "completion_tokens"))
        row |= {"generated": False, "cost_usd": Decimal(0), "bought_now": False}
        row |= {"disclosure": f"Words of {speaker} in a held-out episode"}
    return row


def entry(run_id: str, purpose: Any, model: str, settled: str | None, name: str = "") -> Entry:
    """A settled entry, or one that is still reserved where there is no bill."""
    return Entry(
        run_id=run_id,
        entry_id=f"{purpose}-{model}-{name}",
        purchase_id=f"buy-{model}",
        purpose=purpose,
        model=model,
        provider=catalogue.packaged().model(model).provider,
        month="2026-11",
        reserved=Decimal("0.002"),
        status="settled" if settled else "reserved",
        created_at=STARTED,
        settled=Decimal(settled) if settled else None,
        closed_at=FINISHED if settled else None,
    )
