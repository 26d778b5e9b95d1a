"""What the template grants each function, and which of it a run used."""

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.cfn import load_template
from tests.places import ROOT

RESOURCES = load_template(ROOT / "template.yaml")["Resources"]


@dataclass(frozen=True, order=True, slots=True)
class Granted:
    """One action on one resource that a function may do; the resource as the template writes it."""

    function: str
    action: str
    resource: str


def granted():
    """Every permission of every function."""
    for name, resource in RESOURCES.items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        for policy in resource["Properties"]["Policies"]:
            for statement in policy["Statement"]:
                for action in statement["Action"]:
                    for where in listed(statement["Resource"]):
                        yield Granted(name.removesuffix("Function"), action, where)


def listed(resources):
    """The resources of a statement, as text."""
    for one in resources if isinstance(resources, list) else [resources]:
        if isinstance(one, dict):
            ((kind, value),) = one.items()
            yield value if kind == "Fn::Sub" else f"${{{value}}}"
        else:
            yield one


def used(state: Path):
    """What each function was allowed in a cloud that has ended: function, action, address."""
    for caller, action, address in json.loads((state / "permissions.json").read_text()):
        if found := re.search(r"-(\w+)FunctionRole-", caller):
            yield found[1], action, address


def unused(state: Path):
    """The permissions that no call of the cloud's life needed."""
    calls = list(used(state))
    return {
        one
        for one in granted()
        if not any(
            function == one.function
            and action == one.action
            and fnmatchcase(address, pattern(one.resource))
            for function, action, address in calls
        )
    }


def pattern(resource):
    """A resource of the template as it looks once deployed."""
    if resource.startswith("${LakeBucket.Arn}"):
        return resource.replace("${LakeBucket.Arn}", "arn:*:s3:::*lakebucket*")
    if resource.startswith("arn:"):
        return re.sub(r"\$\{[^}]*\}", "*", resource)
    return "*"  # the one ledger, secret, topic, role
