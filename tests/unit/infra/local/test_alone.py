"""The provider stand-in and the laptop's cloud are usable without the product: they import nothing of it."""

import ast
import itertools
from pathlib import Path

import pytest

from tests.places import ROOT

PROVIDER = ROOT / "infra" / "local" / "provider"
UNIT = "tests/unit/infra/local"
PRODUCTS = {
    "the stand-in": (
        ("infra/local/provider", f"{UNIT}/provider"),
        ("infra.local.provider",),
    ),
    "the laptop's cloud": (
        ("infra/local/cloud", f"{UNIT}/cloud", "tests/integration/patches"),
        ("infra.local.cloud", "infra.local.athena"),
    ),
    "Athena over files": (
        ("infra/local/athena", f"{UNIT}/athena"),
        ("infra.local.athena",),
    ),
}


def imported(tree: ast.AST) -> set[str]:
    """The modules that a file imports, wherever in it, with what it takes from each by name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def foreign(tree: ast.AST, own: tuple[str, ...]) -> set[str]:
    """What a file imports of this repository beside its own packages, by itself or by the helpers of tests it uses."""
    found = set()
    for name in imported(tree):
        if name.split(".")[0] == "tests":
            helper = next(
                path
                for module in (name, name.rpartition(".")[0])
                for path in (ROOT / f"{module.replace('.', '/')}.py", init(module))
                if path.is_file()
            )
            found |= foreign(ast.parse(helper.read_text("utf-8")), own)
        elif name.split(".")[0] in ("functions", "infra", "shared"):
            found |= {name} - {name for package in own if f"{name}.".startswith(f"{package}.")}
    return found


def init(package: str) -> Path:
    return ROOT / package.replace(".", "/") / "__init__.py"


@pytest.mark.parametrize("product", PRODUCTS)
def test_it_and_its_tests_import_nothing_else_of_this_repository(product):
    folders, own = PRODUCTS[product]
    files = [[*(ROOT / folder).rglob("*.py")] for folder in folders]
    assert all(files)
    strays = {
        path.relative_to(ROOT).as_posix(): stray
        for path in itertools.chain(*files)
        if (stray := foreign(ast.parse(path.read_text("utf-8")), own))
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
        "from tests.empty_lake import empty_lake",
        "from tests import empty_lake",
    ],
)
def test_an_import_of_the_product_would_be_noticed(line):
    assert foreign(ast.parse(line), ("infra.local.provider",))


def test_an_import_of_its_own_is_allowed():
    tree = ast.parse("from infra.local.provider.wire import Json\nimport infra.local.provider")
    assert not foreign(tree, ("infra.local.provider",))


@pytest.mark.parametrize("engine", ["learning", "training"])
def test_the_protocol_knows_engines_by_their_door_alone(engine):
    """Of an engine only the program and its own modules know."""
    users = {
        path.name
        for path in PROVIDER.rglob("*.py")
        if not path.is_relative_to(PROVIDER / engine)
        and any(
            f"provider.{engine}" in name for name in imported(ast.parse(path.read_text("utf-8")))
        )
    }
    assert users == {"__main__.py"}


def test_the_libraries_that_train_are_imported_by_the_tuners_own_python_alone():
    heavy = {"torch", "transformers", "peft", "trl", "datasets", "psutil"}
    users = {
        path.parent.relative_to(PROVIDER).as_posix()
        for path in PROVIDER.rglob("*.py")
        if {name.split(".")[0] for name in imported(ast.parse(path.read_text("utf-8")))} & heavy
    }
    assert users == {"training/recipe", "training/worker"}
