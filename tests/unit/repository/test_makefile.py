"""What `make` promises of the clone it runs in."""

import os
import shutil
import subprocess

import pytest

from tests.places import ROOT

MAKE = shutil.which("make")


@pytest.mark.skipif(MAKE is None, reason="make is not there")
def test_make_clean_removes_what_was_built_and_no_run(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    runs = [
        "build/demo/.econchatr/folder.json",
        "build/mine/runs/r1/summary.json",
        "build/notes.txt",
    ]
    built = ["build/bench.json", "build/fuzz/crash", ".aws-sam/build/x", ".mypy_cache/x"]
    for name in (*runs, *built):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    subprocess.run([str(MAKE), "clean"], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"Makefile", *runs}


OF_THE_SHELL = {
    "PIP_USER": "1",
    "PIP_TARGET": "/elsewhere",
    "PIP_PREFIX": "/elsewhere",
    "PIP_ROOT": "/elsewhere",
    "PIP_REQUIREMENT": "/elsewhere.txt",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "PYTHONPATH": "/elsewhere",
    "PYTHONHOME": "/elsewhere",
}


@pytest.mark.skipif(MAKE is None, reason="make is not there")
def test_what_the_shell_says_for_other_installs_reaches_no_recipe(tmp_path):
    (tmp_path / "Makefile").write_text(f"include {ROOT / 'Makefile'}\n\ntold:\n\t@env\n")
    told = subprocess.run(
        [str(MAKE), "told"],
        cwd=tmp_path,
        env={**os.environ, **OF_THE_SHELL},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout.splitlines()
    assert [line for line in told if line.split("=")[0] in OF_THE_SHELL] == ["PIP_USER=0"]
