"""A group's commands, each loaded when it is first asked for."""

from collections.abc import Iterator, Mapping
from pkgutil import resolve_name

import click


class LazyCommands(Mapping[str, click.Command]):
    """The commands of a group by name, from where each is declared, as `package.module:attribute`.

    A click group looks commands up, lists them and suggests them here as in any other mapping, and loads only those
    that it needs.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> click.Command:
        found: click.Command = resolve_name(self._places[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
