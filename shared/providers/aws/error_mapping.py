"""What it means for money when a call of boto3 brings no reply that can be used; see the other `error_mapping`."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from shared.errors import EconChatRError
from shared.providers.contract import (
    CredentialsRefused,
    ModelNotReady,
    OutcomeUnknown,
    ProviderRejected,
    ProviderUnavailable,
    RateLimited,
)
from shared.text import encodable

MAX_QUOTED = 500
REFUSED_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "UnrecognizedClientException",
    }
)
TOO_FAST_CODES = frozenset(
    {"ServiceQuotaExceededException", "SlowDown", "ThrottlingException", "TooManyRequestsException"}
)
# A model may have worked, and be billed, when these are said of its answer.
PERHAPS_DONE = frozenset({408, 424})
NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError)


class NotThere(ProviderRejected):
    """AWS does not know what is asked after."""


@contextmanager
def mapped_errors(doing: str, *, buys: bool = False, asks_a_model: bool = False) -> Iterator[None]:
    """Within the block, whatever goes wrong with a call or its reply becomes an error of ours.

    `buys`: the request costs money if it was acted upon. `asks_a_model`: not to be found means
    not to be there yet. Raises NotThere where AWS does not know what is asked after.
    """
    try:
        yield
    except EconChatRError:
        raise
    except ClientError as error:
        raise _mapped(error, doing, buys=buys, asks_a_model=asks_a_model) from error
    except (NoCredentialsError, CredentialRetrievalError) as error:
        raise CredentialsRefused(f"{doing}: there are no AWS credentials here ({error})") from error
    except ParamValidationError as error:
        raise ProviderRejected(f"{doing}: {str(error)[:MAX_QUOTED]}") from error
    except BotoCoreError as error:
        raise _unanswered(f"{doing}: no answer was received ({error}).", error, buys) from error
    except Exception as error:
        # A reply may be of any shape, and so may fail to be read in any way.
        sentence = f"{doing}: AWS's reply could not be understood ({type(error).__name__})."
        raise _unanswered(sentence, error, buys) from error


def _unanswered(sentence: str, error: Exception, buys: bool) -> EconChatRError:
    if buys and not isinstance(error, NEVER_SENT):
        return OutcomeUnknown(f"{sentence} It is not known whether it was done")
    return ProviderUnavailable(f"{sentence} Try again later")


def _mapped(error: ClientError, doing: str, *, buys: bool, asks_a_model: bool) -> EconChatRError:
    details = error.response.get("Error", {})
    code, message = details.get("Code", ""), encodable(details.get("Message", "")[:MAX_QUOTED])
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    sentence = f"{doing}: AWS said “{message}” ({code})."
    if status >= 500 or status in PERHAPS_DONE:
        return _unanswered(sentence, error, buys)
    if code in REFUSED_CODES:
        return CredentialsRefused(
            f"{sentence} See that the role may do this, and that the account has access to the model in "
            "this region"
        )
    if code in TOO_FAST_CODES:
        return RateLimited(f"{sentence} Try again later")
    if code == "ModelNotReadyException" or (status == 404 and asks_a_model):
        return ModelNotReady(
            f"{sentence} A new model may need some minutes; otherwise check its name"
        )
    if status == 404:
        return NotThere(sentence)
    return ProviderRejected(sentence)
