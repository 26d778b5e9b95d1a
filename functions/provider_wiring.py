"""What the handlers that buy need besides: the providers, and what buying there needs."""

from collections.abc import Callable
from functools import cache, partial

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from functions.wiring import api_key, bucket, ledger
from shared.catalogue import Provider
from shared.ledger import Notifier
from shared.providers import ModelProvider, check_models_listed, factory
from shared.purchases import PurchaseContext
from shared.run import RunSettings
from shared.run.environment import environment

ROOM_MILLISECONDS = 180_000


def provider(settings: RunSettings, name: str) -> ModelProvider:
    """Return the provider called `name` from the run's manifest, at the deployment's own address if it has one."""
    return _connected(settings.provider(name).model_dump_json())


@cache
def _connected(profile: str) -> ModelProvider:
    known = Provider.model_validate_json(profile)
    here = environment()
    rights = factory.Rights(bucket(), here.training_role_arn)
    # Another address speaks OpenAI's protocol, unless it is the stand-in's, which speaks all.
    elsewhere = known.api == "openai" or here.stand_in
    address = here.provider_base_url if elsewhere else ""
    return factory.connect(known, partial(api_key, known.provider), rights, address or None)


@cache
def notifier() -> Notifier:
    """Return the notifier of the ceilings; it gives up well before another may take its warning over."""
    patience = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
    return Notifier(boto3.client("sns", config=patience), environment().topic_arn, ledger())


def check_providers(settings: RunSettings) -> None:
    """Raise unless every provider of the run answers, takes its key and lists the models."""
    wanted = [(model.provider, model.base_model) for model in settings.models]
    check_models_listed(
        wanted, partial(provider, settings), "the secret that the stack names ProviderSecret"
    )


def deadline_near(context: LambdaContext) -> Callable[[], bool]:
    """Return whether the function has too little time left for another answer, waits for a busy provider included."""
    return lambda: int(context.get_remaining_time_in_millis()) < ROOM_MILLISECONDS


def purchase_context(settings: RunSettings) -> PurchaseContext:
    """Return what a run needs to buy."""
    return PurchaseContext(ledger(), partial(provider, settings), warn=notifier().warn)
