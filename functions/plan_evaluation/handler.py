"""Plan evaluation: which arms answer, what people answered, and who judges."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.wiring import bucket, logged, settings_of
from shared.evaluation import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = settings_of(event["run_id"])
    arms = stages.arms(bucket(), settings)
    stages.save_references(bucket(), settings)
    return {
        "arms": [{"arm": one.arm, "model": one.model} for one in arms],
        "judges": stages.judges(bucket(), settings),
    }
