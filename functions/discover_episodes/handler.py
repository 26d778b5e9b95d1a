"""Discover episodes: what is new or changed, in batches."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.lake_wiring import lake
from functions.web_wiring import fetcher
from functions.wiring import logged, settings_of
from shared.clock import utc_now
from shared.corpus import stages
from shared.lake import keys


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = settings_of(event["run_id"])
    discovery = stages.discover(lake(), settings, fetcher(settings.show), utc_now())
    return {**asdict(discovery), "batches_key": keys.batches(settings.run_id)}
