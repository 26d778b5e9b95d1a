"""The handle on a running laptop cloud."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

import boto3
import botocore.session
from botocore.config import Config
from botocore.configprovider import ConstantProvider

REGION = "us-east-1"
ACCOUNT = "000000000000"
ACCESS_KEY = "test"
WORKER_ENVIRONMENT = "WORKER_ENVIRONMENT"
SECRET_KEY = "test"  # noqa: S105 - MiniStack's documented root key; it opens nothing but this process
_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 3},
    max_pool_connections=32,
    proxies={},
    request_checksum_calculation="when_required",
)


_ONE_AT_A_TIME = Lock()  # a session makes no two clients at once


@cache
def _session(region: str) -> boto3.Session:
    """One for all clients, because each new one reads again what services there are.

    Every setting is AWS's default: no variable and no file of the caller's can break what never leaves this machine.
    """
    session = botocore.session.Session()
    settings = session.get_component("config_store")
    usual = {name: variable[2] for name, variable in session.SESSION_VARIABLES.items()}
    for name, value in {**usual, "region": region, "s3": None, "proxies_config": None}.items():
        settings.set_config_provider(name, ConstantProvider(value))
    for name in ("config_file", "credentials_file"):
        session.set_config_variable(name, os.devnull)
    return boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=region, botocore_session=session)


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where the laptop cloud answers, and the folder in which it keeps its state."""

    endpoint_url: str
    state_dir: Path
    region: str = REGION

    @property
    def session(self) -> boto3.Session:
        """Return credentials and region of this cloud; the user's own AWS settings are not used."""
        return _session(self.region)

    def client(self, service: str) -> Any:
        """Return a boto3 client of this cloud."""
        with _ONE_AT_A_TIME:
            create = cast(Callable[..., Any], self.session.client)
            return create(service, endpoint_url=self.endpoint_url, config=_CONFIG)

    def bucket_dir(self, bucket: str) -> Path:
        """Return the folder in which MiniStack keeps a bucket's objects under their keys."""
        return self.state_dir / "s3" / ACCOUNT / bucket
