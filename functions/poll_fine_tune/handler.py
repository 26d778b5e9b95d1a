"""Poll fine tune: is the job over, and does it still fit the ceiling?"""

from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import purchase_context
from functions.wiring import aws_trouble, bucket, logged, logger, settings_of
from shared.clock import utc_now
from shared.errors import Transient
from shared.fine_tuning import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    try:
        with aws_trouble():
            over = _over(event["run_id"], event["model"])
    except Transient as trouble:  # a look that saw nothing
        stages.check_patience(datetime.fromisoformat(event["since"]), utc_now(), trouble)
        logger.warning("saw nothing", extra={"error": type(trouble).__name__})
        over = False
    return {**event, "over": over, **stages.next_wait(event["wait"], event["waited"])}


def _over(run_id: str, model_name: str) -> bool:
    settings = settings_of(run_id)
    model = settings.model(model_name)
    return stages.poll(bucket(), purchase_context(settings), settings, model).done
