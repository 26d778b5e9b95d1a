"""State machine definitions in YAML.

AWS: a definition file named by `DefinitionS3Location` (SAM's `DefinitionUri`) may be YAML;
substitutions are made in its text.
MiniStack 1.5.33: stores the text and parses it as JSON, so that executions fail with `InvalidDefinition`.
Here: the text, after substitution, is read as YAML (of which JSON is a part) and stored as JSON.
Case: `definition_in_yaml`.
"""

import json
from typing import Any

import yaml
from ministack.services.cloudformation import provisioners


def install() -> None:
    """Turn the definition CloudFormation resolved into JSON."""
    resolve = provisioners._sfn_definition

    def definition(props: dict[str, Any]) -> str:
        return json.dumps(yaml.safe_load(resolve(props)))

    provisioners._sfn_definition = definition
