"""Judge answers: one judge, every pair of replies in both orders."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import desk, late
from functions.wiring import bucket, logged, settings_of
from shared.evaluation import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = settings_of(event["run_id"])
    return {**stages.judge(bucket(), desk(settings), settings, event["judge"], late(context))}
