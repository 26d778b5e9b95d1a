"""Cancel fine tunes: leave nothing running at a provider, whatever went wrong."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import desk
from functions.wiring import bucket, logger
from shared.fine_tuning import stages
from shared.lake import keys
from shared.run import frozen


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    manifest = bucket().read_json(keys.manifest(event["run_id"]))
    if manifest is not None:  # else its input was refused, and its ledger never opened
        stages.cancel(desk(frozen(manifest)), event["run_id"])
