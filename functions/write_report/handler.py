"""Write report: summary, spend and report of any run, however it ended."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.lake_wiring import lake
from functions.wiring import ledger, logger
from shared.clock import utc_now
from shared.report import stages


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return stages.close(lake(), ledger(), event["run_id"], event["state"], utc_now())
