"""Where this product's own packages are: in a clone beside this one, in a wheel below it.

They have general names. They are loaded from their place, so that a package of such a name elsewhere on Python's path,
as PYTHONPATH has it, can neither take theirs nor be broken by them.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

NAMES = ("shared", "infra", "functions")
HERE = Path(__file__).resolve().parent


def load() -> None:
    """Load the product's packages; raises ImportError where others of their names are in use in this process."""
    for name in NAMES:
        folder = _home() / name
        loaded = sys.modules.get(name)
        if loaded is None:
            _load(name, folder)
        elif str(folder) not in map(str, getattr(loaded, "__path__", ())):
            raise ImportError(
                f"a package called {name} is in use already, from {getattr(loaded, '__file__', None)}; import "
                "econchatr in a process without it"
            )


def _home() -> Path:
    packed = HERE / "code"
    return packed if packed.is_dir() else HERE.parent


def _load(name: str, folder: Path) -> None:
    found = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if found is None or found.loader is None:
        raise ImportError(f"{folder} is no package; install econchatr again")
    module: ModuleType = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
