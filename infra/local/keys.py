"""API keys on a laptop: from the environment, else from the operating system's own store of secrets.

`keyring` reaches that store (the macOS Keychain, the Windows Credential Locker, the Secret Service of a Linux
desktop). It is imported when it is needed, and never asked where a key is given.
"""

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shared.catalogue import Catalogue
from shared.errors import BadInput, NoApiKey

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

VARIABLE = "OPENAI_API_KEY"
SERVICE = "econchatr"
# A backend below this is a file that anybody may read, or none at all.
TRUSTED = 1


class NoKeyStore(BadInput):
    """This machine has no store of secrets that can be trusted."""


def key_for(base_url: str, models: Catalogue) -> str:
    """The key for the provider at an address; raises NoApiKey, saying where to put one."""
    given = os.environ.get(VARIABLE)
    name = owner(base_url, models)
    if key := given or kept(name):
        return key
    raise NoApiKey(
        f"--openai-base-url {base_url} needs a key; set {VARIABLE} in your shell, or keep one with "
        f"`econchatr keys set {name}`"
    )


def owner(base_url: str, models: Catalogue) -> str:
    """Under which name the key for an address is kept: the provider's who has it, else its host."""
    host = urlsplit(base_url).hostname or ""
    for provider in models.providers:
        if urlsplit(provider.base_url).hostname == host:
            return provider.provider
    return host


def kept(name: str) -> str | None:
    """The key kept under a name; None where there is none, or no store."""
    from keyring.errors import KeyringError

    try:
        return _backend().get_password(SERVICE, name)
    except (KeyringError, NoKeyStore):
        return None


def put(name: str, key: str) -> None:
    """Keep a key; raises NoKeyStore."""
    from keyring.errors import KeyringError

    try:
        _backend().set_password(SERVICE, name, key)
    except KeyringError as error:
        raise NoKeyStore(f"{store()} did not take the key ({error}); {_instead()}") from error


def forget(name: str) -> bool:
    """Take a key out of the store, and say whether it was there; raises NoKeyStore."""
    if kept(name) is None:
        return False
    _backend().delete_password(SERVICE, name)
    return True


def store() -> str:
    """What the store is called."""
    return f"the {_backend().name}"


def _backend() -> "KeyringBackend":
    """The system's store; raises NoKeyStore where it is none, or a file in the clear."""
    import keyring

    backend = keyring.get_keyring()
    if backend.priority < TRUSTED:
        raise NoKeyStore(f"this machine has no store of secrets that can be trusted; {_instead()}")
    return backend


def _instead() -> str:
    return f"set {VARIABLE} in your shell instead"
