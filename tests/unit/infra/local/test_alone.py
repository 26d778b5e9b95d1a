"""The provider stand-in and the laptop's cloud are usable without the product: they import nothing of it."""

import ast
from pathlib import Path

import pytest

from tests.places import ROOT

LOCAL = ROOT / "infra" / "local"
TESTS = ROOT / "tests" / "unit" / "infra" / "local"
PRODUCTS = {
    "the stand-in": (("provider",), "infra.local.provider"),
    "the laptop's cloud": (("cloud", "athena"), "infra.local.cloud", "infra.local.athena"),
}


def imported(tree: ast.AST) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def foreign(tree: ast.AST, own: tuple[str, ...]) -> set[str]:
    """What a file imports of this repository beside its own packages and what tests share."""
    return {
        name
        for name in imported(tree)
        if name.split(".")[0] in ("functions", "infra", "shared")
        and not any(f"{name}.".startswith(f"{package}.") for package in own)
    }


def files(folders: tuple[str, ...]) -> list[Path]:
    return [
        path
        for base in (LOCAL, TESTS)
        for folder in folders
        for path in (base / folder).rglob("*.py")
    ]


@pytest.mark.parametrize("product", PRODUCTS)
def test_it_and_its_tests_import_nothing_else_of_this_repository(product):
    folders, *own = PRODUCTS[product]
    assert len(files(folders)) > 5
    strays = {
        path.relative_to(ROOT).as_posix(): stray
        for path in files(folders)
        if (stray := foreign(ast.parse(path.read_text("utf-8")), tuple(own)))
    }
    assert strays == {}


@pytest.mark.parametrize(
    "line",
    [
        "from shared.errors import BadInput",
        "import shared.money",
        "from infra import encodings",
        "def late():\n    from infra.local import folder",
        "from infra.local.provider_of_others import x",
    ],
)
def test_an_import_of_the_product_would_be_noticed(line):
    assert foreign(ast.parse(line), ("infra.local.provider",))


def test_an_import_of_its_own_is_allowed():
    tree = ast.parse("from infra.local.provider.wire import Json\nimport infra.local.provider")
    assert not foreign(tree, ("infra.local.provider",))


def test_the_protocol_knows_engines_by_their_door_alone():
    """Of the stand-in's own engine only the program and its own modules know."""
    engine = LOCAL / "provider" / "learning"
    users = {
        path.relative_to(LOCAL).as_posix()
        for path in (LOCAL / "provider").rglob("*.py")
        if not path.is_relative_to(engine)
        and any(
            "provider.learning" in name for name in imported(ast.parse(path.read_text("utf-8")))
        )
    }
    assert users == {"provider/__main__.py"}
