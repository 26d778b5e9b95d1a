"""Poll fine tune: is the job over, and does it still fit the ceiling?"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import purchase_context
from functions.wiring import bucket, logged, settings_of
from shared.fine_tuning import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = settings_of(event["run_id"])
    model = settings.model(event["model"])
    over = stages.poll(bucket(), purchase_context(settings), settings, model).done
    return {**event, "over": over, **stages.next_wait(event["wait"], event["waited"])}
