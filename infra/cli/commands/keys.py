"""`econchatr keys`: put a provider's key into the system's own store, say which there are, take one out."""

from pathlib import Path

import click

from infra.cli import options


@click.group(
    short_help="Providers' API keys, in the system's own store of secrets.",
    epilog="""\b
Example:
  econchatr keys set nebius""",
)
def keys() -> None:
    """Providers' API keys, in the system's own store of secrets.

    A provider's own variable, such as NEBIUS_API_KEY, goes before it. OPENAI_API_KEY is OpenAI's own, and asked
    last for every other.
    """


@keys.command(
    "set",
    short_help="Keep a provider's key.",
    epilog="""\b
Examples:
  econchatr keys set nebius
  econchatr keys set nebius < key.txt""",
)
@click.argument("name", metavar="PROVIDER_OR_HOST")
@options.providers_of_your_own
def keys_set(name: str, catalogue: Path | None) -> int:
    """Keep a provider's key: asked for without an echo, or read from standard input."""
    from infra.cli import inputs
    from infra.local import keys as store

    provider = inputs.provider_name(name, inputs.models_and_prices(catalogue))
    place = store.store()  # before anybody types a key for nothing
    store.put(provider, inputs.typed_key(provider))
    print(f"The key for {provider} is in {place}; `--openai-base-url` finds it there.")
    return 0


@keys.command(
    "list",
    short_help="Which providers there is a key for, and where.",
    epilog="""\b
Example:
  econchatr keys list""",
)
@options.providers_of_your_own
def keys_list(catalogue: Path | None) -> int:
    """Which providers there is a key for, and where; never the key."""
    from infra.cli import inputs
    from infra.cli.terminal.screen import print_table
    from infra.local import keys as store

    rows = []
    for provider in inputs.with_keys(inputs.models_and_prices(catalogue)):
        places = ", then ".join(store.places(provider.provider))
        rows.append((provider.provider, provider.base_url, places or "none"))
    print_table(("provider", "address", "key in"), rows)
    return 0


@keys.command(
    "forget",
    short_help="Take a provider's key out of the store.",
    epilog="""\b
Example:
  econchatr keys forget nebius""",
)
@click.argument("name", metavar="PROVIDER_OR_HOST")
def keys_forget(name: str) -> int:
    """Take a provider's key out of the store."""
    from infra.local import keys as store

    was_there = store.forget(name)
    print(f"{'Forgot' if was_there else 'There is no'} key for {name}.")
    return 0
