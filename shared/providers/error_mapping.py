"""What it means for money when a call of the `openai` client brings no reply that can be used.

Refused: surely not done, and never will be. Passing or not ready: surely not done, try again.
Unknown: perhaps done, and billed. (A reply that was billed but says nothing is `UNUSABLE`.)
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import openai

from shared.errors import EconChatRError
from shared.providers.contract import (
    CredentialsRefused,
    ModelNotReady,
    OutcomeUnknown,
    ProviderOutOfMoney,
    ProviderRejected,
    ProviderUnavailable,
    RateLimited,
    TrainingNotAvailable,
)
from shared.providers.size import ReplyTooLarge
from shared.text import encodable, without_key

OUT_OF_MONEY = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    }
)
PAYMENT_REQUIRED, REQUEST_TIMEOUT = 402, 408
MAX_QUOTED = 500
_WORDS: tuple[tuple[type[httpx2.HTTPError], str], ...] = (
    (httpx2.TimeoutException, "it took too long"),
    (httpx2.ProxyError, "the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names refused"),
    (httpx2.RemoteProtocolError, "the connection ended, or what came was not HTTP"),
    (httpx2.LocalProtocolError, "the request is none that HTTP can carry"),
    (httpx2.ConnectError, "no connection"),
    (httpx2.NetworkError, "the connection broke"),
)
# The sentences differ by service and their codes say nothing, so the words decide.
_FILE_IN_PROCESS = re.compile(
    r"\bfile\b.{0,200}(?:being (?:processed|validated|imported)|not (?:yet )?(?:been )?"
    r"(?:ready|processed|validated)|(?:not|n't) in .{0,40}processed|\bpending\b|"
    r"must point to a completed)",
    re.IGNORECASE | re.DOTALL,
)


@contextmanager
def mapped_errors(doing: str, *, buys: bool = False, asks_a_model: bool = False) -> Iterator[None]:
    """Within the block, whatever goes wrong with a call or its reply becomes an error of ours.

    `buys`: the request costs money if it was acted upon. `asks_a_model`: not to be found means
    not to be there yet.
    """
    try:
        yield
    except EconChatRError:
        raise
    except openai.APIError as error:
        raise _mapped(error, doing, buys=buys, asks_a_model=asks_a_model) from error
    except Exception as error:
        # A reply may be of any shape, and so may fail to be read in any way.
        family = OutcomeUnknown if buys else ProviderUnavailable
        raise family(
            f"{doing}: the provider's reply could not be understood ({type(error).__name__})"
        ) from error


def _mapped(
    error: openai.APIError, doing: str, *, buys: bool, asks_a_model: bool
) -> EconChatRError:
    sentence = f"{doing}: {_quoted(error)}"
    if isinstance(error, openai.APIStatusError) and _is_definite(error.status_code):
        return _mapped_definite(error, doing, sentence, asks_a_model=asks_a_model)
    never_sent = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
    if buys and not never_sent:
        return OutcomeUnknown(f"{sentence} It is not known whether it was done")
    return ProviderUnavailable(f"{sentence} Try again later")


def _is_definite(status: int) -> bool:
    """Return whether an answer says that nothing was done: a redirect was not followed, so it does too."""
    return 300 <= status < 500 and status != REQUEST_TIMEOUT


def _mapped_definite(
    error: openai.APIStatusError, doing: str, sentence: str, *, asks_a_model: bool
) -> EconChatRError:
    status = error.status_code
    if status == 403 and error.code == "training_not_available":
        return TrainingNotAvailable(
            f"{sentence} This organisation cannot create fine-tuning jobs; choose another provider"
        )
    if status in (401, 403):
        # The service's own sentence may quote part of the key.
        return CredentialsRefused(
            f"{doing}: the provider refused the API key ({status} {_redacted(error.code or '', error)}); "
            "check the key and what it is allowed to do"
        )
    if status == PAYMENT_REQUIRED or OUT_OF_MONEY & set(filter(_is_text, (error.code, error.type))):
        return ProviderOutOfMoney(f"{sentence} Add credit or raise the limit at the provider")
    if status == 429:
        return RateLimited(f"{sentence} Try again later", _seconds(error.response.headers))
    if _FILE_IN_PROCESS.search(error.message):
        return ProviderUnavailable(
            f"{sentence} The uploaded file is not ready yet; try again later"
        )
    if status == 404 and asks_a_model:
        return ModelNotReady(
            f"{sentence} A new model may need some minutes; otherwise check its name"
        )
    if status < 400:
        sentence += (
            f" It points to {_redacted(error.response.headers.get('location', 'nowhere'), error)};"
        )
        return ProviderRejected(f"{sentence} check the provider's address ({status})")
    return ProviderRejected(f"{sentence} ({status})")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _seconds(headers: httpx2.Headers) -> float | None:
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


def _quoted(error: openai.APIError) -> str:
    if isinstance(error, openai.APIConnectionError) and error.__cause__:
        return f"no answer was received ({_unanswered(error.__cause__)})."
    return f"the provider said “{_redacted(error.message, error)}”."


def _unanswered(cause: BaseException) -> str:
    """Say in words of ours, or of the system's, why no answer came: those of a client may quote the request."""
    if isinstance(cause, ReplyTooLarge):
        return str(cause)
    below: BaseException | None = cause
    while below is not None:
        if isinstance(below, OSError) and below.strerror:
            return below.strerror
        below = below.__cause__ or below.__context__
    return next((words for kind, words in _WORDS if isinstance(cause, kind)), type(cause).__name__)


def _redacted(text: str, error: openai.APIError) -> str:
    """Return the beginning of what a service said, without the key that it was sent: some quote the request."""
    key = error.request.headers.get("authorization", "").removeprefix("Bearer ")
    return encodable(without_key(text, key)[:MAX_QUOTED])
