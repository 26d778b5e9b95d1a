"""One embedded cloud, one provider stand-in and one site for all tests that run the machine."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.cli.inputs import inline
from infra.cli.terminal.reporter import reporting
from infra.local.laptop import Laptop, laptop
from infra.machine.execution import execute, new_run_id
from infra.machine.follow import Finished
from shared import catalogue, shows
from shared.lake import keys
from shared.lake.tables import Lake
from tests.integration.site import FlakySite, flaky_site


@dataclass(frozen=True, slots=True)
class Machine:
    """The deployed machine, and what a test asks of it."""

    here: Laptop
    site: FlakySite

    @property
    def lake(self) -> Lake:
        return Lake(self.here.cloud.client("s3"), self.here.outputs["LakeBucket"])

    def show(self, name: str, **changes: Any) -> dict[str, Any]:
        """The demo show under another name, so that tests do not share a corpus; one model, and nobody judges."""
        profile = shows.packaged("demo").model_copy(
            update={"name": name, "feed": f"{self.site.base_url}/feed.xml"}
        )
        asked = {"held_out_items": 4, "judges": []}
        return {**inline(profile), "models": ["llama-3.3-70b"], "evaluation": asked, **changes}

    def run(self, show: Mapping[str, Any], **fields: Any) -> "Outcome":
        stack, document = self.here.stack, {"ceiling_usd": "5.00", **fields, "show": show}
        run_id = new_run_id(show["name"])
        finished = execute(stack, run_id, document, reporting(stack))
        return Outcome(run_id, finished, self.lake.read_json(keys.summary(run_id)))

    def meter(self) -> dict[str, Any]:
        return dict(self._stand_in("GET", "/_meter"))

    def billed(self) -> Decimal:
        return Decimal(self.meter()["exact_usd"])

    @contextmanager
    def fault(self, action: str, **options: Any) -> Iterator[None]:
        self._stand_in("POST", "/_faults", {"rules": [{"action": action, **options}]})
        try:
            yield
        finally:
            self._stand_in("DELETE", "/_faults")

    def replace_key(self, key: str) -> None:
        """Another API key, at the provider and in the secret, as somebody who rotates it would."""
        self._stand_in("PUT", "/_key", {"key": key})
        self.store_keys({each.provider: key for each in catalogue.packaged().providers})

    def store_keys(self, key_of: Mapping[str, str]) -> None:
        """The secret's whole content: a key for each provider named."""
        self.here.cloud.client("secretsmanager").put_secret_value(
            SecretId=self.here.outputs["ProviderSecret"],
            SecretString=json.dumps(key_of),
        )

    @contextmanager
    def function_timeout(self, function: str, seconds: int) -> Iterator[None]:
        """Give the function of a state another time limit for a while."""
        with self._configured(function, lambda before: {"Timeout": seconds}):
            yield

    @contextmanager
    def broken(self, function: str) -> Iterator[None]:
        """Let the function of a state fail at every call for a while."""
        with self._configured(function, lambda before: {"Handler": "functions.nothing.handler"}):
            yield

    @contextmanager
    def month_ceiling(self, usd: Decimal) -> Iterator[None]:
        """Let runs that start now open the month with another ceiling."""

        def lowered(before: Mapping[str, Any]) -> dict[str, Any]:
            variables = {**before["Environment"]["Variables"], "MONTH_CEILING_USD": f"{usd:f}"}
            return {"Environment": {"Variables": variables}}

        with self._configured("PrepareRun", lowered):
            yield

    @contextmanager
    def _configured(
        self, function: str, change: Callable[[Mapping[str, Any]], dict[str, Any]]
    ) -> Iterator[None]:
        """The machine with another version of the function, which has these settings."""
        client = self.here.cloud.client("lambda")
        name = next(
            found["FunctionName"]
            for found in client.list_functions()["Functions"]
            if function in found["FunctionName"]
        )
        before = client.get_function_configuration(FunctionName=name)
        changes = change(before)
        client.update_function_configuration(FunctionName=name, **changes)
        version = client.publish_version(FunctionName=name)["FunctionArn"]
        restored = {setting: before[setting] for setting in changes}
        client.update_function_configuration(FunctionName=name, **restored)
        machines = self.here.cloud.client("stepfunctions")
        machine = self.here.outputs["StateMachineArn"]
        definition = machines.describe_state_machine(stateMachineArn=machine)["definition"]
        changed = re.sub(rf"arn:[^\"]*:function:{re.escape(name)}:\d+", version, definition)
        assert changed != definition
        machines.update_state_machine(stateMachineArn=machine, definition=changed)
        try:
            yield
        finally:
            machines.update_state_machine(stateMachineArn=machine, definition=definition)

    def _stand_in(self, method: str, path: str, body: object = None) -> Any:
        assert self.here.meter_url is not None
        address = self.here.meter_url.removesuffix("/_meter") + path
        request = urllib.request.Request(  # noqa: S310 - the stand-in's own http address
            address,
            method=method,
            headers={"Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one execution ended."""

    run_id: str
    finished: Finished
    summary: dict[str, Any]


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    out: Path = tmp_path_factory.mktemp("laptop")
    with (
        flaky_site(tmp_path_factory.mktemp("site")) as site,
        laptop(out, month_ceiling_usd="1000.00", wait_scale=0.2, behaviour="bare") as here,
    ):
        yield Machine(here, site)
