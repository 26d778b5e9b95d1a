"""How each metric is explained and written, and the table of all of them over the arms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.dataset import Arm
from shared.evaluation.measures import Number, Place
from shared.report.arms import ModelArm
from shared.report.text import integer, percent, ratio

MOST_COLUMNS = 8  # that a table has room for


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
    "jury_taken_for_host": Measure(
        "Taken for the host",
        "of held-out pairs, how often its reply was preferred to the host’s own; the host’s would be 50%",
        percent,
    ),
    "jury_wins_over_prompted_at_equal_length": Measure(
        "The same at equal length", "as a logistic curve of the lengths has it", percent
    ),
    "jury_flips_over_prompted": Measure(
        "Votes by the order",
        "pairs of which the vote changes with the order of the replies",
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
    "recites": Measure(
        "Recites",
        "answers of which a quarter or more is copied from what the model has seen, nearly word for word",
        percent,
    ),
    "copied_words": Measure(
        "Copied words",
        "of an answer’s words, those in runs of six from what the model has seen",
        percent,
    ),
    "relevance": Measure(
        "Relevance",
        "prompts of other episodes that the reply fits less than its own; chance is 50%",
        percent,
    ),
    "looping": Measure("Goes in circles", "answers that repeat their own runs of words", percent),
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


def measure_lines(arms: Sequence[ModelArm], found: Mapping[Place, Number]) -> list[MeasureLine]:
    """Return one line for each metric that any arm has."""
    lines = []
    for metric, measure in MEASURES.items():
        numbers = by_arm(arms, found, metric)
        if any(numbers):
            lines.append(MeasureLine(measure, tuple(_cell(measure, one) for one in numbers)))
    return lines


def by_arm(
    arms: Sequence[ModelArm], found: Mapping[Place, Number], metric: str
) -> list[Number | None]:
    """Return the number that each arm has by `metric`, None where it has none."""
    return [
        found.get((metric, model, arm)) or _of_the_host(found, metric, arm) for model, arm in arms
    ]


def column_sets(arms: Sequence[ModelArm]) -> list[list[int]]:
    """Return the places of the arms in each table: one of all, or one a model where these are too many.

    People stand in every table.
    """
    columns = list(enumerate(arms))
    if len(columns) <= MOST_COLUMNS:
        return [[at for at, _ in columns]] if columns else []
    people = [at for at, (model, _) in columns if model is None]
    models = dict.fromkeys(model for _, (model, _) in columns if model is not None)
    return [[*(at for at, (of, _) in columns if of == model), *people] for model in models]


def _of_the_host(found: Mapping[Place, Number], metric: str, arm: str) -> Number | None:
    """The host's own number where it was taken against one model's training text."""
    own = [number for (of, _, whose), number in found.items() if (of, whose) == (metric, Arm.HOST)]
    return own[0] if arm == Arm.HOST and len(own) == 1 else None


def _cell(measure: Measure, number: Number | None) -> tuple[str, int] | None:
    return None if number is None else (measure.write(number.value), number.n)
