"""Scrape batch: some episodes of one month into Parquet."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.lake_wiring import lake
from functions.web_wiring import fetcher
from functions.wiring import logged, settings_of
from shared.corpus import stages


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings = settings_of(event["run_id"])
    return dict(stages.scrape(lake(), settings, event["batch"], fetcher(settings.show)))
