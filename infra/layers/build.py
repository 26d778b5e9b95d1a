"""Builds one Lambda layer from requirements.lock, without Docker: `sam build` calls it through make."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from infra import encodings
from infra.layers.bytecode import compile_tree
from infra.layers.lock import LAMBDA_PYTHON, MACHINES, lambda_environment, subset
from infra.layers.prune import USABLE, prune, size

LOCK = Path("requirements.lock")
GLIBC_MINOR = 28
"""Amazon Linux 2023 has glibc 2.34; every wheel in the lock is content with 2.28."""

_BASE = ("aws-lambda-powertools", "boto3", "pydantic", "pyyaml")

# Every function has one layer. pandas next to pyarrow leaves no room for the rest, and where it is
# installed pyarrow imports it on every write: so only the report has it.
LAYERS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "Corpus": (
            *_BASE,
            *(
                "feedparser",
                "ftfy",
                "lxml",
                "numpy",
                "protego",
                "pyarrow",
                "tiktoken",
                "urllib3",
                "webencodings",
            ),
        ),
        "Ai": (*_BASE, "httpx2", "openai", "tiktoken"),
        "Style": (*_BASE, "numpy", "scikit-learn", "scipy"),
        "Report": (*_BASE, "jinja2", "pandas", "pyarrow", "pygal"),
    }
)
"""Roots of each layer by its name in template.yaml without "Layer"; the lock says the versions."""


class LayerTooLarge(Exception):
    """The layer would not leave room for a function under Lambda's limit."""


def build(layer: str, arch: str, into: Path) -> int:
    """Fill `into` with the layer's content and return its bytes.

    `arch` is "x86_64" or "arm64". Raises LayerTooLarge before Lambda would refuse the deployment.
    """
    roots = LAYERS[layer]
    packages = into / "python"
    _install(subset(LOCK.read_text(), roots, lambda_environment(arch)), arch, packages)
    prune(packages)
    if "tiktoken" in roots:
        encodings.cache_dir(packages / "encodings")
    compile_tree(packages, "/opt/python")
    total = size(into)
    if total > USABLE:
        raise LayerTooLarge(
            f"{layer} has {total:,} bytes, {USABLE:,} may be used; prune more or split the layer"
        )
    return total


def _install(requirements: str, arch: str, packages: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text(requirements)
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-input"),
                *("--disable-pip-version-check", "--no-deps", "--no-compile", "--require-hashes"),
                *("--only-binary=:all:", "--implementation=cp"),
                f"--python-version={LAMBDA_PYTHON}",
                "--ignore-requires-python",  # pip would compare with the interpreter it runs on
                *(f"--platform={tag}" for tag in platforms(arch)),
                f"--target={packages}",
                f"--requirement={wanted}",
            ],
            check=True,
        )


def platforms(arch: str) -> list[str]:
    """Wheel platform tags that run on Lambda, the newest first; pip does not derive the older."""
    machine = MACHINES[arch]
    modern = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC_MINOR, 4, -1)]
    return [
        *modern,
        *(f"{old}_{machine}" for old in ("manylinux2014", "manylinux2010", "manylinux1")),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.layers.build", description=__doc__)
    parser.add_argument("layer", choices=sorted(LAYERS))
    parser.add_argument("--arch", choices=sorted(MACHINES), required=True)
    parser.add_argument("--into", type=Path, required=True, metavar="DIRECTORY")
    chosen = parser.parse_args(arguments)
    total = build(chosen.layer, chosen.arch, chosen.into)
    print(f"{chosen.layer} layer for {chosen.arch}: {total / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
