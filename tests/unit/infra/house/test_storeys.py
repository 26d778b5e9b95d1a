"""Every import goes down: at each storey, by the tables, and nowhere in a circle."""

import graphlib
import sys
from pathlib import Path

import pytest

from tests.places import ROOT
from tests.unit.infra.house import source
from tests.unit.infra.house.source import PACKAGES, files_below, imported
from tests.unit.infra.house.storeys import GROUND, STOREYS

FACE = "__init__"


def rooms(storey):
    """The modules and packages of a folder; of the whole project the three packages."""
    if storey == ".":
        return set(PACKAGES)
    inside = (ROOT / storey).iterdir()
    return {
        path.stem
        for path in inside
        if (path / "__init__.py").is_file() or (path.suffix == ".py" and path.stem != FACE)
    }


def files_of(storey, room):
    """The files of a room, which is a module, or a package with all that is in it."""
    place = ROOT / storey / room
    module = place.with_suffix(".py")
    return [module] if module.is_file() else list(place.rglob("*.py"))


def room_of(module, storey):
    """In which room of a storey a module is; None for one that is elsewhere."""
    above = () if storey == "." else Path(storey).parts
    parts = tuple(module.split("."))
    if parts[: len(above)] != above:
        return None
    return parts[len(above)] if len(parts) > len(above) else FACE


def arrows(storey, room):
    """The other rooms of a storey that a room imports."""
    return {
        found
        for path in files_of(storey, room)
        for module in imported(path)
        if (found := room_of(module, storey)) not in (None, room)
    } & {*rooms(storey), FACE, "tests"}


@pytest.mark.parametrize("storey", STOREYS)
def test_a_table_has_every_room_of_its_storey_from_the_ground_up(storey):
    ground, table = set(GROUND.get(storey, "").split()), STOREYS[storey]
    assert rooms(storey) == ground | set(table)
    below = set()
    for room, stands_on in table.items():
        assert set(stands_on.split()) <= below, room
        below.add(room)


@pytest.mark.parametrize("storey", STOREYS)
def test_a_room_imports_only_what_it_stands_on(storey):
    ground = set(GROUND.get(storey, "").split())
    for room in ground:
        assert arrows(storey, room) - {FACE} <= ground, room
    for room, stands_on in STOREYS[storey].items():
        assert arrows(storey, room) - {FACE} <= {*stands_on.split(), *ground}, room


@pytest.mark.parametrize("storey", STOREYS)
def test_a_table_names_no_room_that_is_not_imported(storey):
    for room, stands_on in STOREYS[storey].items():
        assert set(stands_on.split()) <= arrows(storey, room), room


@pytest.mark.parametrize(
    "line",
    [
        "import infra.cli.commands.ask",
        "from infra.cli import commands",
        "from infra.cli.commands import ask as command",
        "from infra.cli.commands.ask import ask",
        "def late():\n    from infra.cli.commands import ask",
        "PLACES = {'ask': 'infra.cli.commands.ask:ask'}",
    ],
)
def test_an_import_is_seen_however_it_is_written(line, tmp_path, monkeypatch):
    for module in ("infra/cli/commands/ask.py", "infra/cli/options.py"):
        (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / module).write_text(line if "options" in module else "")
    (tmp_path / "infra/cli/commands/__init__.py").write_text("")
    for holder in (source, sys.modules[__name__]):
        monkeypatch.setattr(holder, "ROOT", tmp_path)
    assert arrows("infra/cli", "options") == {"commands"}


def folders():
    return sorted({str(path.parent.relative_to(ROOT)) for path in files_below(*PACKAGES)})


@pytest.mark.parametrize("storey", folders())
def test_no_rooms_of_any_folder_import_each_other_in_a_circle(storey):
    stands_on = {room: arrows(storey, room) for room in {*rooms(storey), FACE}}
    graphlib.TopologicalSorter(stands_on).prepare()
