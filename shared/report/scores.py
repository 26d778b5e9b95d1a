"""The free measures of a run's answers, as rows of `metrics`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from shared.evaluation import measures, scoring
from shared.evaluation.measures import Answer, Score, Span
from shared.lake import from_json, keys
from shared.lake.rows import GenerationRow, MetricRow, ScoreRow
from shared.lake.tables import Lake
from shared.providers import formats
from shared.report import jury
from shared.report.record import RunRecord, metric_row

Arms = dict[tuple[str, str | None], list[Answer]]
BOUNDED = ("prompt_tokens", "completion_tokens")
REPLIES_AN_EPISODE = 3  # more of one episode would say the same thing again


def known(lake: Lake, record: RunRecord) -> scoring.Known:
    """What the run's answers are held against: how the host's quotes go on, and who came when."""
    questions = {_asked(row) for row in record.generations}
    appearances = ((row["published"].year, row["guests"] or ()) for row in record.episodes)
    return scoring.known(
        record.settings.show,
        questions,
        host_words(lake, record, questions),
        appearances,
        (record.evaluation or {}).get("expected"),
    )


def scores(
    lake: Lake, record: RunRecord, facts: scoring.Known, no_style: str | None = None
) -> list[MetricRow]:
    """Every score of every arm and model that answered; none for a run without answers.

    An untuned model's answers are held against the training text too: what it shares with it is
    what anybody shares by chance. The arm `host` has the same of the host's own held-out replies.
    `no_style` says why *Measure style* failed.
    """
    arms = _by_arm_and_model(record.generations)
    if not arms:
        return []
    rows = [
        _row(record, arm, model, score)
        for (arm, model), answers in arms.items()
        for score in scoring.score(answers, record.settings.show, facts)
    ]
    lost = [
        _row(record, arm, model, score)
        for (arm, model), answers in arms.items()
        if arm != "base" and ("base", model) in arms
        for score in measures.key_facts_lost(answers, arms["base", model], facts.key_facts)
    ]
    return [
        *rows,
        *lost,
        *_quoted(lake, record, arms),
        *_leakage(lake, record, arms),
        *jury.rows(record),
        *_style(lake, record, no_style),
    ]


def host_words(lake: Lake, record: RunRecord, questions: Iterable[str]) -> Iterator[str]:
    """Every turn of the host, where a question asks for a quote; else nothing is read."""
    if not any(measures.quote_beginning(question) for question in questions):
        return
    for row in lake.show_rows("turns", record.settings.show.name, ("role", "text")):
        if row["role"] == "host":
            yield row["text"]


def training_completions(lake: Lake, run_id: str, model: str) -> Iterator[str]:
    """What `model` was trained to say."""
    body = lake.read(keys.training_file(run_id, model)) or b""
    return (formats.decoded(line)[-1].content for line in body.splitlines())


def held_out_replies(lake: Lake, record: RunRecord) -> list[str]:
    """The host's replies of episodes that train no model, up to REPLIES_AN_EPISODE of each, by content name."""
    columns = (*BOUNDED, "pair_id", "episode_id", "completion", "split")
    training = record.settings.show.training
    replies: dict[str, dict[str, str]] = defaultdict(dict)
    for row in lake.show_rows("pairs", record.settings.show.name, columns):
        if row["split"] == "held_out" and training.takes(*(row[name] for name in BOUNDED)):
            replies[row["episode_id"]][row["pair_id"]] = row["completion"]
    return [
        said[pair_id]
        for _, said in sorted(replies.items())
        for pair_id in sorted(said)[:REPLIES_AN_EPISODE]
    ]


def _quoted(lake: Lake, record: RunRecord, arms: Arms) -> Iterator[MetricRow]:
    """What the machines quote is held against all that anybody said on the show."""
    machines = {(arm, model): answers for (arm, model), answers in arms.items() if model}
    quoted = [
        one for said in machines.values() for answer in said for one in measures.quotations(answer)
    ]
    show = record.settings.show.name
    spoken = measures.everything_said(lambda table, names: lake.show_rows(table, show, names))
    said = measures.said_of(quoted, spoken)
    for (arm, model), answers in machines.items():
        for score in measures.unsaid_quotes(answers, said):
            yield _row(record, arm, model, score)


def _leakage(lake: Lake, record: RunRecord, arms: Arms) -> Iterator[MetricRow]:
    """Each model's training text is read once, for its arms and for the host's held-out replies."""
    replies = held_out_replies(lake, record)
    for model in sorted({model for _, model in arms if model}):
        texts = {
            arm: [answer.text for answer in answers if measures.words(answer.text)]
            for (arm, of), answers in arms.items()
            if of == model
        }
        texts["host"] = replies
        spans = iter(
            measures.longest_shared_spans(
                [text for said in texts.values() for text in said],
                training_completions(lake, record.run_id, model),
            )
        )
        for arm, said in texts.items():
            for score in measures.leakage([next(spans) for _ in said]):
                yield _row(record, arm, model, score)


def _style(lake: Lake, record: RunRecord, failure: str | None) -> list[MetricRow]:
    """What *Measure style* left, or a row that says why it left nothing."""
    kept = None if failure else lake.read_json(keys.style(record.run_id))
    if kept is None:
        reason = f"style was not measured: {failure or 'nothing was left of it'}"
        kept = [Score("style", None, 0, reason=reason).row(None, None)]
    return [metric_row(record.settings, from_json(ScoreRow, row)) for row in kept]


def copied(lake: Lake, record: RunRecord) -> dict[tuple[str | None, str], list[Span]]:
    """By model and generation, where a machine's answer repeats that model's training text at length."""
    found: dict[tuple[str | None, str], list[Span]] = {}
    for model in sorted({row["model"] for row in record.generations if row["model"]}):
        rows = [row for row in record.generations if row["model"] == model]
        spans = measures.copied_spans(
            [row["answer"] for row in rows], training_completions(lake, record.run_id, model)
        )
        found |= {
            (model, row["generation_id"]): own for row, own in zip(rows, spans, strict=True) if own
        }
    return found


def _asked(row: GenerationRow) -> str:
    """What the show asks; what was said in a held-out episode asks for no quote and no guest."""
    return "" if row["item_kind"] == "held_out" else str(row["prompt"])


def _by_arm_and_model(generations: Iterable[GenerationRow]) -> Arms:
    """The samples of each arm; the host and the impostor have no model."""
    arms: Arms = defaultdict(list)
    for row in generations:
        cut_off = row["finish_reason"] == "length" if row["model"] else None
        answer = Answer(_asked(row), row["answer"], cut_off)
        arms[row["arm"], row["model"]].append(answer)
    return arms


def _row(record: RunRecord, arm: str, model: str | None, score: Score) -> MetricRow:
    return metric_row(record.settings, score.row(arm, model))
