"""What it means for money when a call of the `openai` client brings no reply that can be used.

Refused: surely not done, and never will be. Passing or not ready: surely not done, try again.
Unknown: perhaps done, and billed. (A reply that was billed but says nothing is `UNUSABLE`.)
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import openai

from shared.clock import retry_after, utc_now
from shared.errors import EconChatRError
from shared.providers.contract import (
    CredentialsRefused,
    FileNotReady,
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

PAYMENT_REQUIRED, REQUEST_TIMEOUT, TOO_FAST = 402, 408, 429
NOT_READY = frozenset({404, 409, 424, 425})
MAX_QUOTED = 500
MAX_SEARCHED = 2_000
# Codes and sentences differ by service, so the words of either decide.
_WORDS = re.IGNORECASE | re.DOTALL
_OUT_OF_MONEY = re.compile(
    r"insufficient[_ ](?:quota|balance|credits?|funds)|credit[_ ]balance|hard[_ ]limit|"
    r"billing[_ ](?:not[_ ]active|inactive|limit|details)|spend(?:ing)?[_ ]limit|"
    r"usage[_ ]limit[_ ](?:exceeded|reached)|account\b[^.]{0,40}(?:suspended|not active|inactive|overdue)|"
    r"(?:no|not enough|out of|exhausted)\b[^.]{0,20}\b(?:credits?|funds|balance)\b|"
    r"\b(?:credits?|balance|funds)\b[^.]{0,20}(?:exhausted|depleted|too low|used up|negative)|"
    r"payment (?:method|required|overdue)",
    _WORDS,
)
_BY_TIME = re.compile(
    r"per[_ ](?:second|minute|min|hour|day)\b|rate[_ ]limit|\b[rt]p[md]\b", _WORDS
)
_CAUSES: tuple[tuple[type[httpx2.HTTPError], str], ...] = (
    (httpx2.TimeoutException, "it took too long"),
    (httpx2.ProxyError, "the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names refused"),
    (httpx2.RemoteProtocolError, "the connection ended, or what came was not HTTP"),
    (httpx2.LocalProtocolError, "the request is none that HTTP can carry"),
    (httpx2.ConnectError, "no connection"),
    (httpx2.NetworkError, "the connection broke"),
)
_FILE_IN_PROCESS = re.compile(
    r"file.{0,200}(?:(?:being|still) (?:processed|processing|validated|imported)|"
    r"not[_ ](?:yet[_ ])?(?:been )?(?:ready|processed|validated)|(?:not|n't) in .{0,40}processed|"
    r"\bpending\b|must point to a completed)",
    _WORDS,
)
_MODEL_IN_PREPARATION = re.compile(
    r"(?:model|adapter|deployment|endpoint|replica)s?\b.{0,60}\b(?:loading|warming|starting|provisioning|"
    r"being (?:loaded|deployed|prepared)|not (?:yet )?(?:loaded|ready|deployed|available))|"
    r"warming[_ ]up|(?:model|adapter)[_ ](?:loading|warming|starting|not[_ ](?:ready|loaded))|cold start",
    _WORDS,
)
_NO_FREE_SLOT = re.compile(
    r"(?:concurrent|simultaneous|active|running|parallel|too many|at (?:once|a time)).{0,60}\bjobs?\b|"
    r"\bjobs?\b.{0,60}(?:concurrent|simultaneous|already (?:active|running|in progress)|at (?:once|a time))",
    _WORDS,
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
    if isinstance(error, openai.APIStatusError):
        passing = _passing(error, sentence, buys=buys, asks_a_model=asks_a_model)
        if passing or _is_definite(error.status_code):
            return passing or _refusal(error, doing, sentence)
    never_sent = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
    if buys and not never_sent:
        return OutcomeUnknown(f"{sentence} It is not known whether it was done")
    return ProviderUnavailable(f"{sentence} Try again later")


def _is_definite(status: int) -> bool:
    """Return whether an answer says that nothing was done: a redirect was not followed, so it does too."""
    return 300 <= status < 500 and status != REQUEST_TIMEOUT


def _passing(
    error: openai.APIStatusError, sentence: str, *, buys: bool, asks_a_model: bool
) -> EconChatRError | None:
    """Return why nothing was done now that will be done later; None where the service does not say so."""
    status, said = error.status_code, _said(error)
    preparing = status in NOT_READY or _MODEL_IN_PREPARATION.search(said)
    if asks_a_model and preparing and (status != REQUEST_TIMEOUT and not _is_about_money(error)):
        return ModelNotReady(
            f"{sentence} A new model may need some minutes; otherwise check its name"
        )
    if not _is_definite(status) or _is_about_money(error):
        return None
    if _FILE_IN_PROCESS.search(said):
        return FileNotReady(f"{sentence} The uploaded file is not ready yet; try again later")
    full = buys and not asks_a_model and _NO_FREE_SLOT.search(said)
    if status == TOO_FAST or full:
        wait = retry_after(error.response.headers, utc_now())
        return RateLimited(f"{sentence} Try again later", wait)
    return None


def _refusal(error: openai.APIStatusError, doing: str, sentence: str) -> EconChatRError:
    status = error.status_code
    if status == 403 and error.code == "training_not_available":
        return TrainingNotAvailable(
            f"{sentence} This organisation cannot create fine-tuning jobs; choose another provider"
        )
    if _is_about_money(error):
        return ProviderOutOfMoney(f"{sentence} Add credit or raise the limit at the provider")
    if status in (401, 403):
        # The service's own sentence may quote part of the key.
        return CredentialsRefused(
            f"{doing}: the provider refused the API key ({status} {_redacted(str(error.code or ''), error)}); "
            "check the key and what it is allowed to do"
        )
    if status < 400:
        sentence += (
            f" It points to {_redacted(error.response.headers.get('location', 'nowhere'), error)};"
        )
        return ProviderRejected(f"{sentence} check the provider's address ({status})")
    return ProviderRejected(f"{sentence} ({status})")


def _is_about_money(error: openai.APIStatusError) -> bool:
    """Return whether the account has no money: by its number, its code, or a sentence that names no rate."""
    status, codes = error.status_code, f"{error.code} {error.type}"
    if status == PAYMENT_REQUIRED:
        return True
    if status not in (400, 403, 412, TOO_FAST):
        return False
    said = _said(error)
    return bool(
        _OUT_OF_MONEY.search(codes) or (_OUT_OF_MONEY.search(said) and not _BY_TIME.search(said))
    )


def _said(error: openai.APIStatusError) -> str:
    """Return all words of a refusal, its code first: the client drops those of a body that has no `error`."""
    body = error.response.content[:MAX_SEARCHED].decode("utf-8", "replace")
    return f"{error.code} {error.message} {body}"


def _quoted(error: openai.APIError) -> str:
    if isinstance(error, openai.APIConnectionError) and error.__cause__:
        return f"no answer was received ({_unanswered(error.__cause__)})."
    said = error.message
    if isinstance(error, openai.APIStatusError) and said == f"Error code: {error.status_code}":
        said = error.response.content[:MAX_SEARCHED].decode("utf-8", "replace") or said
    return f"the provider said “{_redacted(said, error)}”."


def _unanswered(cause: BaseException) -> str:
    """Say in words of ours, or of the system's, why no answer came: those of a client may quote the request."""
    if isinstance(cause, ReplyTooLarge):
        return str(cause)
    below: BaseException | None = cause
    while below is not None:
        if isinstance(below, OSError) and below.strerror:
            return below.strerror
        below = below.__cause__ or below.__context__
    return next((words for kind, words in _CAUSES if isinstance(cause, kind)), type(cause).__name__)


def _redacted(text: str, error: openai.APIError) -> str:
    """Return the beginning of what a service said, without the key that it was sent: some quote the request."""
    key = error.request.headers.get("authorization", "").removeprefix("Bearer ")
    return encodable(without_key(text, key)[:MAX_QUOTED])
