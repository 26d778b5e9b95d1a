"""Before money moves: who will be asked is said, found to answer, and agreed to."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.cli.terminal.screen import print_wrapped
from infra.local import own
from infra.local.keys import VARIABLE, owner
from infra.local.laptop import api_key
from shared import money
from shared.catalogue import Catalogue
from shared.errors import BadInput, Transient
from shared.providers import ProviderUnusable, check_models_listed, listed_models
from shared.run import RunSettings
from shared.text import on_own_machine

if TYPE_CHECKING:
    from shared.providers.openai_compat import OpenAICompatible

KEY_IN = f"the provider's variable, the system's store or {VARIABLE}"


class NotAgreed(BadInput):
    """A purchase or a removal that nobody said yes to."""


def before_money_moves(
    settings: RunSettings, models: Catalogue, base_url: str | None, *, yes: bool
) -> None:
    """Say who will be asked; where that is a real provider, see that it can be, and ask the person.

    Raises ProviderUnusable, NotAgreed or NoApiKey, with nothing scraped or bought.
    """
    if base_url is None:
        print_wrapped(_own(settings) if own.bases(settings) else _stand_in(settings))
        return
    _refuse_other_protocols(settings, base_url)
    _refuse_other_places(settings, models, base_url)
    named = ", ".join(f"{model.base_model} ({model.provider})" for model in settings.models)
    print_wrapped(f"Provider: {base_url}, a real one, for {named}")
    if settings.dry_run:
        return
    most = min(settings.ceiling_usd, settings.month_ceiling_usd)
    if not yes and not sys.stdin.isatty():
        raise NotAgreed(
            f"this buys for up to {money.format_usd(most)} USD at {base_url} and there is no terminal "
            "to ask at; add --yes to agree beforehand"
        )
    check_provider(settings, models, base_url)
    if not yes:
        agree(
            f"Buy for at most {money.format_usd(most)} USD at {base_url}?",
            "nothing was bought, because the answer was not yes",
        )


def agree(question: str, otherwise: str) -> None:
    """Ask the person at the terminal; raises NotAgreed with `otherwise` unless the answer is yes."""
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in ("y", "yes"):
        raise NotAgreed(otherwise)


def _refuse_other_protocols(settings: RunSettings, base_url: str) -> None:
    for model in (*settings.models, *settings.judges):
        if settings.provider(model.provider).api != "openai":
            raise ProviderUnusable(
                f"{model.model} is asked at {model.provider}, which does not speak OpenAI's protocol, so "
                f"that {base_url} cannot stand for it; leave --openai-base-url out to try it with the "
                "stand-in, or start the run in a deployed stack"
            )


def _refuse_other_places(settings: RunSettings, models: Catalogue, base_url: str) -> None:
    """A provider's own address has its own models alone; what is behind another may have any."""
    there = owner(base_url, models)
    if on_own_machine(base_url) or there not in {one.provider for one in models.providers}:
        return
    for model in settings.models:
        if model.provider != there:
            raise ProviderUnusable(
                f"{model.model} is {model.provider}'s, and {base_url} is {there}'s; --provider {model.provider} asks "
                "there, and a run of models of several providers needs a deployed stack"
            )


def check_provider(settings: RunSettings, models: Catalogue, base_url: str) -> None:
    """Raise ProviderUnusable unless address, key and models stand one free call."""
    wanted = [(model.provider, model.base_model) for model in settings.models]
    with _unusable_while_silent(base_url):
        check_models_listed(wanted, _connection(models, base_url), KEY_IN)


def what_the_key_may(models: Catalogue, base_url: str) -> tuple[frozenset[str], bool]:
    """Return the models that the provider at an address lists for the key, and whether it shows jobs of it; free.

    Raises ProviderUnusable or NoApiKey.
    """
    connection = _connection(models, base_url)(models.providers[0].provider)
    with _unusable_while_silent(base_url):
        return listed_models(connection, KEY_IN), bool(connection.jobs())


def _connection(models: Catalogue, base_url: str) -> "Callable[[str], OpenAICompatible]":
    # Slow to import, and needed where a real provider is asked alone.
    from shared.providers.openai_compat import OpenAICompatible

    key = api_key(base_url, models)
    return lambda name: OpenAICompatible.connect(models.provider(name), lambda _: key, base_url)


@contextmanager
def _unusable_while_silent(base_url: str) -> Iterator[None]:
    try:
        yield
    except Transient as error:
        raise ProviderUnusable(
            f"{base_url} does not answer now ({error}); nothing was bought; check the address, which "
            "often ends in /v1/, or try again later"
        ) from error


def _own(settings: RunSettings) -> str:
    names = ", ".join(model.base_model for model in settings.models)
    judged = "" if settings.judges else "; nobody judges, because a stand-in would"
    return f"Provider: this machine, which tunes {names} (minutes, where there is no GPU){judged}"


def _stand_in(settings: RunSettings) -> str:
    names = ", ".join(model.model for model in settings.models)
    means = "a plan asks nobody" if settings.dry_run else "it makes answers up and charges nothing"
    return f"Provider: none; on this machine a stand-in for {names} takes the place of the real ones ({means})"
