"""The demo show's web pages, in the structures that EconTalk's site had over the years."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from infra.local.demo.sources import Episode, Turn
from shared import templates
from shared.shows import ShowProfile

TURNS_PER_ROW = 5
FIRST_MARK_SECONDS = 33
SPOKEN_WORDS_PER_MINUTE = 150
NOTED_WORDS_PER_MINUTE = 12  # a note-taker keeps one word of a dozen

_TEMPLATES = templates.environment(Path(__file__).with_name("templates"))


@dataclass(frozen=True, slots=True)
class Row:
    """A time mark and what the table shows beside it: turns in paragraphs, or running `prose`."""

    mark: str
    intro: str
    turns: tuple[Turn, ...] = ()
    prose: str = ""


def episode_page(show: ShowProfile, episode: Episode, related: Episode) -> str:
    """The HTML page of one episode, with a pointer to a related one."""
    return _TEMPLATES.get_template("episode.html.j2").render(
        show=show,
        episode=episode,
        related=related,
        rows=rows(episode, show.host.name),
        day=_day,
        comment_date=lambda place: f"{_day(episode.published + timedelta(days=place))} at 6:57am",
    )


def index_page(show: ShowProfile, newest_first: Sequence[Episode]) -> str:
    """The HTML page that lists all episodes."""
    return _TEMPLATES.get_template("index.html.j2").render(
        show=show, episodes=newest_first, day=_day
    )


def rows(episode: Episode, host: str) -> list[Row]:
    """The rows of the episode's table in its style; none for an episode without a transcript."""
    if episode.style == "notes":
        return list(_noted(episode.notes))
    if episode.style == "inline":
        return list(_inline(episode, host))
    return list(_spoken(episode))


def short_labels(host: str, guests: Sequence[str]) -> Mapping[str, str]:
    """The labels of the older pages: the host's first name, `Guest`, or `Guest` and an initial."""
    initials = {guest: guest.split()[-1][0] if len(guests) > 1 else "" for guest in guests}
    return {host: host.split()[0]} | {name: f"Guest{letter}" for name, letter in initials.items()}


def _spoken(episode: Episode) -> Iterator[Row]:
    intro = f"Intro. [Recording date: {episode.recorded:%B} {_day_and_year(episode.recorded)}.]"
    words = 0
    for first in range(0, len(episode.turns), TURNS_PER_ROW):
        turns = episode.turns[first : first + TURNS_PER_ROW]
        yield Row(_mark(words, SPOKEN_WORDS_PER_MINUTE), "" if first else intro, turns)
        words += sum(len(turn.text.split()) for turn in turns)


def _inline(episode: Episode, host: str) -> Iterator[Row]:
    labels = short_labels(host, episode.guests)
    for row in _spoken(episode):
        prose = " ".join(f"{labels[turn.speaker]}: {turn.text}" for turn in row.turns)
        yield Row(row.mark, row.intro, prose=prose)


def _noted(notes: Sequence[str]) -> Iterator[Row]:
    words = 0
    for note in notes:
        yield Row(_mark(words, NOTED_WORDS_PER_MINUTE), "", prose=note)
        words += len(note.split())


def _mark(words: int, words_per_minute: int) -> str:
    minutes, seconds = divmod(FIRST_MARK_SECONDS + words * 60 // words_per_minute, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _day(when: date) -> str:
    return f"{when:%b %d %Y}"


def _day_and_year(when: date) -> str:
    return f"{when.day}, {when.year}"
