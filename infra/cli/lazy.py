"""A group's commands, each loaded when it is first asked for, and listed in sections."""

from collections.abc import Iterator, Mapping, Sequence
from pkgutil import resolve_name
from typing import Any

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


class Sections(click.Group):
    """A group whose help lists its commands in sections, in the order in which they are needed."""

    def __init__(self, *, sections: Mapping[str, Sequence[str]], **attributes: Any) -> None:
        super().__init__(**attributes)
        self._sections = sections

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """Return the names of the commands, section by section."""
        return [name for names in self._sections.values() for name in names]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section with its commands and what each does."""
        widest = max(map(len, self.list_commands(ctx)))
        for title, names in self._sections.items():
            with formatter.section(title):
                commands = [(name, self.get_command(ctx, name)) for name in names]
                rows = [
                    (f"{name:<{widest}}", command.get_short_help_str(formatter.width))
                    for name, command in commands
                    if command is not None
                ]
                formatter.write_dl(rows)
