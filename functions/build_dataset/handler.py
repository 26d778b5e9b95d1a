"""Build dataset: gone episodes and duplicates out, pairs, statistics, training files and the plan."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.lake_wiring import lake
from functions.wiring import logged, settings_of
from shared.corpus.stages import remove_gone_and_duplicates
from shared.dataset.stages import build


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = settings_of(event["run_id"])
    remove_gone_and_duplicates(lake(), settings)
    plans = build(lake(), settings)
    return {"models": [plan.model for plan in plans if plan.fits]}
