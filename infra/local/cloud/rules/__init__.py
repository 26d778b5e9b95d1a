"""Rules of AWS that MiniStack, cfn-lint and `sam validate` do not hold a template to.

Each rule is a pure function over a template in which SAM's transform has been applied, and names the page of AWS's
documentation that states it. The list grows with every rule that a deployment was found to break.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.cloud.rules import values

Template = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """`breaches` yields a sentence for each place of a template where the rule is broken."""

    page: str
    breaches: Callable[[Template], Iterator[str]]


RULES = (
    Rule(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-null-values.html",
        values.nulls,
    ),
)


def breaches(template: Template) -> list[str]:
    """Return what AWS would refuse of a transformed template, a sentence each with the page that says so."""
    return [f"{found} ({rule.page})" for rule in RULES for found in rule.breaches(template)]
