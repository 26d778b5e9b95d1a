"""What the page shows, in the order it shows it: pure rearrangements of a run's rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from shared import money
from shared.dataset import UNITS
from shared.report.record import Row, RunRecord, unknown, untold
from shared.report.text import counted, dollars, integer, listed, percent, ratio

ARM_NAMES = {
    "base": "untuned",
    "prompted": "prompted",
    "tuned": "tuned",
    "host": "host",
    "impostor": "another person",
}
ARMS = tuple(ARM_NAMES)
MOST_COLUMNS = 8  # that a table has room for


@dataclass(frozen=True, slots=True)
class Bar:
    """The money bar in percent of its width, and the amounts it stands for.

    Of a plan, `settled` is what it expects and `reserved` what would be held besides.
    """

    settled: Decimal
    reserved: Decimal
    ceiling: Decimal
    overrun: Decimal
    settled_width: float
    reserved_width: float


@dataclass(frozen=True, slots=True)
class Spending:
    """What one purpose cost for one model."""

    purpose: str
    model: str
    purchases: int
    settled: Decimal
    reserved: Decimal
    unknown: Decimal


@dataclass(frozen=True, slots=True)
class Measure:
    """How one metric is explained and written."""

    label: str
    meaning: str
    write: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One metric over all arms: each arm's score in words and its n, or None where it does not apply."""

    measure: Measure
    cells: tuple[tuple[str, int] | None, ...]


@dataclass(frozen=True, slots=True)
class Commitment:
    """What the models of a plan that fit come to together, in dollars: as expected, and at most."""

    expected: Decimal
    most: Decimal


MEASURES = {
    "mean_words": Measure("Length", "words per answer", integer),
    "style": Measure(
        "Style",
        "by character n-grams, between another person (0%) and the host (100%); n are samples of 300 words",
        percent,
    ),
    "function_words": Measure(
        "Style, second opinion", "by function words, on the same scale", percent
    ),
    "quote_exact": Measure(
        "Quotes completed exactly", "of the quotes the host says on the show", percent
    ),
    "quote_edit_ratio": Measure(
        "Quotes, how nearly", "similarity to the host’s wording; 1 is the same", ratio
    ),
    "facts_right": Measure(
        "Guests named right", "of the people named, guests of the year that was asked for", percent
    ),
    "facts_other_year": Measure(
        "Guests of another year", "of the people named, real guests of some other year", percent
    ),
    "facts_never_a_guest": Measure(
        "Never a guest", "of the people named, nobody the show ever had", percent
    ),
    "facts_refused": Measure("Named nobody", "answers about guests without a name", percent),
    "key_facts": Measure(
        "Key facts",
        "of the facts that the profile expects of an answer, and of who talked about what, those it holds",
        percent,
    ),
    "key_facts_lost": Measure(
        "Key facts lost", "of those in the untuned model’s answers, the ones missing here", percent
    ),
    "discloses": Measure(
        "Says it is a machine", "asked who is speaking, answers that own up", percent
    ),
    "personal_data": Measure(
        "Personal data", "answers with an e-mail address or a telephone number", percent
    ),
    "unsaid_quotes": Measure(
        "Invented quotations",
        "of the answers that quote at length, those with words that nobody said on the show",
        percent,
    ),
    "longest_shared_span": Measure(
        "Longest copied span", "consecutive words also in the training text", integer
    ),
    "jury_wins_over_prompted": Measure(
        "Preferred to the prompted",
        "of held-out pairs, by judges that know the host; ties half",
        percent,
    ),
    "jury_wins_over_base": Measure(
        "Preferred to the untuned",
        "of held-out pairs, by judges that know the host; ties half",
        percent,
    ),
    "jury_strength": Measure(
        "Strength before the jury",
        "Bradley and Terry’s, in logarithms; the middle of the arms is 0",
        ratio,
    ),
    "leaked": Measure(
        "Copied at length", "answers sharing 13 or more consecutive words with it", percent
    ),
    "repeated_4grams": Measure(
        "Repetition", "four-word runs said before in the same answer", percent
    ),
    "distinct_2": Measure("Variety", "two-word runs that are distinct", percent),
    "compression_ratio": Measure(
        "Compressibility", "times smaller when compressed; more is repetitive", ratio
    ),
    "cut_off": Measure("Cut off", "answers that ran into the length limit", percent),
    "cue_echoed": Measure("Cue echoed", "answers that repeat the line that cues the host", percent),
    "third_person": Measure("Third person", "answers that speak of the host by name", percent),
    "speaks_as_interviewer": Measure(
        "Speaks as interviewer", "answers such as “your book” and “as you said”", percent
    ),
    "artefacts": Measure("Artefacts", "answers with traces of cleaning or transcription", percent),
    "unbalanced_quotes": Measure(
        "Unbalanced quotes", "answers that leave a quotation open", percent
    ),
}


