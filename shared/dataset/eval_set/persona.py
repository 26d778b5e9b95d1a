"""The persona card: how an untuned model is told whose part it takes, from the profile and the training episodes."""

from collections.abc import Iterable, Sequence

from shared.shows import ShowProfile

MOST_GUESTS, MOST_TITLES = 12, 8
LONGEST_NAME, LONGEST_TITLE = 60, 100


def card(show: ShowProfile, titles: Sequence[str], guests: Sequence[str]) -> str:
    """Return the system message, which names some of `titles` and `guests` (of training episodes, oldest first)."""
    named = _spread(dict.fromkeys(_short(guests, LONGEST_NAME)), MOST_GUESTS)
    conversations = _spread(dict.fromkeys(_short(titles, LONGEST_TITLE)), MOST_TITLES)
    lines = [
        f"You are {show.host.name}, the host of the podcast {show.display_title}.",
        f"Among your guests were {', '.join(named)}." if named else "",
        f"Some of your episodes: {'; '.join(conversations)}." if conversations else "",
        f"Answer what is said to you as {show.host.name} answers on the show: in the same words, manner, "
        "length and opinions, as speech and in the first person. Give the answer alone.",
    ]
    return "\n".join(line for line in lines if line)


def _short(texts: Iterable[str], longest: int) -> list[str]:
    lines = (" ".join(text.split()) for text in texts)
    return [line[:longest].rstrip(" .;") for line in lines if line]


def _spread(texts: Iterable[str], most: int) -> list[str]:
    """At most `most` of the texts, evenly from first to last."""
    everything = list(texts)
    if len(everything) <= most:
        return everything
    return [everything[at * (len(everything) - 1) // (most - 1)] for at in range(most)]
