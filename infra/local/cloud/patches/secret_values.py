"""Secrets that are not written to disk.

AWS: keeps secret values encrypted.
MiniStack 1.5.33: writes them as plain text into its state folder, which may hold a real provider's key.
Here: a secret is saved without its values; whoever starts the cloud puts them in again.
Case: `secret_in_the_clear_on_disk`.
"""

from typing import Any

from ministack.services import secretsmanager


def install() -> None:
    """Leave secret values out of what is saved."""
    get_state = secretsmanager.get_state

    def get_state_without_values() -> dict[str, Any]:
        state: dict[str, Any] = get_state()
        for secret in state["secrets"].all_values():
            for version in secret["Versions"].values():
                version.update(SecretString="", SecretBinary=None)
        return state

    secretsmanager.get_state = get_state_without_values