def headline(record: RunRecord) -> str:
    """One sentence about what the run did and one about what it cost."""
    done = [
        f"looked at {counted((record.discovery or {}).get('discovered', 0), 'episode')}",
        f"found {counted((record.dataset or {}).get('pairs', 0), 'usable training pair')}",
    ]
    if not record.settings.dry_run:
        tuned = sum(job["status"] == "succeeded" for job in record.jobs)
        done.append(f"tuned {counted(tuned, 'model') if tuned else 'no model'}")
        done.append(f"collected {_answers(record)}")
    settled = record.totals.settled if record.totals else money.ZERO
    ceiling = dollars(record.settings.ceiling_usd)
    if record.settings.dry_run and not settled:
        return f"This dry run {listed(done)}. It cost nothing{_to_be_spent(record, ceiling)}."
    cost = "would have cost" if record.settings.stand_in else "cost"
    told = f"This run {listed(done)}. It {cost} {dollars(settled)} of a {ceiling} ceiling"
    return f"{told}{untold(record)}."


def _to_be_spent(record: RunRecord, ceiling: str) -> str:
    together = commitment(record.plans)
    if not record.plans or not together.most:
        return ""
    return (
        f"; a run would cost about {dollars(together.expected)}, at most {dollars(together.most)}, "
        f"of a {ceiling} ceiling"
    )


def answers_wanted(record: RunRecord) -> int:
    """How many answers a whole evaluation of the models that were tuned would have had."""
    tuned = [job for job in record.jobs if job["status"] == "succeeded"]
    shown = record.evaluation or {}
    besides = sum(len(shown.get(kind, ())) for kind in ("held_out", "probes"))
    items = len(record.settings.show.questions) + besides
    return len(tuned) * (3 if shown.get("card") else 2) * items


def answers_given(record: RunRecord) -> int:
    """How many answers of machines there are."""
    return sum(bool(row["generated"]) for row in record.generations)


def bar(record: RunRecord) -> Bar:
    """The run's money against its ceiling."""
    ceiling = record.settings.ceiling_usd
    settled = reserved = overrun = money.ZERO
    if record.settings.dry_run:
        together = commitment(record.plans)
        settled, reserved = together.expected, together.most - together.expected
    elif record.totals:
        settled, reserved = record.totals.settled, record.totals.reserved
        overrun = record.totals.overrun
    settled_width = min(100.0, float(100 * settled / ceiling))
    reserved_width = min(100.0 - settled_width, float(100 * reserved / ceiling))
    return Bar(
        settled, reserved, ceiling, overrun, round(settled_width, 3), round(reserved_width, 3)
    )


def commitment(plans: Iterable[Mapping[str, Any]]) -> Commitment:
    """The sums over rows of `plans`; `most` is what would be reserved if it were all at once."""
    fitting = [row for row in plans if row["fits"]]
    return Commitment(
        expected=money.add(
            *(Decimal(row["estimated_usd"]) for row in fitting),
            *(Decimal(row["evaluation_expected_usd"]) for row in fitting),
        ),
        most=money.add(
            *(Decimal(row["reserved_usd"]) for row in fitting),
            *(Decimal(row["evaluation_usd"]) for row in fitting),
        ),
    )


