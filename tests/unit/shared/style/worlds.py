"""Planted worlds: people whose manner of speaking is known, because it was made up."""

import random

from shared.dataset.speech.bags import Bag, Speech

_WORDS = "the of and to a in that it is was for you on with as be at but not this so if or we"
COMMON = tuple(_WORDS.split())
HOST_WAYS = ("so you see", "it is not that", "and to this you", "but if we", "as it was")
OTHER_WAYS = ("you so see", "that not is it", "you this to and", "we if but", "was it as")
LIKED, UNLIKED = 5.0, 1.0


class Person:
    """Speaks of `topic` in words of its own and else in common words, liking some of them more."""

    def __init__(self, seed: int, ways: tuple[str, ...], liking: str = "") -> None:
        self._chance = random.Random(seed)
        self._ways = ways
        self._weights = [LIKED if word in liking.split() else UNLIKED for word in COMMON]

    def says(self, n_words: int, topic: str = "x") -> str:
        """About so many words, at least."""
        said: list[str] = []
        while len(said) < n_words:
            said += self._chance.choice(self._ways).split()
            said += self._chance.choices(COMMON, self._weights, k=6)
            said.append(f"{topic}{self._chance.randrange(40)}")
        return " ".join(said)


HOST_LIKES, OTHERS_LIKE = "of that so you", "the and it was"


def host(seed: int, likes: str = HOST_LIKES) -> Person:
    return Person(seed, HOST_WAYS, likes)


def other(seed: int, likes: str = OTHERS_LIKE) -> Person:
    return Person(seed, OTHER_WAYS, likes)


def speech(
    episodes: int = 8, host_likes: str = HOST_LIKES, others_like: str = OTHERS_LIKE
) -> Speech:
    """Each training episode has two bags of the host and two of a guest; five episodes are held out."""
    ours, theirs = host(1, host_likes), [other(seed, others_like) for seed in range(20)]

    def bags(person: Person, name: str, at: int) -> list[Bag]:
        return [Bag(f"e{at}", name, person.says(310, f"topic{at}x")) for _ in range(2)]

    numbers, later = range(episodes), range(episodes, episodes + 5)
    return Speech(
        "porch",
        2012,
        host=tuple(bag for at in numbers for bag in bags(ours, "", at)),
        others=tuple(bag for at in numbers for bag in bags(theirs[at], f"guest {at}", at)),
        held_out_host=tuple(bag for at in later for bag in bags(ours, "", at)),
        held_out_others=tuple(bag for at in later for bag in bags(theirs[at], f"guest {at}", at)),
    )


def answers(person: Person, n: int = 20, n_words: int = 80) -> list[str]:
    """Answers to questions, each about something else."""
    return [person.says(n_words, f"asked{at}x") for at in range(n)]


def mixed(share_of_host: float, seed: int = 3, n: int = 20) -> list[str]:
    """Answers of which so large a part is said as the host speaks."""
    ours, theirs = host(seed), other(seed + 100)
    return [
        f"{ours.says(round(80 * share_of_host), f'asked{at}x')} "
        f"{theirs.says(round(80 * (1 - share_of_host)), f'asked{at}x')}"
        for at in range(n)
    ]
