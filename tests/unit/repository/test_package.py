"""What a notebook imports, and what an install brings along."""

import ast
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import econchatr
from tests.places import ROOT
from tests.unit.infra.house.source import files_below

TYPES = {"mypy_boto3_s3", "_typeshed"}  # for whoever checks types alone


def closure(names):
    """The distributions that some bring along, themselves among them."""
    found, waiting = set(), list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in found:
            found.add(name)
            wanted = map(Requirement, requires(name) or ())
            waiting += [
                one.name for one in wanted if not one.marker or one.marker.evaluate({"extra": ""})
            ]
    return found


def test_whatever_the_code_imports_is_brought_along_by_an_install():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    brought = closure(Requirement(text).name for text in project["dependencies"])
    by_module = packages_distributions()
    recipe = ROOT / "infra" / "cli" / "export" / "recipe"
    for path in files_below("econchatr", "functions", "infra", "shared"):
        if recipe in path.parents:  # which brings requirements of its own
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            )  # fmt: skip
            for name in {name.split(".")[0] for name in names} & set(by_module) - TYPES:
                there = {canonicalize_name(one) for one in by_module[name]}
                assert there & (brought | {"econchatr"}), f"{path} imports {name}"


def test_a_notebook_has_five_names():
    assert len(econchatr.__all__) == 5
    assert all(getattr(econchatr, name).__doc__ for name in econchatr.__all__)


def after(folder, *lines):
    """How a process ends that has another package called shared, infra or functions first on its path."""
    program = [f"import sys; sys.path[:0] = [{str(folder)!r}, {str(ROOT)!r}]", *lines]
    return subprocess.run(
        [sys.executable, "-c", "\n".join(program)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["shared", "infra", "functions"])
def test_another_package_of_our_name_on_the_path_does_not_matter(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("raise RuntimeError('of another project')")
    version = "sys.argv[1:] = ['--version']; main()"
    ended = after(tmp_path, "from econchatr.__main__ import main", version)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("econchatr ")


def test_another_package_of_our_name_that_is_in_use_is_named(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "__init__.py").write_text("")
    said = after(tmp_path, "import shared, econchatr").stderr
    assert "a package called shared is in use already" in said
