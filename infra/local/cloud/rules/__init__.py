"""Rules of AWS that MiniStack, cfn-lint and `sam validate` do not hold a template to.

Each rule is a pure function over a template in which SAM's transform has been applied and whose parameters have their
values, and names the page of AWS's documentation that states it. The list grows with every rule that a deployment was
found to break.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.cloud.rules import sizes, values
from infra.local.cloud.rules.resolution import PSEUDO, resolved

Template = Mapping[str, Any]
AWS = "https://docs.aws.amazon.com"
CLOUDFORMATION = f"{AWS}/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
LAMBDA = f"{AWS}/lambda/latest/dg/gettingstarted-limits.html"
IAM = f"{AWS}/IAM/latest/UserGuide/reference_iam-quotas.html"


@dataclass(frozen=True, slots=True)
class Rule:
    """`breaches` yields a sentence for each place of a template where the rule is broken."""

    page: str
    breaches: Callable[[Template], Iterator[str]]


RULES = (
    Rule(f"{AWS}/eventbridge/latest/userguide/eb-event-patterns-null-values.html", values.nulls),
    Rule(CLOUDFORMATION, sizes.at_most("Resources", 500)),
    Rule(CLOUDFORMATION, sizes.at_most("Parameters", 200)),
    Rule(CLOUDFORMATION, sizes.at_most("Outputs", 200)),
    Rule(CLOUDFORMATION, sizes.parameter_values),
    Rule(LAMBDA, sizes.environments),
    Rule(LAMBDA, sizes.listed("AWS::Lambda::Function", "Layers", 5)),
    Rule(
        f"{AWS}/lambda/latest/api/API_CreateFunction.html",
        sizes.text("AWS::Lambda::Function", "FunctionName", 64),
    ),
    Rule(
        f"{AWS}/lambda/latest/api/API_PublishVersion.html",
        sizes.text("AWS::Lambda::Version", "Description", 256),
    ),
    Rule(
        f"{AWS}/lambda/latest/api/API_PublishLayerVersion.html",
        sizes.text("AWS::Lambda::LayerVersion", "LayerName", 140),
    ),
    Rule(IAM, sizes.text("AWS::IAM::Role", "RoleName", 64)),
    Rule(IAM, sizes.role_policies),
    Rule(IAM, sizes.documents("AWS::IAM::Role", "AssumeRolePolicyDocument", 2048)),
    Rule(IAM, sizes.documents("AWS::IAM::ManagedPolicy", "PolicyDocument", 6144)),
    Rule(
        f"{AWS}/step-functions/latest/apireference/API_CreateStateMachine.html",
        sizes.text("AWS::StepFunctions::StateMachine", "StateMachineName", 80),
    ),
    Rule(
        f"{AWS}/eventbridge/latest/APIReference/API_PutRule.html",
        sizes.text("AWS::Events::Rule", "Name", 64),
    ),
    Rule(
        f"{AWS}/scheduler/latest/APIReference/API_CreateSchedule.html",
        sizes.text("AWS::Scheduler::Schedule", "Name", 64),
    ),
    Rule(
        f"{AWS}/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
        sizes.text("AWS::SQS::Queue", "QueueName", 80),
    ),
    Rule(
        f"{AWS}/AmazonS3/latest/userguide/bucketnamingrules.html",
        sizes.text("AWS::S3::Bucket", "BucketName", 63),
    ),
    Rule(
        f"{AWS}/athena/latest/APIReference/API_CreateNamedQuery.html",
        sizes.text("AWS::Athena::NamedQuery", "Name", 128),
    ),
)


def breaches(template: Template, parameters: Mapping[str, str] | None = None) -> list[str]:
    """Return what AWS would refuse of a transformed template, a sentence each with the page that says so.

    A parameter that `parameters` does not name has its default.
    """
    defaults = {
        name: str(one["Default"])
        for name, one in template.get("Parameters", {}).items()
        if isinstance(one, Mapping) and one.get("Default") is not None
    }
    with_values = resolved(template, {**PSEUDO, **defaults, **(parameters or {})})
    return [f"{found} ({rule.page})" for rule in RULES for found in rule.breaches(with_values)]
