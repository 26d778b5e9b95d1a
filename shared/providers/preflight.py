"""Whether providers can be asked for what a run wants: one free call each, before anything is read or bought."""

from collections.abc import Callable, Iterable
from typing import Protocol

from shared.errors import BadInput, EconChatRError, Transient
from shared.providers.contract import CredentialsRefused


class ProviderUnusable(BadInput):
    """The provider does not answer as one, refuses the key, or does not know the model."""


class Lister(Protocol):
    """Who can say which models it has, and where it is."""

    @property
    def base_url(self) -> str: ...

    def model_names(self) -> frozenset[str]: ...


def check_models_listed(
    wanted: Iterable[tuple[str, str]], provider: Callable[[str], Lister], key_in: str
) -> None:
    """Raise ProviderUnusable unless address, key and models of every provider stand one free call.

    `wanted` are pairs of a provider's name and a model's name there; `key_in` says where the keys are
    kept. A provider that lists nothing will do. A Transient error is left as it is,
    for another try, and so is a key that is not there.
    """
    models: dict[str, list[str]] = {}
    for name, model in wanted:
        models.setdefault(name, []).append(model)
    for name, names in models.items():
        lister = provider(name)
        listed = listed_models(lister, key_in)
        missing = [model for model in names if listed and model not in listed]
        if missing:
            raise ProviderUnusable(
                f"{lister.base_url} does not list {', '.join(missing)} among its {len(listed)} models; "
                "nothing was bought; choose another model, or name it in a catalogue of your own as "
                "this provider does"
            )


def listed_models(lister: Lister, key_in: str) -> frozenset[str]:
    """Return the models that the provider lists for this key; raises ProviderUnusable, or Transient as it is."""
    try:
        return lister.model_names()
    except (BadInput, Transient):
        raise
    except CredentialsRefused as error:
        raise ProviderUnusable(
            f"{lister.base_url} refuses the key in {key_in} ({error}); nothing was bought"
        ) from error
    except EconChatRError as error:
        raise ProviderUnusable(
            f"{lister.base_url} did not answer as a model provider does ({error}); nothing was bought; "
            "check the address, which often ends in /v1/"
        ) from error
