"""`econchatr serve`: this machine as a provider, until it is stopped."""

import os
import secrets
import signal
from collections.abc import Sequence
from pathlib import Path

from infra.cli.terminal.screen import print_wrapped
from infra.local import own
from infra.local.keys import kept, variable
from infra.local.provider.process import RunningProvider, start
from shared import catalogue
from shared.catalogue import Catalogue, Model
from shared.errors import InvalidField
from shared.validation import did_you_mean

KEY = "api-key"


def serve_models(known: Catalogue, names: Sequence[str], state: Path, port: int) -> int:
    """Serve the models of the provider `own`, all or those named, until Ctrl-C; 0.

    Raises TunerMissing, or InvalidField for a name that is none.
    """
    models = chosen(known, names)
    own.check_installed()
    state.mkdir(parents=True, exist_ok=True)
    prices = state / "catalogue.yaml"
    prices.write_text(catalogue.dump(known), encoding="utf-8")
    key, place = api_key(state)
    where = own.places(models)
    with start(prices, state, api_key=key, port=port, bases=where) as running:
        print_wrapped(described(running, models, place))
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("Stopped; the same command goes on with what was begun")
    return 0


def chosen(known: Catalogue, names: Sequence[str]) -> list[Model]:
    """Return the models of `own` with these names, all without any; raises InvalidField for another's."""
    here = {model.model: model for model in known.models if model.provider == own.NAME}
    for name in names:
        if name not in here:
            raise InvalidField(
                f"--model {name!r} is none that this machine tunes;{did_you_mean(name, here)} it tunes "
                f"{', '.join(here)}"
            )
    return [here[name] for name in names or here]


def api_key(state: Path) -> tuple[str, str]:
    """Return the only key that is accepted, and where it is: the user's own, else one that was made up once."""
    name = variable(own.NAME)
    if mine := os.environ.get(name):
        return mine, name
    if mine := kept(own.NAME):
        return mine, "the system's store"
    path = state / KEY
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(32))
    return path.read_text("utf-8"), str(path)


def described(running: RunningProvider, models: Sequence[Model], key: str) -> str:
    """Return what a person needs to use it."""
    names = ", ".join(model.base_model for model in models)
    return (
        f"Serving {names} at {running.base_url} to who has the key in {key}. Ctrl-C stops it. From another "
        f"machine it is reached through a tunnel: ssh -L PORT:127.0.0.1:PORT THIS_MACHINE"
    )
