"""Every command of the README and of docs/ is one that there is, with options that it has."""

import re
import shlex

import click
import pytest

from infra.cli.main import econchatr
from tests.places import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^```(?:console|sh|bash)?\n(.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(econchatr [^`]+)`")


def fenced(page):
    """The lines of a page's fenced blocks, those that go on joined."""
    for block in FENCED.findall(page.read_text("utf-8")):
        yield from block.replace("\\\n", " ").splitlines()


def pasted(program):
    """Each use of a program in a fenced block, as a shell splits it."""
    lines = [(page.name, line.strip()) for page in PAGES for line in fenced(page)]
    return [
        pytest.param(words[1:], id=f"{name}: {line[:60]}")
        for name, line in lines
        if re.match(rf"(?:\.venv/bin/)?{program}\b", line)
        and (words := shlex.split(line, comments=True))
    ]


def command_of(words):
    """The command that the words call, a group's own included, and what is left for it."""
    context = click.Context(econchatr, info_name="econchatr")
    _, command, rest = econchatr.resolve_command(context, list(words))
    if isinstance(command, click.Group) and rest:
        _, command, rest = command.resolve_command(click.Context(command), rest)
    return command, rest


@pytest.mark.parametrize("words", pasted("econchatr"))
def test_what_can_be_pasted_is_understood(words):
    command, rest = command_of(words)
    command.make_context(command.name, rest)


@pytest.mark.parametrize("words", pasted("make"))
def test_what_can_be_made_is_in_the_makefile(words):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert next(word for word in words if "=" not in word) in targets


@pytest.mark.parametrize(
    "text", sorted({found for page in PAGES for found in INLINE.findall(page.read_text("utf-8"))})
)
def test_what_is_named_in_a_sentence_has_the_options_it_is_named_with(text):
    words = text.replace("[", " ").replace("]", " ").split()[1:]
    if words[0].startswith("-"):
        known = {
            name
            for option in econchatr.get_params(click.Context(econchatr))
            for name in option.opts
        }
    else:
        command, _ = command_of(words[:2])
        known = {name for option in command.params for name in option.opts}
    asked = {word for word in words if re.fullmatch(r"--[a-z-]+", word)} - {"--help"}
    assert asked <= known


def test_there_is_something_to_paste_and_a_wrong_option_would_be_noticed():
    assert len(pasted("econchatr")) >= 6
    assert pasted("make")
    command, rest = command_of(["plan", "demo", "--cieling", "5"])
    with pytest.raises(click.UsageError):
        command.make_context(command.name, rest)
