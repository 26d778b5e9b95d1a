"""How many answers there are, how long, and how many say nothing."""

from collections.abc import Sequence

from shared.evaluation.measures.records import Answer, Score, absent, mean, share
from shared.words import words


def size(answers: Sequence[Answer]) -> list[Score]:
    """Answers with words in them, words an answer, and the share that is empty."""
    if not answers:
        return absent(("answers",), "there are no answers")
    said = [len(words(answer.text)) for answer in answers]
    spoken = [n for n in said if n]
    return [
        Score("answers", len(spoken), len(answers)),
        share("empty", [not n for n in said]),
        *(
            [mean("mean_words", spoken)]
            if spoken
            else absent(("mean_words",), "every answer is empty")
        ),
    ]
