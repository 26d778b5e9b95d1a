"""What the handlers that buy need besides: the providers, and the desk that buys there."""

from functools import cache

from functions.wiring import api_key, ledger, models_and_prices
from shared.environment import environment
from shared.providers.openai_compat import OpenAICompatible
from shared.purchases import Desk


@cache
def provider(name: str) -> OpenAICompatible:
    """The provider called `name`, at the deployment's own address where it gives one."""
    known = models_and_prices().provider(name)
    return OpenAICompatible.connect(known, api_key(name), environment().provider_base_url or None)


def desk() -> Desk:
    """Where purchases are made."""
    return Desk(ledger(), provider)
