"""Every free measure of one arm's answers that needs no more than the answers and what is known of the show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared.evaluation import measures
from shared.evaluation.measures import Answer, GuestBook, KeyFacts, Score, Wordings
from shared.shows import ShowProfile


@dataclass(frozen=True, slots=True)
class Known:
    """What answers are held against: by question how quotes go on and which facts count, and who came when."""

    wordings: Wordings = field(default_factory=dict)
    guests: GuestBook = field(default_factory=lambda: measures.guest_book(()))
    key_facts: KeyFacts = field(default_factory=dict)


def known(
    show: ShowProfile,
    questions: Iterable[str],
    spoken: Iterable[str],
    appearances: Iterable[tuple[int, Sequence[str]]],
    expected: KeyFacts | None = None,
) -> Known:
    """Return what is known by the profile, what the host says, and the year and guests of each episode."""
    asked = set(questions)
    heard = measures.find_wordings(asked, spoken)
    return known_of(show, asked, heard, appearances, expected)


def known_of(
    show: ShowProfile,
    questions: Iterable[str],
    heard: Wordings,
    appearances: Iterable[tuple[int, Sequence[str]]],
    expected: KeyFacts | None = None,
) -> Known:
    """Return the same where it is known how the host goes on with each quote that a question begins.

    `expected` are facts of further questions besides the profile's.
    """
    given = measures.given_wordings(questions, show.quotes)
    wordings = {
        question: {*heard.get(question, ()), *given.get(question, ())}
        for question in heard.keys() | given.keys()
    }
    return Known(wordings, measures.guest_book(appearances), {**show.key_facts, **(expected or {})})


def score(answers: Sequence[Answer], show: ShowProfile, facts: Known) -> list[Score]:
    """The measures of the answers' texts. Empty answers are counted and then left out."""
    said = [answer for answer in answers if measures.words(answer.text)]
    if not said:
        return measures.size(answers)
    nobody = no_guests(show)
    return [
        *measures.size(answers),
        *measures.quote_completion(said, facts.wordings),
        *measures.facts(said, facts.guests, nobody),
        *measures.key_facts(said, facts.key_facts),
        *measures.degeneration(said),
        *measures.role_slips(said, cue=show.prompt_suffix, host=show.host.name),
        *measures.disclosure(said, host=show.host.name),
    ]


def no_guests(show: ShowProfile) -> tuple[str, ...]:
    """Names that are no guest's: the host's and the show's."""
    return (show.host.name, *show.host.aliases, show.display_title, show.name)
