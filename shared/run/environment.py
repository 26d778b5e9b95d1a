"""What a deployed function is told by its environment, read once and checked loudly."""

import os
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from shared import money


@dataclass(frozen=True, slots=True)
class Environment:
    """`provider_base_url` is empty where the catalogue's address of each provider holds;
    `training_role_arn` is what Bedrock takes on to read a training file;
    `reach_private_addresses` and `stand_in`, whether a stand-in takes the place of every provider,
    are set on a laptop alone."""

    bucket: str
    ledger_table: str
    provider_secret_id: str
    provider_base_url: str
    training_role_arn: str
    month_ceiling_usd: Decimal
    code_version: str
    topic_arn: str
    reach_private_addresses: bool
    stand_in: bool = False


@cache
def environment() -> Environment:
    """This function's environment; raises KeyError naming a variable the template forgot."""
    return Environment(
        bucket=os.environ["BUCKET"],
        ledger_table=os.environ["LEDGER_TABLE"],
        provider_secret_id=os.environ["PROVIDER_SECRET_ID"],
        provider_base_url=os.environ["PROVIDER_BASE_URL"],
        training_role_arn=os.environ["TRAINING_ROLE_ARN"],
        month_ceiling_usd=money.parse_usd(os.environ["MONTH_CEILING_USD"], "MONTH_CEILING_USD"),
        code_version=os.environ["CODE_VERSION"],
        topic_arn=os.environ["TOPIC_ARN"],
        reach_private_addresses=os.environ.get("REACH_PRIVATE_ADDRESSES") == "yes",
        stand_in=os.environ.get("STAND_IN") == "yes",
    )
