"""Submit fine tune: reserve, then create the job exactly once."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import provider, purchase_context
from functions.wiring import bucket, logged, settings_of
from shared.clock import utc_now
from shared.fine_tuning import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = settings_of(event["run_id"])
    model = settings.model(event["model"])
    stages.check_still_offered(
        provider(settings, model.provider), settings, model, utc_now().date()
    )
    return {
        **event,
        "over": stages.submit(bucket(), purchase_context(settings), settings, model).done,
    }
