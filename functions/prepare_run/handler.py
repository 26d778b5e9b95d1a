"""Prepare run: validate, freeze everything into the manifest, open the ledger."""

from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.wiring import bucket, ledger, logger
from shared import catalogue, preparation
from shared.environment import environment


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = preparation.prepare(
        bucket(),
        ledger(),
        catalogue.packaged(),
        event["input"],
        run_id=event["run_id"],
        started_at=datetime.fromisoformat(event["started_at"]),
        environment=environment(),
    )
    return {"dry_run": settings.dry_run}
