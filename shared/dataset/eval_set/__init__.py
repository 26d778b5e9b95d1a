"""The eval set: what models are asked and shown, chosen from the profile and the episodes."""

from shared.dataset.eval_set.builder import build_eval_set
from shared.dataset.eval_set.impostors import impostors
from shared.dataset.eval_set.persona import card
from shared.dataset.eval_set.probes import Appearance, probes, who_talked
from shared.dataset.eval_set.topics import pairs_on_topic

__all__ = [
    "Appearance",
    "build_eval_set",
    "card",
    "impostors",
    "pairs_on_topic",
    "probes",
    "who_talked",
]
