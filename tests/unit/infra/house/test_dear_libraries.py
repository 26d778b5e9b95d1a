"""Which dear libraries a handler loads when it starts: those it uses, found by following the imports."""

import ast
from pathlib import Path

import pytest

from tests.places import ROOT

DEAR = {"ftfy", "openai", "pandas", "pyarrow", "scipy", "sklearn", "tiktoken"}
READS_THE_CORPUS = {"ftfy", "pyarrow", "tiktoken"}
LOADED = {
    "answer_questions": {"openai", "tiktoken"},
    "build_dataset": READS_THE_CORPUS,
    "cancel_fine_tunes": {"openai"},
    "deploy_model": {"openai"},
    "discover_episodes": READS_THE_CORPUS,
    "judge_answers": {"openai", "tiktoken"},
    "measure_style": set(),
    "plan_evaluation": {"tiktoken"},
    "poll_fine_tune": {"openai"},
    "prepare_run": {"openai"},
    "scrape_batch": READS_THE_CORPUS,
    "settle_fine_tune": {"openai"},
    "submit_fine_tune": {"openai"},
    "write_report": {"pandas", "pyarrow"},
}


def file_of(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    return next(
        (file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None
    )


def imported_by(file: Path) -> set[str]:
    """What the module imports when it is loaded; an import inside a function waits for its call."""
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def loaded_with(module: str) -> set[str]:
    """The names of all modules that loading `module` loads, their packages included."""
    seen, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        file = file_of(name)
        waiting += imported_by(file) if file else ()
        waiting += [name.rpartition(".")[0]] if "." in name else ()
    return seen


def test_every_handler_says_what_it_may_load():
    assert {file.parent.name for file in (ROOT / "functions").glob("*/handler.py")} == set(LOADED)


@pytest.mark.parametrize("handler", LOADED)
def test_a_handler_loads_the_dear_libraries_it_uses_and_no_other(handler):
    assert loaded_with(f"functions.{handler}.handler") & DEAR == LOADED[handler]
