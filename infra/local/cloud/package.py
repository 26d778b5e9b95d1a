"""What `sam package` does to a template: local paths become objects in a bucket.

Two things differ, because libraries come from the laptop's own environment: every function's code
is one zip of the named folders beside the template, and a layer is a zip with nothing to import.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from samtranslator.yaml_helper import yaml_parse

from infra.local.cloud.errors import PackagingFailed

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_FILE_PROPERTIES = {
    "AWS::Serverless::StateMachine": "DefinitionUri",
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
_CODE_PROPERTIES = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}


@dataclass(slots=True)
class Package:
    """A template whose local paths point into `bucket`, and the objects to put there first."""

    bucket: str
    code_folders: Sequence[str]
    template: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)

    def add(self, content: bytes, suffix: str) -> str:
        """Take an object, named by its content, and return its `s3://` address."""
        key = f"{hashlib.sha256(content).hexdigest()[:32]}{suffix}"
        self.objects[key] = content
        return f"s3://{self.bucket}/{key}"


def package(template: Path, bucket: str, code_folders: Sequence[str]) -> Package:
    """Return the template file ready for CloudFormation; nothing is uploaded yet.

    The code of every function is `code_folders`, which lie beside the template.

    Raises PackagingFailed when the template, or a file it names, is missing or is not YAML.
    """
    packaged = Package(bucket, code_folders)
    packaged.template = _package_template(template, packaged)
    return packaged


def _package_template(path: Path, packaged: Package) -> str:
    document = _read_template(path)
    code = (
        packaged.add(_zip_code(path.parent, packaged.code_folders), ".zip")
        if _needs_code(document)
        else ""
    )
    globals_ = document.get("Globals", {}).get("Function", {})
    if "CodeUri" in globals_:
        globals_["CodeUri"] = code
    for resource in document.get("Resources", {}).values():
        _package_resource(resource, path.parent, code, packaged)
    for include in _includes(document):
        include["Location"] = _upload_file(path.parent / include["Location"], packaged)
    return json.dumps(document, default=str)


def _read_template(path: Path) -> dict[str, Any]:
    try:
        document = yaml_parse(_read(path).decode())
    except (UnicodeDecodeError, yaml.YAMLError) as problem:
        raise PackagingFailed(f"{path} is not YAML: {problem}") from problem
    if not isinstance(document, dict):
        raise PackagingFailed(f"{path} is not a CloudFormation template; it must be a YAML mapping")
    return document


def _needs_code(document: dict[str, Any]) -> bool:
    types = [resource.get("Type") for resource in document.get("Resources", {}).values()]
    return "AWS::Serverless::Function" in types


def _package_resource(resource: dict[str, Any], root: Path, code: str, packaged: Package) -> None:
    kind, properties = resource.get("Type", ""), resource.get("Properties", {})
    name = _FILE_PROPERTIES.get(kind)
    if name and isinstance(value := properties.get(name), str) and "://" not in value:
        properties[name] = _package_file(kind, root / value, packaged)
    if kind == "AWS::Serverless::Function" and "CodeUri" in properties:
        properties["CodeUri"] = code
    if kind == "AWS::Serverless::LayerVersion":
        properties["ContentUri"] = packaged.add(_zip_layer(), ".zip")


def _package_file(kind: str, path: Path, packaged: Package) -> str:
    if kind == "AWS::Serverless::StateMachine":
        return _upload_file(path, packaged)
    address = packaged.add(_package_template(path, packaged).encode(), ".template")
    return _https(address)


def _https(address: str) -> str:
    """CloudFormation takes nested templates by HTTPS address only."""
    return address.replace("s3://", "https://s3.amazonaws.com/", 1)


def _upload_file(path: Path, packaged: Package) -> str:
    return packaged.add(_read(path), path.suffix)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise PackagingFailed(
            f"cannot read {path} ({problem.strerror}); check the template's paths"
        ) from problem


def _includes(node: Any) -> Iterator[dict[str, Any]]:
    """The parameters of every AWS::Include."""
    if isinstance(node, list):
        for item in node:
            yield from _includes(item)
    elif isinstance(node, dict):
        transform = node.get("Fn::Transform")
        if isinstance(transform, dict) and transform.get("Name") == "AWS::Include":
            yield transform["Parameters"]
        for value in node.values():
            yield from _includes(value)


def _zip_code(root: Path, folders: Sequence[str]) -> bytes:
    """Return a zip of the folders under `root`, byte for byte the same as long as the files are."""
    files = [
        path
        for folder in folders
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return _zip({path.relative_to(root).as_posix(): path.read_bytes() for path in files})


def _zip_layer() -> bytes:
    return _zip({"README": b"On a laptop, libraries come from MiniStack's environment.\n"})


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
