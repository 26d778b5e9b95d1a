"""What the template and the state machine's definition say, for the tests that hold them against the code."""

import re

import yaml

from tests.cfn import load_template
from tests.places import ROOT

TEMPLATE = load_template(ROOT / "template.yaml")
RESOURCES = TEMPLATE["Resources"]
FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}
WATCH = load_template(ROOT / "infra" / "watch.yaml")["Resources"]
WATCHED = RESOURCES["Watch"]["Properties"]["Parameters"]
DEFINITION = (ROOT / "infra" / "pipeline.asl.yaml").read_text()
MACHINE = yaml.safe_load(DEFINITION)
PIPELINE = RESOURCES["Pipeline"]["Properties"]


def every_state(machine=MACHINE):
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from every_state(state["ItemProcessor"])


STATES = dict(every_state())
TASKS = {
    name: state
    for name, state in STATES.items()
    if state["Type"] == "Task" and state["Resource"].endswith("lambda:invoke")
}


def folder(state_name):
    return state_name.lower().replace(" ", "_").replace("-", "_")


def resource_of(state_name):
    return "".join(word.capitalize() for word in re.split(r"[ -]", state_name))


def transitions(state):
    yield from (value for key, value in state.items() if key in ("Next", "Default"))
    for branch in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield branch["Next"]


def machines(machine=MACHINE):
    yield machine
    for state in machine["States"].values():
        if "ItemProcessor" in state:
            yield from machines(state["ItemProcessor"])
