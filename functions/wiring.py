"""What every handler needs, built once per worker from its environment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.middleware_factory import lambda_handler_decorator
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore import exceptions

from shared import catalogue
from shared.catalogue import Catalogue
from shared.errors import AwsUnavailable, EconChatRError, NoApiKey
from shared.lake import Bucket, keys
from shared.ledger import Ledger
from shared.run import RunSettings, frozen
from shared.run.environment import environment
from shared.text import cleaned_key

logger = Logger()
Handler = Callable[[dict[str, Any], LambdaContext], Any]
_UNREACHED = (
    exceptions.ConnectionError,
    exceptions.HTTPClientError,
    exceptions.IncompleteReadError,
    exceptions.CredentialRetrievalError,
)
_THROTTLES = {
    *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "SlowDown"),
    *("RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded"),
    *("ProvisionedThroughputExceededException", "BandwidthLimitExceeded", "LimitExceededException"),
    *("RequestTimeout", "RequestTimeoutException", "TransactionInProgressException"),
    *("PriorRequestNotComplete", "EC2ThrottledException", "InternalError", "ServiceUnavailable"),
}
WHOSE = ("run_id", "model", "arm", "judge", "batch")


def logged(handler: Handler) -> Handler:
    """Return a handler that logs one line per call: the run, model or batch, the result and counts; never any text."""
    wrapped: Handler = logger.inject_lambda_context(_log_outcome(handler), clear_state=True)
    return wrapped


@lambda_handler_decorator
def _log_outcome(handler: Handler, event: dict[str, Any], context: LambdaContext) -> Any:
    logger.append_keys(**{name: event[name] for name in WHOSE if event.get(name)})
    try:
        with aws_trouble():
            result = handler(event, context)
    except Exception as error:
        logger.error("failed", extra={"error": type(error).__name__})
        raise
    logger.info("done", extra={"outcome": _outcome(result)})
    return result


@contextmanager
def aws_trouble() -> Iterator[None]:
    """Raise AwsUnavailable for whatever boto3 raises in the block that another try may cure; the rest as it is."""
    try:
        yield
    except EconChatRError:
        raise
    except Exception as error:
        if trouble := _trouble(error):
            raise AwsUnavailable(
                f"AWS is in trouble ({trouble}); it is asked again for forty minutes"
            ) from error
        raise


def _trouble(error: BaseException | None) -> str | None:
    """Return what AWS said, where an error or what it came from is a failed connection, a throttle or a 5xx."""
    while error is not None:
        if isinstance(error, _UNREACHED):
            return f"{type(error).__name__}: {error}"
        if isinstance(error, exceptions.ClientError):
            code = error.response.get("Error", {}).get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            return str(error) if status >= 500 or status == 429 or code in _THROTTLES else None
        error = error.__cause__
    return None


def _outcome(result: object) -> dict[str, Any]:
    """Return the parts of a result that may be logged: numbers, booleans, lengths of lists and mappings, the status."""
    if not isinstance(result, dict):
        return {}
    counts = {name: len(value) for name, value in result.items() if isinstance(value, list | dict)}
    plain = {name: value for name, value in result.items() if isinstance(value, int | float)}
    status = {"status": result["status"]} if "status" in result else {}
    return {**plain, **counts, **status}


@cache
def bucket() -> Bucket:
    """Return the bucket, bytes and JSON only."""
    return Bucket(boto3.client("s3"), environment().bucket)


@cache
def ledger() -> Ledger:
    """Return the ledger."""
    return Ledger(boto3.client("dynamodb"), environment().ledger_table)


def models_and_prices() -> Catalogue:
    """Return the packaged catalogue, with the user's own in front where the bucket holds one."""
    own = bucket().read(keys.CATALOGUE)
    if own is None:
        return catalogue.packaged()
    text = own.decode("utf-8", errors="replace")
    return catalogue.extended(text, keys.CATALOGUE)


def api_key(provider: str, anew: bool = False) -> str:
    """Return the provider's key from Secrets Manager, at most five minutes old, or read `anew`.

    Raises NoApiKey when the secret does not hold one.
    """
    secret: Any = parameters.get_secret(
        environment().provider_secret_id, transform="json", max_age=300, force_fetch=anew
    )
    key = cleaned_key(str(secret.get(provider) or ""), f"the provider secret's {provider}")
    if not key:
        raise NoApiKey(
            f"the provider secret holds no key for {provider}; store a JSON object such as "
            f'{{"{provider}": "..."}} in the secret that the stack names ProviderSecret'
        )
    return key


def settings_of(run_id: str) -> RunSettings:
    """Return the run's frozen settings."""
    return frozen(bucket().read_json(keys.manifest(run_id)))


def settings_if_prepared(run_id: str) -> RunSettings | None:
    """Return the same, None where the run's input was refused, so that its ledger was never opened."""
    manifest = bucket().read_json(keys.manifest(run_id))
    return None if manifest is None else frozen(manifest)
