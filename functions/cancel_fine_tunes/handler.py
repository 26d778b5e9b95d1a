"""Cancel fine tunes: leave nothing running at a provider, whatever went wrong."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import provider, purchase_context
from functions.wiring import bucket, logged, settings_if_prepared
from shared.fine_tuning import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    settings = settings_if_prepared(event["run_id"])
    if settings is not None:
        try:
            stages.cancel(purchase_context(settings), settings.run_id)
        finally:
            stages.retire(bucket(), partial(provider, settings), settings)
