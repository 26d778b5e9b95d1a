"""The stage that measures the style of a run's answers, whatever became of the run."""

from collections import defaultdict

from shared.dataset.speech.bags import Speech
from shared.lake import Bucket, keys


def measure(bucket: Bucket, run_id: str) -> int:
    """Save the style of every arm that answered, for the report; return how many rows.

    Of a run without answers nothing is read but that there are none.
    """
    answers: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for key in bucket.keys(keys.answers_of(run_id)):
        for row in bucket.read_json(key):
            if row["model"] is not None:
                answers[row["arm"], row["model"]].append(row["answer"] or "")
    if not answers:
        return 0
    # Most runs that end early have no answers, and scikit-learn takes a second to load.
    from shared.style import measuring

    kept = bucket.read_json(keys.speech(run_id))
    rows = measuring.style(Speech.from_document(kept) if kept else None, answers)
    bucket.write_json(keys.style(run_id), rows)
    return len(rows)
