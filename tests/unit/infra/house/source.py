"""The project's own source as text: which module imports which."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.places import ROOT

PACKAGES = ("shared", "functions", "infra")


def files_below(*packages: str) -> Iterator[Path]:
    """The Python files of some folders, all depths."""
    for package in packages:
        yield from (ROOT / package).rglob("*.py")


def dotted(path: Path) -> str:
    """A file's name as a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def is_module(name: str) -> bool:
    """Whether the project has a module or a package of the name."""
    place = ROOT / name.replace(".", "/")
    return place.is_dir() or place.with_suffix(".py").is_file()


@cache
def imported(path: Path) -> frozenset[str]:
    """Every module that a file imports, inside functions too, with what it takes from a package by name.

    A text that names a module of the project counts: that is how commands are loaded late and processes started.
    """
    return frozenset(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                yield inside if is_module(inside) else node.module
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            module = node.value.partition(":")[0]
            if module.startswith(tuple(f"{one}." for one in PACKAGES)) and is_module(module):
                yield module
