"""The command as a wheel brings it: complete, outside the clone, and whatever else Python's path holds."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.places import ROOT

pytestmark = pytest.mark.integration

GENERAL_NAMES = ("shared", "infra", "functions")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The programs of a new environment with the wheel, and with the libraries of this one but not its clone."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, symlinks=True, with_pip=True)
    command = [
        home / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*command, wheel], check=True, capture_output=True, env=shell())
    (packages,) = home.glob("lib/python3*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def shell(**added: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return {**kept, **added}


def ran(command, folder, **added: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=shell(**added), capture_output=True, text=True, check=False
    )


def test_a_wheel_takes_no_general_name_and_brings_everything_that_a_run_reads(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name.split("/")[0].split("-")[0] for name in names} == {"econchatr"}
    tracked = subprocess.run(
        ["git", "ls-files", "-z", *GENERAL_NAMES, "template.yaml"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    assert [one for one in filter(None, tracked) if f"econchatr/code/{one}" not in names] == []


def test_the_demo_runs_from_a_wheel_beside_other_packages_of_the_same_names(installed, tmp_path):
    others = tmp_path / "others"
    for name in GENERAL_NAMES:
        (others / name).mkdir(parents=True)
        (others / name / "__init__.py").write_text("raise RuntimeError('of another project')")
    ended = ran(
        [installed / "econchatr", "local", "demo", "--limit", "6", "--ceiling", "5"],
        others,
        PYTHONPATH=str(others),
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = others / "build" / "demo" / "report.html"
    assert report.is_file()
    read = "import econchatr; print(len(econchatr.open_run().answers()), econchatr.__file__)"
    told = ran([installed / "python", "-c", read], others, PYTHONPATH=str(others))
    assert int(told.stdout.split()[0]) > 0, told.stderr
    assert str(ROOT) not in told.stdout
