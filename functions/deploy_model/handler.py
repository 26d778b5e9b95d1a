"""Deploy model: make a finished fine-tune answer."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import provider
from functions.wiring import bucket, logged, settings_of
from shared.clock import utc_now
from shared.fine_tuning import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = settings_of(event["run_id"])
    model = settings.model(event["model"])
    active = stages.deploy(bucket(), provider(settings, model.provider), settings, model, utc_now())
    wait = stages.next_wait(event["wait"], event["waited"])
    return {**event, "deploying": not active, **wait}
