"""Whether what was built is what may be deployed: bytecode, processor, size."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from infra.layers.lock import LAMBDA_PYTHON, MACHINES
from infra.layers.prune import UNZIPPED_LIMIT, USABLE, size

BUILT = Path(".aws-sam/build/template.yaml")
ELF_MACHINE = {62: "x86_64", 183: "arm64"}  # e_machine of EM_X86_64 and EM_AARCH64


class NotDeployable(Exception):
    """What was built would not start, would start slowly, or would be refused."""


def check(template: Path, arch: str) -> list[str]:
    """A line for each artefact with its size; `template` is the built one.

    Raises NotDeployable for the first artefact without bytecode, for another processor, or too large.
    """
    if not template.is_file():
        raise NotDeployable(f"{template} is not there; run `make build` first")
    resources = yaml_parse(template.read_text("utf-8"))["Resources"]
    sizes = {
        name: _checked(name, template.parent / folder, arch)
        for name, folder in _artefacts(resources)
    }
    for name, resource in resources.items():
        layers = resource.get("Properties", {}).get("Layers", ())
        together = sizes.get(name, 0) + sum(sizes[layer["Ref"]] for layer in layers)
        if layers and together > UNZIPPED_LIMIT:
            raise NotDeployable(
                f"{name} and its layers have {together:,} bytes, and Lambda takes {UNZIPPED_LIMIT:,}; split a layer"
            )
    return [f"{name}: {total / 2**20:.1f} MiB" for name, total in sizes.items()]


def _artefacts(resources: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        folder = properties.get("CodeUri") or properties.get("ContentUri")
        if resource["Type"] in ("AWS::Serverless::Function", "AWS::Serverless::LayerVersion"):
            yield name, str(folder)


def _checked(name: str, folder: Path, arch: str) -> int:
    """The artefact's bytes."""
    if without := next(_without_bytecode(folder), None):
        raise NotDeployable(
            f"{name} has no bytecode for {without}, so each cold start would compile for seconds; "
            f"let a python{LAMBDA_PYTHON} run from PATH and build again"
        )
    if other := next(_for_another(folder, arch), None):
        raise NotDeployable(
            f"{name} holds {other[0]}, which is for {other[1]}, and is to be deployed for {arch}; "
            f"run `make build ARCH={arch}`"
        )
    total = size(folder)
    if total > USABLE:
        raise NotDeployable(
            f"{name} has {total:,} bytes, and {USABLE:,} may be used; prune more or split the layer"
        )
    return total


def _without_bytecode(folder: Path) -> Iterator[Path]:
    tag = f".cpython-{LAMBDA_PYTHON.replace('.', '')}.pyc"
    for source in folder.rglob("*.py"):
        if not (source.parent / "__pycache__" / (source.stem + tag)).is_file():
            yield source.relative_to(folder)


def _for_another(folder: Path, arch: str) -> Iterator[tuple[Path, str]]:
    """Compiled libraries of another processor, by their ELF header."""
    for library in folder.rglob("*.so*"):
        with library.open("rb") as file:
            head = file.read(20)
        if head[:4] == b"\x7fELF":
            machine = int.from_bytes(head[18:20], "little")
            found = ELF_MACHINE.get(machine, f"machine {machine}")
            if found != arch:
                yield library.relative_to(folder), found


def main(arguments: Sequence[str]) -> int:
    (arch,) = arguments
    if arch not in MACHINES:
        raise NotDeployable(f"ARCH is {arch!r}; it is one of {', '.join(MACHINES)}")
    print("\n".join(check(BUILT, arch)))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NotDeployable as error:
        sys.exit(f"not deployable: {error}")
