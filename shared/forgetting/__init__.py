"""A removal request: nothing of an episode stays in the bucket, nor in the ledger, and it never comes back."""

from shared.forgetting.episodes import NotKnown, wanted
from shared.forgetting.removal import Forgotten, forget
from shared.forgetting.traces import Fingerprint, fingerprint

__all__ = ["Fingerprint", "Forgotten", "NotKnown", "fingerprint", "forget", "wanted"]
