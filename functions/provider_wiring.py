"""What the handlers that buy need besides: the providers, and the desk that buys there."""

from functools import cache, partial

import boto3
from botocore.config import Config

from functions.wiring import api_key, ledger, models_and_prices
from shared.ledger import Notifier
from shared.providers import check_listed
from shared.providers.openai_compat import OpenAICompatible
from shared.purchases import Desk
from shared.run import RunSettings
from shared.run.environment import environment


@cache
def provider(name: str) -> OpenAICompatible:
    """The provider called `name`, at the deployment's own address where it gives one."""
    known = models_and_prices().provider(name)
    address = environment().provider_base_url or None
    return OpenAICompatible.connect(known, partial(api_key, name), address)


@cache
def notifier() -> Notifier:
    """Who warns of the ceilings; gives up well before another takes its warning over."""
    patience = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
    return Notifier(boto3.client("sns", config=patience), environment().topic_arn, ledger())


def check_providers(settings: RunSettings) -> None:
    """Raise unless every provider of the run answers, takes its key and lists the models."""
    wanted = [(model.provider, model.base_model) for model in settings.models]
    check_listed(wanted, provider, "the secret that the stack names ProviderSecret")


def desk() -> Desk:
    """Where purchases are made."""
    return Desk(ledger(), provider, warn=notifier().warn)
