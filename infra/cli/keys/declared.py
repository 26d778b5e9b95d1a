"""How `econchatr keys` is typed; each command imports what it needs when it is called."""

from pathlib import Path
from typing import Any

import click

from infra.cli import arguments as typed


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


_own_catalogue = click.option(
    "--catalogue", type=Path, metavar="FILE", help="Providers of your own."
)


@keys.command(
    "set",
    short_help="Keep a provider's key.",
    epilog="""\b
Examples:
  econchatr keys set nebius
  econchatr keys set nebius < key.txt""",
)
@click.argument("name", metavar="PROVIDER_OR_HOST")
@_own_catalogue
def keys_set(**given: Any) -> int:
    """Keep a provider's key: asked for without an echo, or read from standard input."""
    from infra.cli.keys import commands

    return commands.put(typed.Keys(**given))


@keys.command(
    "list",
    short_help="Which providers there is a key for, and where.",
    epilog="""\b
Example:
  econchatr keys list""",
)
@_own_catalogue
def keys_list(**given: Any) -> int:
    """Which providers there is a key for, and where; never the key."""
    from infra.cli.keys import commands

    return commands.show(typed.Keys(**given))


@keys.command(
    "forget",
    short_help="Take a provider's key out of the store.",
    epilog="""\b
Example:
  econchatr keys forget nebius""",
)
@click.argument("name", metavar="PROVIDER_OR_HOST")
def keys_forget(**given: Any) -> int:
    """Take a provider's key out of the store."""
    from infra.cli.keys import commands

    return commands.forget(typed.Keys(**given))
