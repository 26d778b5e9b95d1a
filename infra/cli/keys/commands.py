"""`econchatr keys`: put a provider's key into the system's own store, say which there are, take one out."""

import sys
from difflib import get_close_matches

import click

from infra.cli import inputs
from infra.cli.arguments import Keys
from infra.cli.terminal.screen import print_table
from infra.local import keys
from shared.catalogue import Catalogue
from shared.errors import BadInput, InvalidField

LONGEST = 4096


class BadKey(BadInput):
    """What was given is no API key."""


def put(arguments: Keys) -> int:
    """Read a key from a hidden prompt, or from standard input, and keep it; 0."""
    name = known(arguments.name, inputs.models_and_prices(arguments.catalogue))
    place = keys.store()  # before anybody types a key for nothing
    keys.put(name, typed_key(name))
    print(f"The key for {name} is in {place}; `--openai-base-url` finds it there.")
    return 0


def show(arguments: Keys) -> int:
    """Say for each provider whether there is a key, and where; 0."""
    rows = []
    for provider in inputs.models_and_prices(arguments.catalogue).providers:
        if provider.api == "openai":
            places = ", then ".join(keys.places(provider.provider))
            rows.append((provider.provider, provider.base_url, places or "none"))
    print_table(("provider", "address", "key in"), rows)
    return 0


def forget(arguments: Keys) -> int:
    """Take a key out of the store; 0, also where there is none."""
    was_there = keys.forget(arguments.name)
    print(f"{'Forgot' if was_there else 'There is no'} key for {arguments.name}.")
    return 0


def known(name: str, models: Catalogue) -> str:
    """A provider's name, or the host of an address; raises InvalidField."""
    providers = [one.provider for one in models.providers if one.api == "openai"]
    if name in providers or "." in name:
        return name
    near = get_close_matches(name.lower(), providers, n=1)
    raise InvalidField(
        f"keys are kept by provider, and {name!r} is none of {', '.join(providers)}; "
        + (f"did you mean {near[0]}? " if near else "")
        + "for another "
        "service name the host of its address, such as api.example.org"
    )


def typed_key(name: str) -> str:
    """The key, never echoed and never an argument, which would stay in the shell's history; raises BadKey."""
    text = (
        click.prompt(f"API key for {name}", hide_input=True)
        if sys.stdin.isatty()
        else sys.stdin.read(LONGEST + 2)  # enough to see that it is too long
    )
    key = text.strip()
    if not key or len(key) > LONGEST or not key.isascii() or len(key.split()) > 1:
        raise BadKey(
            f"what was given is no API key ({len(key)} characters); a key is one word of at most {LONGEST}"
        )
    return key
