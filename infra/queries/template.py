"""The packaged queries as saved queries of a workgroup: writes infra/queries.yaml, which `make queries` calls."""

from typing import Any

import yaml

from infra.queries import FOLDER, packaged_names

TEMPLATE = FOLDER.parent / "queries.yaml"


def as_template() -> str:
    """The queries as a CloudFormation template."""
    resources = {_logical_id(name): _resource(name) for name in packaged_names()}
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The queries of infra/queries, saved in the workgroup; `make queries` writes this file.",
        "Parameters": {
            "Database": {"Description": "The database they are about.", "Type": "String"},
            "Workgroup": {"Description": "The workgroup they are saved in.", "Type": "String"},
        },
        "Resources": resources,
    }
    return yaml.dump(document, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)


def _logical_id(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_")) + "Query"


def _resource(name: str) -> dict[str, Any]:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return {
        "Type": "AWS::Athena::NamedQuery",
        "Properties": {
            "Name": name,
            "Description": text.splitlines()[0].removeprefix("-- "),
            "Database": {"Ref": "Database"},
            "WorkGroup": {"Ref": "Workgroup"},
            "QueryString": text,
        },
    }


class _Readable(yaml.SafeDumper):
    """Writes text of several lines as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Readable.add_representer(str, _text)


if __name__ == "__main__":
    TEMPLATE.write_text(as_template(), encoding="utf-8")
