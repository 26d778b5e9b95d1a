"""The part of requirements.lock that one layer needs, for Lambda's Python instead of this one."""

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LAMBDA_PYTHON = "3.13"
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}


class NotLocked(Exception):
    """A layer needs a distribution that requirements.lock or the environment does not have."""


def lambda_environment(arch: str) -> dict[str, str]:
    """The environment markers of a Lambda function; `arch` is "x86_64" or "arm64"."""
    return {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": MACHINES[arch],
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{LAMBDA_PYTHON}.0",
        "python_version": LAMBDA_PYTHON,
        "sys_platform": "linux",
    }


def subset(lock: str, roots: Iterable[str], environment: Mapping[str, str]) -> str:
    """The lines of `lock` for `roots` and all they depend on under `environment`, markers removed.

    pip judges markers by the interpreter it runs on, even when it installs for another one; so
    they are judged here. Raises NotLocked for a distribution without a line.
    """
    lines = _locked(lock, environment)
    needed = sorted(_closure(roots, environment))
    missing = [name for name in needed if name not in lines]
    if missing:
        raise NotLocked(f"requirements.lock has no {', '.join(missing)}; run `make lock`")
    return "".join(f"{lines[name]}\n" for name in needed)


def _locked(lock: str, environment: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lock.replace("\\\n", " ").splitlines():
        specification, *hashes = line.split("--hash=")
        requirement = Requirement(specification)
        if _applies(requirement, environment):
            pin = f"{requirement.name}{requirement.specifier}"
            found[canonicalize_name(requirement.name)] = " --hash=".join(
                [pin, *(value.strip() for value in hashes)]
            )
    return found


def _closure(roots: Iterable[str], environment: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in found:
            found.add(name)
            waiting += _dependencies(name, environment)
    return found


def _dependencies(name: str, environment: Mapping[str, str]) -> list[str]:
    try:
        declared = [Requirement(text) for text in requires(name) or []]
    except PackageNotFoundError:
        raise NotLocked(
            f"{name} is not installed in this environment; run `make install`"
        ) from None
    return [requirement.name for requirement in declared if _applies(requirement, environment)]


def _applies(requirement: Requirement, environment: Mapping[str, str]) -> bool:
    marker = requirement.marker
    return marker is None or marker.evaluate({**environment, "extra": ""})
