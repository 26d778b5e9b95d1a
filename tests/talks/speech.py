"""Speech as it is: turns that stop in the middle, colons, times, names, one word, long stories."""

import random

from tests.talks import GUEST, HOST, Talk

_PARTS = (
    "when you first heard of it what did you think was wrong",
    "the rule is: dig before the rain and never after",
    "it was 5:30 in the morning and I was already wet",
    "I said to him no, and he said: well, then I will",
    "we had three things: a spade, a bucket and time",
    "my father (the old one) never spoke of it",
    "that is what Rolf Quill told the council in 1998",
    "so Ida Stone asks me every year whether the frame holds",
    "you see, in Ohio they call it a leat",
    "nobody pays $1,200 for mud -- or do they",
    "and the mill went up in 2:1 odds, as they say",
    "there is a note in the book that says: see below",
    "And I'm like: who, me, with that bucket",
    "the ditch runs west of Mud Lane; the hedge does not",
)
_ENDS = (
    ".",
    ".",
    "?",
    "!",
    "...",
    "",
    " and",
    " I",
    " So",
    " It's",
    " We",
    " Does",
    "—",
    ", you know,",
    " Mud",
)
_SHORT = ("Yeah.", "Right.", "No.", "Why?", "Mm-hm.", "Exactly", "So", "[laughs] Yes.", "OK, OK.")


def natural(
    seed: int, n_turns: int = 24, people: tuple[str, ...] = (HOST, GUEST), *, whole: bool = False
) -> Talk:
    """Return a talk by turns; some are one word, one in six is a long story, and half stop in the middle.

    With `whole` every turn ends with the end of a sentence.
    """
    chance = random.Random(seed)
    ends = _ENDS[:5] if whole else _ENDS
    return [(people[turn % len(people)], _turn(chance, ends)) for turn in range(n_turns)]


def _turn(chance: random.Random, ends: tuple[str, ...]) -> str:
    if chance.random() < 0.2:
        return chance.choice([said for said in _SHORT if said.endswith(ends)])
    many = chance.choice((1, 1, 2, 2, 3, 12))
    said = (f"{_opened(chance.choice(_PARTS))}{chance.choice('.?!')}" for _ in range(many - 1))
    return " ".join((*said, _opened(chance.choice(_PARTS)) + chance.choice(ends)))


def _opened(part: str) -> str:
    return part[0].upper() + part[1:]
