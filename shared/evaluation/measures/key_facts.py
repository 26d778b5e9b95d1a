"""Whether answers hold the facts that the show's profile expects of them, and what tuning made a model forget."""

from collections.abc import Mapping, Sequence

from shared.evaluation.measures.records import Answer, Score, absent, mean, share
from shared.words import in_a_row, words

Fact = tuple[str, ...]
"""The wordings of one fact, each of which will do."""
KeyFacts = Mapping[str, Sequence[Fact]]
"""By question, what a good answer holds."""
METRICS = ("key_facts", "key_facts_lost")


def facts_in(text: str, facts: Sequence[Fact]) -> list[Fact]:
    """The facts that `text` holds: all words of one wording in a row, case and punctuation aside."""
    said = in_a_row(words(text))
    return [fact for fact in facts if any(in_a_row(words(wording)) in said for wording in fact)]


def key_facts(answers: Sequence[Answer], expected: KeyFacts) -> list[Score]:
    """The share of its question's facts that an answer holds, averaged over the answers that have any to hold."""
    asked = [answer for answer in answers if expected.get(answer.question)]
    if not asked:
        return absent(METRICS[:1], "the profile expects no `key_facts` of these questions")
    shares = [
        len(facts_in(answer.text, expected[answer.question])) / len(expected[answer.question])
        for answer in asked
    ]
    return [mean("key_facts", shares, most=1.0)]


def key_facts_lost(
    answers: Sequence[Answer], of_base: Sequence[Answer], expected: KeyFacts
) -> list[Score]:
    """Of the facts that the untuned model's answers hold, the share that these answers to the same questions lack."""
    ours = {answer.question: answer.text for answer in answers}
    lost = [
        fact not in facts_in(ours[answer.question], [fact])
        for answer in of_base
        if answer.question in ours
        for fact in facts_in(answer.text, expected.get(answer.question, ()))
    ]
    if not lost:
        return absent(
            METRICS[1:], "the untuned model's answers hold no key fact that could be lost"
        )
    return [share("key_facts_lost", lost)]
