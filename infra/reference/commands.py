"""Every command's own help."""

from collections.abc import Iterator

import click

from infra.cli.main import econchatr

WIDTH = 100
HEAD = """# Commands

What each says with `--help`. Exit codes: 0 when it succeeded, 1 when a run or a service failed, with the cause on
standard error, 2 for what the caller must change, 130 when it was stopped. `--show SHOW` is the same as the bare name.

For completion in bash: `eval "$(_ECONCHATR_COMPLETE=bash_source econchatr)"`; zsh has `zsh_source`, fish `fish_source`.

"""


def commands() -> str:
    """The help of every command, groups before what is in them."""
    return HEAD + "\n".join(
        f"## {context.command_path}\n\n```text\n{_help(context)}\n```\n"
        for context in _every(econchatr, "econchatr", None)
    )


def _every(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[click.Context]:
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=WIDTH, **command.context_settings
    )
    yield context
    if isinstance(command, click.Group):
        for inner, found in command.commands.items():
            yield from _every(found, inner, context)


def _help(context: click.Context) -> str:
    return "\n".join(line.rstrip() for line in context.get_help().splitlines())
