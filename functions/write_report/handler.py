"""Write report: summary, spend and report of any run, however it ended."""

from contextlib import suppress
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.lake_wiring import lake
from functions.metrics_wiring import emit
from functions.wiring import bucket, ledger, logged, settings_if_prepared
from shared.clock import utc_now
from shared.lake import keys
from shared.ledger import RunNotOpen
from shared.report import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    run_id = event["run_id"]
    ended = stages.close(lake(), ledger(), run_id, event["state"], utc_now())
    settings = settings_if_prepared(run_id)
    if settings is not None and ended["status"] != "CLOSED":
        with suppress(RunNotOpen):  # a run that ended before its ledger was opened
            emit(bucket().read_json(keys.summary(run_id)), ledger().month_totals(settings.month))
    return ended
