"""The pages of docs/reference say what is there; `make reference` writes them."""

import click
import pytest

from infra.cli.main import econchatr
from infra.reference.__main__ import FOLDER, pages


@pytest.mark.parametrize("name", pages())
def test_a_page_is_as_it_would_be_written_now(name):
    assert (FOLDER / name).read_text("utf-8") == pages()[name], "run `make reference`"


def test_there_is_no_other_page():
    assert {path.name for path in FOLDER.iterdir()} == set(pages())


def test_the_profiles_page_has_keys_at_every_depth_with_bounds_and_defaults():
    page = pages()["profile.md"]
    assert "| `host.name` | the host's name | text | needed |" in page
    assert "| `evaluation.temperature` | of the answers' sampling | number from 0 to 2 | `0.7` |" in page  # fmt: skip
    assert "| `rights` | a run that buys needs it | object | none |" in page


def leaves(command, name):
    if isinstance(command, click.Group):
        for inner, found in command.commands.items():
            yield from leaves(found, f"{name} {inner}")
    else:
        yield name, command


@pytest.mark.parametrize(("name", "command"), list(leaves(econchatr, "econchatr")))
def test_every_commands_help_has_an_example_of_it(name, command):
    assert name in (command.epilog or "")
