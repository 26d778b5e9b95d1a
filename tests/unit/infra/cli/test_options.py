"""Options reach a command with the types it is written for, those that belong together as one record."""

import inspect
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

import click
import pytest

from infra.cli import local_run, main, options
from infra.cli.options import RunFields, RunLocation, StackRef


def leaves(command, *above):
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from leaves(inner, *above, name)
    else:
        yield " ".join(above), command


COMMANDS = dict(leaves(main.econchatr))


def taken(command):
    """The types of what a command's function takes, records taken apart, by the names of its options."""
    function = inspect.unwrap(command.callback)
    hints = get_type_hints(function)
    for name in inspect.signature(function).parameters:
        kind = hints[name]
        if is_dataclass(kind):
            yield from ((field.name, get_type_hints(kind)[field.name]) for field in fields(kind))
        else:
            yield name, kind


def given(param):
    """The types of what click gives for an option or an argument."""
    if param.multiple if isinstance(param, click.Option) else param.nargs == -1:
        return {tuple}
    kinds = {
        click.types.BoolParamType: bool,
        click.types.IntParamType: int,
        click.IntRange: int,
        click.types.StringParamType: str,
        click.Choice: str,
    }
    kind = kinds.get(type(param.type), getattr(param.type, "func", None))
    absent = param.default is None or param.default is click.core.UNSET
    optional = absent and not param.required and kind is not bool
    return {kind, NoneType} if optional else {kind}


def alternatives(kind):
    """What a type allows, `X | None` taken apart."""
    kinds = get_args(kind) if get_origin(kind) is UnionType else (kind,)
    return {get_origin(one) or one for one in kinds}


# A show is named in one of two ways, and the command gets the one name.
SHOW = {"named", "show"}


@pytest.mark.parametrize("words", COMMANDS)
def test_what_an_option_gives_is_what_its_command_takes(words):
    command = COMMANDS[words]
    takes = dict(taken(command))
    gives = {param.name: given(param) for param in command.params}
    if "named" in gives:
        assert takes.pop("show") is str
        gives = {name: kinds for name, kinds in gives.items() if name not in SHOW}
    assert {name: alternatives(kind) for name, kind in takes.items()} == gives


def test_options_are_taken_into_their_records_in_the_order_in_which_help_shows_them():
    @click.command()
    @options.location
    @options.stack_ref
    @click.option("--own")
    def command(location, stack_ref, own):
        return location, stack_ref, own

    assert [param.name for param in command.params] == [
        *("named", "show", "out", "catalogue", "month_ceiling_usd"),
        *("stack", "region", "profile", "own"),
    ]
    words = ["demo", "--out", "x", "--region", "eu-west-1", "--own", "y"]
    location, stack_ref, own = command.main(words, standalone_mode=False)
    assert location == RunLocation("demo", Path("x"))
    assert stack_ref == StackRef(region="eu-west-1")
    assert own == "y"


@pytest.mark.parametrize("names", [(None, None), ("a", "b")])
def test_no_show_and_two_shows_are_wrong_use(names):
    with pytest.raises(click.UsageError, match="name one show"):
        options.one_show(*names)
    assert options.one_show("a", None) == options.one_show(None, "a") == options.one_show("a", "a")


def test_only_what_was_given_is_in_the_run_input_and_zero_was():
    assert RunFields().document() == {}
    given = RunFields("10", models=("a", "b"), n_epochs=2, same_pairs=True)
    assert given.document(dry_run=True) == {
        "ceiling_usd": "10",
        "models": ["a", "b"],
        "n_epochs": 2,
        "same_pairs": True,
        "dry_run": True,
    }
    assert RunFields(n_epochs=0, limit=0).document() == {"n_epochs": 0, "limit": 0}


@pytest.mark.parametrize("option", ["--epochs", "--limit"])
def test_a_zero_that_was_typed_is_refused_and_not_taken_for_nothing(capsys, option):
    assert main.main(["plan", "demo", option, "0"]) == 2
    assert f"{option} is 0; write a number from 1 up" in capsys.readouterr().err


def test_results_lie_where_they_are_asked_for_or_below_build():
    assert RunLocation("mine.yaml", Path("x")).folder("mine") == Path("x")
    assert RunLocation("mine.yaml").folder("mine") == Path("build/mine")
    assert StackRef("econchatr-prod").folder(None) == Path("build/econchatr-prod")


def test_what_is_typed_reaches_the_run(monkeypatch):
    kept = []
    monkeypatch.setattr(local_run, "run_here", lambda *asked: kept.append(asked) or 0)
    words = ["--ceiling", "7", "--model", "a", "--dry-run", "--yes", "--quiet", "--out", "x"]
    assert main.main(["local", "demo", *words]) == 0
    ((show, document, location, provider, output),) = kept
    assert (show.name, document["ceiling_usd"], document["models"]) == ("demo", "7", ["a"])
    assert document["dry_run"] is True
    assert location == RunLocation("demo", Path("x"))
    assert (provider.yes, provider.openai_base_url) == (True, None)
    assert (output.quiet, output.json) == (True, False)
