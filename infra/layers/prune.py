"""What a layer can do without, and the proof that it fits.

Only what no handler can reach goes: test suites, headers, typing stubs, the parts of Arrow that
talk to services (Flight, S3, GCS, Azure, HDFS) because the lake is read through boto3, and the
largest parts of SciPy and scikit-learn that a linear classifier does not load. `libarrow_substrait`
must stay: every extension module of pyarrow is linked to it; and so must `numpy.f2py`, which SciPy
takes along with all of NumPy.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

UNZIPPED_LIMIT = 262_144_000
"""Bytes that Lambda allows for a function and all its layers together."""

USABLE = UNZIPPED_LIMIT * 96 // 100
"""Bytes that a function's layers may take; the rest is for its own code and for growth."""

FOLDERS = (
    "bin",
    "**/__pycache__",
    "**/tests",
    "numpy/_core/include",
    "lxml/includes",
    "pyarrow/include",
    "pyarrow/includes",
    "pyarrow/src",
    "scipy/io",
    "scipy/signal",
    "sklearn/cluster",
    "sklearn/ensemble",
)
FILES = (
    "**/*.pyi",
    "**/*.pyx",
    "**/*.pxi",
    "**/*.pxd",
    "lxml/*.c",
    "lxml/*.h",
    "numpy/**/*.a",
    "pyarrow/_azurefs*",
    "pyarrow/_dataset_orc*",
    "pyarrow/_flight*",
    "pyarrow/_gcsfs*",
    "pyarrow/_hdfs*",
    "pyarrow/_orc*",
    "pyarrow/_s3fs*",
    "pyarrow/_substrait*",
    "pyarrow/_pyarrow_cpp_test*",
    "pyarrow/libarrow_flight*",
    "pyarrow/libarrow_python_flight*",
    "pyarrow/libarrow_s3*",
)
_FULL_VERSION = re.compile(r"\.so\.\d+\.\d+\.\d+$")
_SONAME = re.compile(r"\.so\.\d+$")


def prune(packages: Path) -> None:
    """Remove from an installed `packages` directory what no handler can reach."""
    for pattern in FOLDERS:
        for folder in list(packages.glob(pattern)):
            shutil.rmtree(folder, ignore_errors=True)
    for pattern in FILES:
        for file in list(packages.glob(pattern)):
            file.unlink()
    for copy in list(_copied_libraries(packages / "pyarrow")):
        copy.unlink()


def size(directory: Path) -> int:
    """Bytes of all files under `directory`."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def _copied_libraries(pyarrow: Path) -> Iterator[Path]:
    """Wheels hold no links, so a library comes once per name; only the SONAME is ever loaded."""
    sonames = {path.name for path in pyarrow.glob("lib*.so.*") if _SONAME.search(path.name)}
    stems = {name.partition(".so.")[0] for name in sonames}
    for path in pyarrow.glob("lib*.so*"):
        stem, _, version = path.name.partition(".so")
        if stem in stems and (not version or _FULL_VERSION.search(path.name)):
            yield path
