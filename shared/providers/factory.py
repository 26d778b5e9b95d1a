"""The way to a provider: which adapter its profile wants, and what that needs to be let in."""

from shared.catalogue import Provider
from shared.providers.aws import Bedrock, Rights
from shared.providers.contract import ModelProvider
from shared.providers.keys import KeySource
from shared.providers.openai_compat import OpenAICompatible

__all__ = ["Rights", "connect"]


def connect(
    provider: Provider, key: KeySource, rights: Rights, address: str | None = None
) -> ModelProvider:
    """Return the provider at its own address unless `address` says otherwise.

    `key` opens what speaks OpenAI's protocol, `rights` what speaks AWS's.
    """
    if provider.api == "bedrock":
        return Bedrock.connect(provider, rights, address)
    return OpenAICompatible.connect(provider, key, address)
