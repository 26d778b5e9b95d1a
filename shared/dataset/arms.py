"""Who answers in an evaluation."""

from enum import StrEnum


class Arm(StrEnum):
    """One who answers, in the order of every table.

    BASE is the untuned model, PROMPTED the same with a persona card and real exchanges before each
    question, TUNED the tuned one. HOST are the host's own words in held-out episodes, IMPOSTOR another
    person's.
    """

    BASE = "base"
    PROMPTED = "prompted"
    TUNED = "tuned"
    HOST = "host"
    IMPOSTOR = "impostor"


PAID_ARMS = (Arm.BASE, Arm.PROMPTED, Arm.TUNED)
"""The arms that a provider answers; what people said is free."""
