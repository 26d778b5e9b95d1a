"""A deployed stack, on this machine or on AWS: who answers for its services, and its outputs by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.lake import Bucket
from shared.ledger import Ledger


@dataclass(frozen=True, slots=True)
class DeployedStack:
    """`client` makes a boto3 client by its service's name; `outputs` are those of template.yaml."""

    client: Callable[[str], Any]
    outputs: Mapping[str, str]

    @property
    def machine_arn(self) -> str:
        """The state machine's address."""
        return self.outputs["StateMachineArn"]

    @property
    def bucket(self) -> Bucket:
        """Where pages, tables and reports are."""
        return Bucket(self.client("s3"), self.outputs["LakeBucket"])

    @property
    def ledger(self) -> Ledger:
        """Where reservations and settlements are."""
        return Ledger(self.client("dynamodb"), self.outputs["LedgerTable"])
