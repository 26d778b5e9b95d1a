"""python -m infra.local.provider: serves the provider until it is terminated."""

import argparse
import json
import os
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3

from infra.local.provider.behaviours import BARE, BEHAVIOURS, OWN
from infra.local.provider.catalogue import read_catalogue
from infra.local.provider.context import AppState
from infra.local.provider.learning.engine import NGramEngine
from infra.local.provider.process import KEY
from infra.local.provider.server import make_provider_server
from infra.local.provider.store import Store
from infra.local.provider.training.engine import TuningEngine
from infra.local.provider.training.jobs import Limits

TUNER_PYTHON = Path(__file__).resolve().parents[3] / ".tools" / "tuner" / "bin" / "python"


def main() -> int:
    """Serve until terminated; return the exit code."""
    arguments = parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if arguments.until_stdin_closes:
        threading.Thread(target=_terminate_when_stdin_closes, daemon=True).start()
    with ExitStack() as ends:
        try:
            app = _own(arguments, ends) if arguments.base else _stand_in(arguments)
            server = make_provider_server(app, arguments.port)
        except OSError as error:
            print(f"The provider cannot start: {error}", file=sys.stderr)
            return 1
        print(json.dumps({"base_url": f"http://127.0.0.1:{server.port}/v1/"}), flush=True)
        server.serve_forever()
    return 0


def _stand_in(arguments: argparse.Namespace) -> AppState:
    store, behaviour = Store(arguments.state), BEHAVIOURS[arguments.behaviour]
    return AppState(
        catalogue=read_catalogue(arguments.catalogue),
        store=store,
        engine=NGramEngine(store, behaviour),
        job_seconds=arguments.job_seconds,
        api_key=arguments.api_key,
        behaviour=behaviour,
        s3=_s3(arguments.s3_endpoint),
    )


def _own(arguments: argparse.Namespace, ends: ExitStack) -> AppState:
    """The provider with real weights; what it starts ends with the block. Raises OSError where it cannot train."""
    store, bases = Store(arguments.state), dict(arguments.base)
    limits = Limits(arguments.max_job_hours * 3600, arguments.max_memory_gb)
    folder = arguments.state / "trainings"
    engine = TuningEngine(store, folder, arguments.tuner_python, bases, limits)
    ends.callback(engine.stop)
    engine.start()
    known = read_catalogue(arguments.catalogue)
    return AppState(
        catalogue={name: model for name, model in known.items() if model.wire_name in bases},
        store=store,
        engine=engine,
        job_seconds=0.0,
        api_key=arguments.api_key,
        behaviour=OWN,
    )


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
    options.add_argument("--job-seconds", type=_above_0, default=2.0, help="how long a job takes")
    options.add_argument(
        "--behaviour",
        "--manner",  # as it was called first
        choices=sorted(BEHAVIOURS),
        default=BARE.name,
        help="whose service it stands in for",
    )
    options.add_argument(
        "--base",
        type=_base,
        action="append",
        default=[],
        metavar="NAME[=FOLDER]",
        help="train real weights: a model of the catalogue by its base_model, and where it lies, if not on the hub",
    )
    options.add_argument("--tuner-python", type=Path, default=TUNER_PYTHON, help="has torch")
    options.add_argument("--max-job-hours", type=_above_0, default=4.0, help="limit of a training")
    options.add_argument("--max-memory-gb", type=_above_0, default=_most_gb(), help="the same")
    options.add_argument("--s3-endpoint", help="the cloud whose buckets hold Bedrock's files")
    options.add_argument(
        "--api-key",
        default=os.environ.get(KEY),
        help=f"the only key to accept; any without it; {KEY} in the environment says the same",
    )
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


def _base(text: str) -> tuple[str, str]:
    name, _, place = text.partition("=")
    return name, place or name


def _most_gb() -> float:
    """Three quarters of this machine's memory, in GB."""
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 0.75 / 1e9, 1)


def _above_0(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(f"must be above 0, found {text}")
    return number


if __name__ == "__main__":
    sys.exit(main())
