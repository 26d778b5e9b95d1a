"""What every handler needs, built once per worker from its environment."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities import parameters

from shared import catalogue
from shared.catalogue import Catalogue
from shared.errors import NoApiKey
from shared.lake import Bucket, keys
from shared.ledger import Ledger
from shared.run import RunSettings, frozen
from shared.run.environment import environment

logger = Logger()


@cache
def bucket() -> Bucket:
    """The bucket, bytes and JSON only."""
    return Bucket(boto3.client("s3"), environment().bucket)


@cache
def ledger() -> Ledger:
    """The ledger."""
    return Ledger(boto3.client("dynamodb"), environment().ledger_table)


def models_and_prices() -> Catalogue:
    """The packaged catalogue, with the user's own in front where the bucket holds one."""
    own = bucket().read(keys.CATALOGUE)
    if own is None:
        return catalogue.packaged()
    text = own.decode("utf-8", errors="replace")
    return catalogue.overridden(catalogue.packaged(), catalogue.parse(text, keys.CATALOGUE))


def api_key(provider: str, anew: bool = False) -> str:
    """The provider's key from Secrets Manager, at most five minutes old, or read `anew`.

    Raises NoApiKey when the secret does not hold one.
    """
    secret: Any = parameters.get_secret(
        environment().provider_secret_id, transform="json", max_age=300, force_fetch=anew
    )
    if not secret.get(provider):
        raise NoApiKey(
            f"the provider secret holds no key for {provider}; store a JSON object such as "
            f'{{"{provider}": "..."}} in the secret that the stack names ProviderSecret'
        )
    return str(secret[provider])


def settings_of(run_id: str) -> RunSettings:
    """The run's frozen settings."""
    return frozen(bucket().read_json(keys.manifest(run_id)))


def settings_if_prepared(run_id: str) -> RunSettings | None:
    """The same, None where the run's input was refused, so that its ledger was never opened."""
    manifest = bucket().read_json(keys.manifest(run_id))
    return None if manifest is None else frozen(manifest)
