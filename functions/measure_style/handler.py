"""Measure style: how near to the host's the style of a run's answers comes, where there are any."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.wiring import bucket, logged
from shared.style import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return {"rows": stages.measure(bucket(), event["run_id"])}
