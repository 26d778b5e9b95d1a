"""What `make` promises of the clone it runs in."""

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
