"""How a row of `generations` says that its question has no answer, and why."""

from shared.lake.rows import GenerationRow

NO_ANSWER = "no answer: "
"""How the `finish_reason` of a question begins that was refused, or whose reply was lost."""
LONGEST_REASON = 300


def finish_reason(why: Exception) -> str:
    """Return the `finish_reason` of a question that has no answer."""
    return f"{NO_ANSWER}{why}"[:LONGEST_REASON]


def no_answer(row: GenerationRow) -> str | None:
    """Return why a question has no answer; None where it has one, be it empty."""
    reason = row["finish_reason"] or ""
    return reason.removeprefix(NO_ANSWER) if reason.startswith(NO_ANSWER) else None
