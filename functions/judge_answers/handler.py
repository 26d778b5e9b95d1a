"""Judge answers: one judge, every pair of replies in both orders."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import desk
from functions.wiring import bucket, logger, settings_of
from shared.evaluation import stages

ROOM_MILLISECONDS = (
    180_000  # the longest that one ballot may take: a call, and waits for a busy provider
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = settings_of(event["run_id"])

    def late() -> bool:
        return int(context.get_remaining_time_in_millis()) < ROOM_MILLISECONDS

    return stages.judge(bucket(), desk(settings), settings, event["judge"], late)
