"""Answer questions: one arm, every question of the show."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import deadline_near, purchase_context
from functions.wiring import bucket, logged, settings_of
from shared.evaluation import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = settings_of(event["run_id"])
    who = stages.ModelArm.named(event["arm"], event["model"])
    answers = stages.answer(
        bucket(), purchase_context(settings), settings, who, deadline_near(context)
    )
    return {"answers": answers}
