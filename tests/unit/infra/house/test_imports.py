"""Who may import whom: each package stands on what is below it, and each outside world has one home."""

import ast
from itertools import chain

import pytest

from tests.places import ROOT

# Who may import whom, from the ground up: a package stands on those named beside it and on the ground.
GROUND = {"clock", "errors", "ids", "money", "spans", "text", "tokens", "validation", "words"}
STANDS_ON = {
    "shows": set(),
    "catalogue": set(),
    "lake": set(),
    "transcripts": set(),
    "web": set(),
    "ledger": set(),
    "providers": {"catalogue", "lake"},
    "purchases": {"catalogue", "ledger", "providers"},
    "run": {"catalogue", "lake", "ledger", "shows"},
    "corpus": {"lake", "run", "shows", "transcripts", "web"},
    "dataset": {"catalogue", "lake", "providers", "run", "shows", "transcripts"},
    "fine_tuning": {"catalogue", "lake", "ledger", "providers", "purchases", "run"},
    "evaluation": {"catalogue", "dataset", "lake", "providers", "purchases", "run", "shows"},
    "forgetting": {"corpus", "lake", "ledger", "providers"},
    "style": {"dataset", "evaluation", "lake"},
    "report": {"catalogue", "dataset", "evaluation", "lake", "ledger", "providers", "run"},
}
# What a package's `__init__` does not hand on, because it needs a library that not every function has.
BY_NAME = {
    "shared.dataset.ballots",
    "shared.dataset.ballots.ballot",
    "shared.dataset.evaluation_set",
    "shared.dataset.files",
    "shared.dataset.speech.bags",
    "shared.evaluation.samples",
    "shared.lake.schemas",
    "shared.lake.tables",
    "shared.providers.aws",
    "shared.providers.checking",
    "shared.providers.door",
    "shared.providers.examples",
    "shared.providers.formats",
    "shared.providers.openai_compat",
    "shared.run.environment",
    "shared.style.measuring",
}
MOST_MODULES, MOST_LOOSE_MODULES = 13, 8


def files_below(*packages):
    for package in packages:
        yield from (ROOT / package).rglob("*.py")


def dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def is_module(name):
    place = ROOT / name.replace(".", "/")
    return place.is_dir() or place.with_suffix(".py").is_file()


def imported(path):
    """Every module that `path` imports of the project, with what it takes from a package by name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                yield inside if is_module(inside) else node.module


def test_shared_knows_neither_functions_nor_infra_and_functions_know_no_infra():
    for package, forbidden in (
        ("shared", {"functions", "infra", "tests"}),
        ("functions", {"infra", "tests"}),
    ):
        for path in files_below(package):
            roots = {module.split(".")[0] for module in imported(path)}
            assert not roots & forbidden, path


def test_every_package_of_shared_stands_only_on_what_is_below_it():
    packages = {
        path.name for path in (ROOT / "shared").iterdir() if (path / "__init__.py").is_file()
    }
    assert packages - GROUND == set(STANDS_ON)
    below = set()
    for package, stands_on in STANDS_ON.items():  # no circle: nothing stands on what comes later
        assert stands_on <= below, package
        below.add(package)
        for path in files_below(f"shared/{package}"):
            used = {name.split(".")[1] for name in imported(path) if name.startswith("shared.")}
            assert used <= stands_on | GROUND | {package}, f"{path} imports {used}"


def test_the_ground_stands_on_nothing():
    for module in GROUND:
        package = ROOT / "shared" / module
        files = package.glob("*.py") if package.is_dir() else [package.with_suffix(".py")]
        for name in chain.from_iterable(map(imported, files)):
            assert not name.startswith("shared.") or name.split(".")[1] in GROUND, module


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