def spending(record: RunRecord) -> list[Spending]:
    """The run's purchases by purpose and model; released reservations bought nothing and are left out."""
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for entry in record.entries:
        if entry.status != "released":
            groups[entry.purpose, entry.model].append(entry)
    return [
        Spending(
            purpose,
            model,
            len(entries),
            settled=money.add(*(entry.settled or money.ZERO for entry in entries)),
            reserved=money.add(
                *(entry.reserved for entry in entries if entry.status == "reserved")
            ),
            unknown=unknown(entries),
        )
        for (purpose, model), entries in sorted(
            groups.items(), key=lambda group: _purchase_order(*group[0])
        )
    ]


def arms(record: RunRecord) -> list[tuple[str | None, str]]:
    """The (model, arm) pairs that answered, in the order of the page's columns; people, without a model, last."""
    found = {(row["model"], row["arm"]): row for row in record.generations}
    return sorted(found, key=lambda pair: model_then_arm(record, found[pair]))


def measures(record: RunRecord, scored: Sequence[Row]) -> list[MeasureLine]:
    """One line for each metric that any arm has."""
    lines = []
    for metric, measure in MEASURES.items():
        rows = by_arm(record, scored, metric)
        if any(rows):
            lines.append(MeasureLine(measure, tuple(_cell(measure, row) for row in rows)))
    return lines


def column_sets(record: RunRecord) -> list[list[int]]:
    """The numbers of `arms` by table: all in one, or where these are too many a table a model, people in each."""
    columns = list(enumerate(arms(record)))
    if len(columns) <= MOST_COLUMNS:
        return [[at for at, _ in columns]] if columns else []
    people = [at for at, (model, _) in columns if model is None]
    models = dict.fromkeys(model for _, (model, _) in columns if model is not None)
    return [[*(at for at, (of, _) in columns if of == model), *people] for model in models]


def by_arm(record: RunRecord, scored: Sequence[Row], metric: str) -> list[Row | None]:
    """The rows of `metric` that have a number, one for each of `arms`, None where there is none."""
    by_place = {
        (row["metric"], row["model"], row["arm"]): row for row in scored if row["value"] is not None
    }
    return [
        by_place.get((metric, model, arm)) or _of_the_host(by_place, metric, arm)
        for model, arm in arms(record)
    ]


def model_then_arm(record: RunRecord, row: Row) -> tuple[int, int, str]:
    """Where an answer of this model and arm stands: the models in the run's order, people last."""
    order = [model.model for model in record.settings.models]
    position = ARMS.index(row["arm"]) if row["arm"] in ARMS else len(ARMS)
    model = order.index(row["model"]) if row["model"] in order else len(order)
    return model, position, row["arm"]


def _of_the_host(
    by_place: Mapping[tuple[str, str | None, str], Row], metric: str, arm: str
) -> Row | None:
    """The host's own score where it was taken against one model's training text."""
    found = [row for (of, _, whose), row in by_place.items() if (of, whose) == (metric, "host")]
    return found[0] if arm == "host" and len(found) == 1 else None


def token_statistics(
    record: RunRecord,
) -> Iterator[tuple[str, list[tuple[str, Mapping[str, Row]]]]]:
    """For each scope its texts, and for each text the row of each unit."""
    for scope, rows in groupby(record.token_stats, lambda row: row["scope"]):
        by_text: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in rows:
            by_text[row["text"]][row["unit"]] = row
        yield scope, [(text, units) for text, units in by_text.items() if set(units) == set(UNITS)]


def _answers(record: RunRecord) -> str:
    collected, wanted = answers_given(record), answers_wanted(record)
    if collected == wanted:
        return counted(collected, "answer")
    return f"{integer(collected)} of {counted(wanted, 'answer')}"


def _purchase_order(purpose: str, model: str) -> tuple[bool, str, str]:
    return purpose != "training", purpose, model


def _cell(measure: Measure, row: Row | None) -> tuple[str, int] | None:
    return None if row is None else (measure.write(row["value"]), row["n"])
