"""Prepare run: validate, see that the providers answer, freeze everything into the manifest, open the ledger."""

from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.provider_wiring import check_providers
from functions.wiring import bucket, ledger, logged, models_and_prices
from shared.run import stages
from shared.run.environment import environment


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = stages.prepare(
        bucket(),
        ledger(),
        models_and_prices(),
        event["input"],
        run_id=event["run_id"],
        started_at=datetime.fromisoformat(event["started_at"]),
        environment=environment(),
        check_providers=check_providers,
    )
    return {"dry_run": settings.dry_run}
