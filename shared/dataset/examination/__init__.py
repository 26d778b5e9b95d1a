"""What models are told and asked, as far as it comes from the profile and the episodes that may train."""

from shared.dataset.examination.impostors import impostors
from shared.dataset.examination.persona import card
from shared.dataset.examination.probes import probes
from shared.dataset.examination.topics import pairs_on_topic

__all__ = ["card", "impostors", "pairs_on_topic", "probes"]
