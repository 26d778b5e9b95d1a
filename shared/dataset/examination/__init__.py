"""What models are told and asked, as far as it comes from the profile and the episodes that may train."""

from shared.dataset.examination.impostors import impostors
from shared.dataset.examination.persona import card
from shared.dataset.examination.probes import Appearance, probes, who_talked
from shared.dataset.examination.topics import pairs_on_topic

__all__ = ["Appearance", "card", "impostors", "pairs_on_topic", "probes", "who_talked"]
