"""What the page says first, and the lengths of the texts: pure rearrangements of what a run came to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby

from shared.dataset import UNITS
from shared.lake.rows import TokenStatsRow
from shared.report.record import RunRecord
from shared.report.spending import Commitment, untold
from shared.report.text import counted, dollars, integer, listed


def headline(record: RunRecord, together: Commitment) -> str:
    """Return one sentence about what the run did and one about what it cost; `together` is what its plan comes to."""
    done = [
        f"looked at {counted(record.discovery.get('discovered', 0), 'episode')}",
        f"found {counted(record.dataset.get('pairs', 0), 'usable training pair')}",
    ]
    if not record.settings.dry_run:
        tuned = sum(job["status"] == "succeeded" for job in record.jobs)
        done.append(f"tuned {counted(tuned, 'model') if tuned else 'no model'}")
        done.append(f"collected {_answers(record)}")
    settled, ceiling = record.closing.settled, dollars(record.settings.ceiling_usd)
    if record.settings.dry_run and not settled:
        cost = _to_be_spent(together, ceiling)
        return f"This dry run {listed(done)}. It cost nothing{cost}."
    cost = "would have cost" if record.settings.stand_in else "cost"
    told = f"This run {listed(done)}. It {cost} {dollars(settled)} of a {ceiling} ceiling"
    return f"{told}{untold(record.closing.entries)}."


def answers_wanted(record: RunRecord) -> int:
    """Return how many answers a whole evaluation of the models that were tuned would have had."""
    tuned = [job for job in record.jobs if job["status"] == "succeeded"]
    return (
        len(tuned)
        * len(record.evaluation.paid_arms())
        * len(record.evaluation.items(record.settings.show.questions))
    )


def answers_given(record: RunRecord) -> int:
    """Return how many answers of machines there are."""
    return sum(bool(row["generated"]) for row in record.generations)


def token_statistics(
    record: RunRecord,
) -> Iterator[tuple[str, list[tuple[str, Mapping[str, TokenStatsRow]]]]]:
    """Yield each scope with its texts, and for each text the row of each unit."""
    for scope, rows in groupby(record.token_stats, lambda row: row["scope"]):
        by_text: dict[str, dict[str, TokenStatsRow]] = defaultdict(dict)
        for row in rows:
            by_text[row["text"]][row["unit"]] = row
        yield scope, [(text, units) for text, units in by_text.items() if set(units) == set(UNITS)]


def _to_be_spent(together: Commitment, ceiling: str) -> str:
    if not together.most:
        return ""
    return (
        f"; a run would cost about {dollars(together.expected)}, at most {dollars(together.most)}, "
        f"of a {ceiling} ceiling"
    )


def _answers(record: RunRecord) -> str:
    collected, wanted = answers_given(record), answers_wanted(record)
    if collected == wanted:
        return counted(collected, "answer")
    return f"{integer(collected)} of {counted(wanted, 'answer')}"
