"""A package is used through its own `__init__`, each outside world has one home, and no folder has too much in it."""

import ast

import pytest

from tests.places import ROOT
from tests.unit.infra.house.source import dotted, files_below, imported

# What a package's `__init__` does not hand on, because it needs a library that not every function has.
BY_NAME = {
    "shared.dataset.comparisons",
    "shared.dataset.comparisons.prompts",
    "shared.dataset.evaluation_set",
    "shared.dataset.files",
    "shared.dataset.speech.bags",
    "shared.evaluation.samples",
    "shared.lake.schemas",
    "shared.lake.tables",
    "shared.providers.aws",
    "shared.providers.checking",
    "shared.providers.examples",
    "shared.providers.factory",
    "shared.providers.formats",
    "shared.providers.openai_compat",
    "shared.providers.token_counts",
    "shared.run.environment",
    "shared.style.measuring",
}
MOST_MODULES, MOST_LOOSE_MODULES = 13, 8


def handed_on(package):
    tree = ast.parse((ROOT / "shared" / package / "__init__.py").read_text(encoding="utf-8"))
    return {
        name for node in tree.body if isinstance(node, ast.ImportFrom) for name in imported_by(node)
    }


def imported_by(node):
    return {f"{node.module}.{alias.name}" for alias in node.names}


def test_a_package_is_used_through_its_own_init_alone():
    for path in files_below("shared", "functions", "infra"):
        own = dotted(path).split(".")[:2]
        for name in imported(path):
            parts = name.split(".")
            if parts[0] != "shared" or len(parts) < 3 or parts[:2] == own or parts[2] == "stages":
                continue
            assert name in BY_NAME | handed_on(parts[1]), f"{path} imports {name}"


def test_handlers_call_the_stages_and_nothing_else_of_their_package():
    own_business = {"fine_tuning", "evaluation", "corpus", "dataset", "style", "report"}
    for path in (ROOT / "functions").glob("*/handler.py"):
        stages = {name for name in imported(path) if name.startswith("shared.")}
        inside = {name for name in stages if name.split(".")[1] in own_business}
        assert all(name.split(".")[2:] == ["stages"] for name in inside), f"{path}: {inside}"


def test_only_handlers_call_stages():
    for path in files_below("shared", "infra"):
        assert not [name for name in imported(path) if name.endswith(".stages")], path


def test_every_package_says_what_it_is_for():
    for path in files_below("shared", "infra"):
        if path.name == "__init__.py" and path.parent != ROOT / "infra":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_no_folder_has_more_modules_than_one_can_take_in_at_a_glance():
    for package in ("shared", "infra", "functions", "tests"):
        for folder in [ROOT / package, *(ROOT / package).rglob("*/")]:
            modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
            most = MOST_LOOSE_MODULES if folder == ROOT / "shared" else MOST_MODULES
            assert len(modules) <= most, f"{folder}: {len(modules)}"


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("openai", "shared/providers"),
        ("urllib3", "shared/web"),
        ("feedparser", "shared/corpus/sources/feed"),
        ("sklearn", "shared/style"),
    ],
)
def test_each_outside_world_has_one_home(library, home):
    users = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "shared").rglob("*.py")
        if library in {module.split(".")[0] for module in imported(path)}
    }
    assert users
    assert all(user.startswith(home) for user in users), users
