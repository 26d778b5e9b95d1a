"""Settle fine tune: from what the provider billed."""

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
    outcome = stages.settle(bucket(), purchase_context(settings), settings, model, utc_now())
    stages.save_curve(bucket(), provider(settings, model.provider), settings, model)
    needs_deployment = settings.provider(model.provider).deploy != "none"
    return {**event, "deploying": needs_deployment and outcome["status"] == "succeeded"}
