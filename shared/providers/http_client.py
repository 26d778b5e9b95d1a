"""The HTTP client below the `openai` client: of this process's environment it takes proxies and certificates alone.

What the environment says wrongly is told by the name of its variable.
"""

import os
from urllib.parse import urlsplit

import httpx2
import openai

from shared.errors import BadInput
from shared.providers.keys import KeySource, RenewedKey
from shared.providers.size import bound
from shared.text import on_own_machine

_PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_OF_THE_SHELL = ("openai-organization", "openai-project")


class UnusableEnvironment(BadInput):
    """A variable of the environment says something that no connection can be made with."""


def http_client(base_url: str, key: KeySource) -> httpx2.Client:
    """Return a client that renews its key, bounds replies, follows no redirect, and asks this machine without a proxy.

    A redirect would carry texts to a place that nobody chose. Raises UnusableEnvironment.
    """
    direct = None
    try:
        if on_own_machine(base_url):
            direct = httpx2.HTTPTransport(trust_env=urlsplit(base_url).scheme == "https")
        return openai.DefaultHttpxClient(
            auth=RenewedKey(key),
            follow_redirects=False,
            event_hooks={"request": [_without_the_shells], "response": [bound]},
            transport=direct,
        )
    except (ImportError, ValueError, httpx2.InvalidURL) as error:  # of no kind but a proxy's
        raise UnusableEnvironment(
            f"{_set(_PROXIES)} names a proxy that cannot be used ({type(error).__name__}); only http:// and https:// "
            "proxies can: unset it, or put the provider's host into NO_PROXY"
        ) from error
    except OSError as error:
        raise UnusableEnvironment(
            f"{_set(_CERTIFICATES)} cannot be read as certificates ({error.strerror or type(error).__name__}); "
            "unset it, or name a file of certificates"
        ) from error


def _without_the_shells(request: httpx2.Request) -> None:
    """Take out OPENAI_ORG_ID and OPENAI_PROJECT_ID, which the client reads: nobody chose them for this address."""
    for name in _OF_THE_SHELL:
        request.headers.pop(name, None)


def _set(names: tuple[str, ...]) -> str:
    """The variables of these names that are set; their values may hold passwords."""
    spellings = (spelling for name in names for spelling in (name, name.lower()))
    return ", ".join(name for name in spellings if os.environ.get(name)) or " or ".join(names)
