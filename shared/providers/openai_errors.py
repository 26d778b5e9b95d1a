"""What a failure of the `openai` client means for money."""

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

OUT_OF_MONEY = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    }
)
MAX_QUOTED = 500


def meaning(error: openai.APIError, doing: str, *, buys: bool) -> EconChatRError:
    """Our error for `error`; a failure that may have come after the deed is OutcomeUnknown."""
    if isinstance(error, openai.APIStatusError) and _is_definite(error.status_code):
        return _refusal(error, doing)
    never_sent = isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
    if buys and not never_sent:
        return OutcomeUnknown(f"{doing}: {_quoted(error)} It is not known whether it was done")
    return ProviderUnavailable(f"{doing}: {_quoted(error)} Try again later")


def unreadable(doing: str, *, buys: bool) -> EconChatRError:
    """Our error for a reply that does not read as what was asked for."""
    family = OutcomeUnknown if buys else ProviderUnavailable
    return family(f"{doing}: the provider's reply could not be understood")


def _is_definite(status: int) -> bool:
    return 400 <= status < 500 and status != 408


def _refusal(error: openai.APIStatusError, doing: str) -> EconChatRError:
    said = f"{doing}: {_quoted(error)}"
    if error.status_code == 403 and error.code == "training_not_available":
        return TrainingNotAvailable(
            f"{said} This organisation cannot create fine-tuning jobs; choose another provider"
        )
    if error.status_code in (401, 403):
        # The service's own sentence may quote part of the key.
        return CredentialsRefused(
            f"{doing}: the provider refused the API key ({error.status_code} {error.code}); "
            "check the key and what it is allowed to do"
        )
    if error.status_code == 429:
        return _too_much(error, said)
    if error.status_code == 404 and error.code == "model_not_found":
        return ModelNotReady(f"{said} A new model may need some minutes; otherwise check its name")
    return ProviderRejected(f"{said} ({error.status_code})")


def _too_much(error: openai.APIStatusError, said: str) -> EconChatRError:
    if OUT_OF_MONEY & {error.code, error.type}:
        return ProviderOutOfMoney(f"{said} Add credit or raise the limit at the provider")
    return RateLimited(f"{said} Try again later", _seconds(error.response.headers))


def _seconds(headers: httpx2.Headers) -> float | None:
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


def _quoted(error: openai.APIError) -> str:
    return f"the provider said “{error.message[:MAX_QUOTED]}”."
