"""python -m infra.local.provider: serves the provider until it is terminated."""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import boto3

from infra.local.provider.behaviours import BARE, BEHAVIOURS
from infra.local.provider.catalogue import read_catalogue
from infra.local.provider.context import AppState
from infra.local.provider.learning.engine import NGramEngine
from infra.local.provider.server import make_provider_server
from infra.local.provider.store import Store


def main() -> int:
    """Serve until terminated; return the exit code."""
    arguments = parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if arguments.until_stdin_closes:
        threading.Thread(target=_terminate_when_stdin_closes, daemon=True).start()
    try:
        store, behaviour = Store(arguments.state), BEHAVIOURS[arguments.behaviour]
        app = AppState(
            catalogue=read_catalogue(arguments.catalogue),
            store=store,
            engine=NGramEngine(store, behaviour),
            job_seconds=arguments.job_seconds,
            api_key=arguments.api_key,
            behaviour=behaviour,
            s3=_s3(arguments.s3_endpoint),
        )
        server = make_provider_server(app, arguments.port)
    except OSError as error:
        print(f"The provider cannot start: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"base_url": f"http://127.0.0.1:{server.port}/v1/"}), flush=True)
    server.serve_forever()
    return 0


def _terminate_when_stdin_closes() -> None:
    while os.read(sys.stdin.fileno(), 1024):  # unbuffered: a buffer's lock would hinder the exit
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    options = argparse.ArgumentParser(prog="python -m infra.local.provider", description=__doc__)
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--catalogue", type=Path, required=True, help="models and prices, YAML")
    options.add_argument("--state", type=Path, required=True, help="directory kept between runs")
    options.add_argument("--job-seconds", type=_seconds, default=2.0, help="how long a job takes")
    options.add_argument(
        "--behaviour",
        "--manner",  # as it was called first
        choices=sorted(BEHAVIOURS),
        default=BARE.name,
        help="whose service it stands in for",
    )
    options.add_argument("--s3-endpoint", help="the cloud whose buckets hold Bedrock's files")
    options.add_argument("--api-key", help="the only key to accept; any without it")
    options.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end with whoever holds the other end, even if that was killed",
    )
    return options


def _s3(endpoint: str | None) -> Any:
    """A client of the laptop cloud's buckets, with its documented credentials."""
    if endpoint is None:
        return None
    session = boto3.Session("test", "test", region_name="us-east-1")
    return session.client("s3", endpoint_url=endpoint)


def _seconds(text: str) -> float:
    seconds = float(text)
    if seconds <= 0:
        raise argparse.ArgumentTypeError(f"must be above 0, found {text}")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
