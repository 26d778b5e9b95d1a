"""The arms' answers beside each other in a terminal, wrapped to its width."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any, TypeVar

from shared.report import ARM_NAMES

Row = Mapping[str, Any]
Thing = TypeVar("Thing")
ARMS = ("base", "prompted", "tuned")
QUESTIONS = 3
MOST_LINES = 9
NARROWEST_COLUMN = 24
GAP = "   "


def print_questions(rows: Iterable[Row], model: str) -> None:
    """Print some of the show's questions with what each of a model's arms answered, from rows of `generations`."""
    questions = chosen(rows, model)
    if questions:
        print(f"\nOf the show's questions, as {model} answers them:")
    for question in questions:
        print_answers(question)


def chosen(rows: Iterable[Row], model: str) -> list[dict[str, Row]]:
    """Return at most QUESTIONS of the questions that each arm answered, evenly from first to last, by arm."""
    return evenly(answered(rows, model), QUESTIONS)


def evenly(things: Sequence[Thing], most: int) -> list[Thing]:
    """Return at most so many of them, the first and the last among them."""
    n = min(most, len(things))
    return [things[at * (len(things) - 1) // max(1, n - 1)] for at in range(n)]


def answered(rows: Iterable[Row], model: str) -> list[dict[str, Row]]:
    """Return the show's questions that each arm of a model answered, by arm."""
    by_number: dict[int, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        if row["model"] == model and row["arm"] in ARMS and row["item_kind"] == "question":
            by_number[row["question"]][row["arm"]] = row
    arms = {arm for answers in by_number.values() for arm in answers}
    return [by_number[number] for number in sorted(by_number) if set(by_number[number]) == arms]


def print_answers(answers: Mapping[str, Row], lines: int | None = MOST_LINES) -> None:
    """Print one question and its answers in columns, or one below the other where there is no room for columns."""
    width = shutil.get_terminal_size((100, 24)).columns
    columns = [(ARM_NAMES[arm], answers[arm]["answer"]) for arm in ARMS if arm in answers]
    prompt = next(iter(answers.values()))["prompt"]
    print()
    print("\n".join(wrap(" ".join(prompt.split()), width)))
    for line in side_by_side(columns, width, lines):
        print(line)


def side_by_side(
    columns: Sequence[tuple[str, str]], width: int, most_lines: int | None = None
) -> Iterator[str]:
    """Yield the lines of titled texts beside each other, none wider than `width`."""
    each = (width - len(GAP) * (len(columns) - 1)) // len(columns)
    if each < NARROWEST_COLUMN:
        for title, text in columns:
            yield from (title, *_wrapped(text, width, most_lines))
        return
    blocks = [(title, "-" * each, *_wrapped(text, each, most_lines)) for title, text in columns]
    for cells in zip_longest(*blocks, fillvalue=""):
        yield GAP.join(cell.ljust(each) for cell in cells).rstrip()


def _wrapped(text: str, width: int, most_lines: int | None) -> list[str]:
    return wrap(
        " ".join(text.split()) or "(empty answer)", width, max_lines=most_lines, placeholder=" …"
    )
