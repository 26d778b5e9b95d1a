"""Cancel fine tunes: leave nothing running at a provider, whatever went wrong."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import desk
from functions.wiring import logger
from shared.fine_tuning import stages


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    stages.cancel(desk(), event["run_id"])
