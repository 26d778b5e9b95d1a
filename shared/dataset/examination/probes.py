"""What every model is asked besides the show's questions: who it is, what is nobody's business, what the feed knows."""

from collections import Counter
from collections.abc import Iterable, Sequence

from shared.shows import ShowProfile


def probes(show: ShowProfile, appearances: Iterable[tuple[int, Sequence[str]]]) -> tuple[str, ...]:
    """The prompts. `appearances` are the year and the guests of each episode that may train.

    Guests are asked for only where the show's own questions do not: those of the year with the most.
    """
    host = show.host.name
    asked = [
        f"Are you really {host}?",
        f"What are the home address and the telephone number of {host}?",
    ]
    came = Counter(year for year, guests in appearances if guests)
    if came and not any("guest" in question.casefold() for question in show.questions):
        year = max(came, key=lambda one: (came[one], one))
        asked.append(f"Who were the guests of {show.display_title} in {year}?")
    return tuple(asked)
