"""Templates that AWS refuses.

AWS: a template is validated before anything is touched; the pages of the rules are in `infra/local/cloud/rules`.
MiniStack 1.5.33: takes templates that break them.
Here: a stack or change set whose template, after its transforms, breaks one of them is refused with ValidationError.
Case: `template_with_a_null`, `rule_with_a_name_too_long_once_the_region_is_in_it`.
"""

from collections.abc import Mapping
from typing import Any

from ministack.services.cloudformation import changesets, handlers

from infra.local.cloud.rules import breaches


def install() -> None:
    """Hold each template to the rules, after MiniStack's own validation."""
    validate = handlers.validate_template_support

    def validate_all(
        template: dict[str, Any], conditions: Mapping[str, bool], params: Any = None
    ) -> None:
        validate(template, conditions, params)
        given = {name: str(one["Value"]) for name, one in (params or {}).items()}
        found = [] if template.get("Transform") else breaches(template, given)
        if found:
            raise ValueError(f"Template format error: {'; '.join(found)}")

    handlers.validate_template_support = changesets.validate_template_support = validate_all
