"""The right to erasure: nothing of an episode stays in the bucket, nor in the ledger, and it never comes back."""

from shared.erasure.episodes import NotKnown, episodes_to_erase, is_called
from shared.erasure.erase import ErasureResult, erase_episodes
from shared.erasure.traces import Fingerprint, fingerprint

__all__ = [
    "ErasureResult",
    "Fingerprint",
    "NotKnown",
    "episodes_to_erase",
    "erase_episodes",
    "fingerprint",
    "is_called",
]
