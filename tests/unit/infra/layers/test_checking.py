"""What was built wrongly is noticed before it is deployed."""

import json
import struct

import pytest

from infra.layers import checking
from infra.layers.checking import NotDeployable, check
from infra.layers.lock import LAMBDA_PYTHON
from infra.layers.prune import USABLE

TAG = f"cpython-{LAMBDA_PYTHON.replace('.', '')}"
X86, ARM = 62, 183


def library(machine):
    return b"\x7fELF" + bytes(14) + struct.pack("<H", machine) + bytes(100)


@pytest.fixture
def built(tmp_path):
    """What `sam build` leaves: a function with its code, and the layer that it has."""
    for folder in ("Function", "Layer"):
        (tmp_path / folder / "__pycache__").mkdir(parents=True)
        (tmp_path / folder / "module.py").write_text("answer = 42\n")
        (tmp_path / folder / "__pycache__" / f"module.{TAG}.pyc").write_bytes(b"compiled")
    (tmp_path / "Layer" / "fast.so").write_bytes(library(X86))
    resources = {
        "Function": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"CodeUri": "Function", "Layers": [{"Ref": "Layer"}]},
        },
        "Layer": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "Layer"}},
        "Bucket": {"Type": "AWS::S3::Bucket"},
    }
    template = tmp_path / "template.yaml"
    template.write_text(json.dumps({"Resources": resources}))
    return template


def test_what_is_whole_is_told_with_its_size(built):
    assert check(built, "x86_64") == ["Function: 0.0 MiB", "Layer: 0.0 MiB"]


def test_nothing_built_is_said(tmp_path):
    with pytest.raises(NotDeployable, match="run `make build` first"):
        check(tmp_path / "template.yaml", "x86_64")


@pytest.mark.parametrize("folder", ["Function", "Layer"])
def test_a_module_without_bytecode_is_named(built, folder):
    (built.parent / folder / "__pycache__" / f"module.{TAG}.pyc").unlink()
    with pytest.raises(NotDeployable, match=f"{folder} has no bytecode for module.py"):
        check(built, "x86_64")


def test_bytecode_of_another_python_is_none(built):
    compiled = built.parent / "Layer" / "__pycache__" / f"module.{TAG}.pyc"
    compiled.rename(compiled.with_name("module.cpython-311.pyc"))
    with pytest.raises(NotDeployable, match="Layer has no bytecode"):
        check(built, "x86_64")


def test_a_library_for_another_processor_is_named(built):
    with pytest.raises(NotDeployable, match=r"Layer holds fast.so, which is for x86_64"):
        check(built, "arm64")
    (built.parent / "Layer" / "fast.so").write_bytes(library(ARM))
    (built.parent / "Layer" / "notes.so.txt").write_text("no library")
    assert check(built, "arm64")


def test_what_lambda_would_refuse_for_its_size_is_refused(built, monkeypatch):
    monkeypatch.setattr(checking, "USABLE", 200)
    (built.parent / "Layer" / "large.bin").write_bytes(bytes(300))
    with pytest.raises(NotDeployable, match=r"Layer has .* bytes, and 200 may be used"):
        check(built, "x86_64")
    monkeypatch.setattr(checking, "USABLE", USABLE)
    monkeypatch.setattr(checking, "UNZIPPED_LIMIT", 400)
    with pytest.raises(NotDeployable, match=r"Function and its layers have .* Lambda takes 400"):
        check(built, "x86_64")
