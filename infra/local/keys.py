"""API keys on a laptop: from the environment, else from the operating system's own store of secrets.

`keyring` reaches that store (the macOS Keychain, the Windows Credential Locker, the Secret Service of a Linux
desktop). It is imported when it is needed, and never asked where the provider's own variable is set.
"""

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shared.catalogue import Catalogue, key_variable
from shared.errors import BadInput, NoApiKey
from shared.text import cleaned_key

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

VARIABLE = "OPENAI_API_KEY"
SERVICE = "econchatr"
# A backend below this is a file that anybody may read, or none at all.
TRUSTED = 1


class NoKeyStore(BadInput):
    """This machine has no store of secrets that can be trusted."""


def key_for(base_url: str, models: Catalogue) -> str:
    """The key for the provider at an address; raises NoApiKey, saying where to put one.

    OPENAI_API_KEY stands for any address, and comes after a provider's own key: nobody is sent
    another's while there is one that is meant for them.
    """
    name = owner(base_url, models)
    own = variable(name)
    if key := in_variable(own) or kept(name) or in_variable(VARIABLE):
        return key
    raise NoApiKey(
        f"--openai-base-url {base_url} needs a key for {name}; set {own} in your shell, or keep one "
        f"with `econchatr keys set {name}`"
    )


def in_variable(variable: str) -> str:
    """Return the key in a variable of the environment, empty without one; raises NoApiKey for what is no key."""
    return cleaned_key(os.environ.get(variable, ""), variable)


def variable(name: str) -> str:
    """The environment's variable for a provider's key; OPENAI_API_KEY for a host that is no provider's."""
    return VARIABLE if "." in name else key_variable(name)


def places(name: str) -> list[str]:
    """Where there is a key for a provider now, in the order in which they are asked."""
    names = dict.fromkeys((variable(name), VARIABLE))
    found = [one for one in names if in_variable(one)]
    if kept(name) is not None:
        found.insert(1 if variable(name) in found else 0, store())
    return found


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
        backend = _backend()
        key = backend.get_password(SERVICE, name)
    except (KeyringError, NoKeyStore):
        return None
    return cleaned_key(key or "", f"the key for {name} in the {backend.name}") or None


def put(name: str, key: str) -> None:
    """Keep a key; raises NoKeyStore."""
    from keyring.errors import KeyringError

    try:
        _backend().set_password(SERVICE, name, key)
    except KeyringError as error:
        raise NoKeyStore(
            f"{store()} did not take the key ({error}); set {variable(name)} in your shell instead"
        ) from error


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
    try:
        import keyring

        backend = keyring.get_keyring()
    except Exception as error:
        raise NoKeyStore(
            f"the store of secrets that keyring is told to use cannot be loaded ({error}); see PYTHON_KEYRING_BACKEND "
            f"and keyringrc.cfg, or set {VARIABLE}, or the like of NEBIUS_API_KEY, in your shell instead"
        ) from error
    if backend.priority < TRUSTED:
        raise NoKeyStore(
            f"this machine has no store of secrets that can be trusted; set {VARIABLE}, or the like of "
            "NEBIUS_API_KEY, in your shell instead"
        )
    return backend
