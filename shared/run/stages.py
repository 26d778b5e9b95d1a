"""The first stage: refuse what cannot be bought, freeze what can, open the ledger."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from shared import shows
from shared.catalogue import Catalogue
from shared.errors import InvalidField, UnknownShow
from shared.lake import Bucket, keys
from shared.ledger import Ledger
from shared.run import settings
from shared.run.environment import Environment
from shared.run.settings import RunInput, RunSettings
from shared.shows import ShowProfile


def prepare(
    bucket: Bucket,
    ledger: Ledger,
    models: Catalogue,
    document: Mapping[str, Any],
    *,
    run_id: str,
    started_at: datetime,
    environment: Environment,
    check_providers: Callable[[RunSettings], None],
) -> RunSettings:
    """Write the manifest and open the run's scope of the ledger; a repeat finds the manifest and keeps it.

    Raises a BadInput, with nothing spent, for anything that cannot run; a run that buys is also shown
    to `check_providers`, which raises where a provider could not be asked.
    """
    saved = bucket.read_json(keys.manifest(run_id))
    if saved is None:
        run_input = settings.parse_input(document)
        show = _show(bucket, run_input)
        check_source(bucket, show)
        resolved = settings.resolve(
            run_input,
            show,
            models,
            run_id=run_id,
            started_at=started_at,
            code_version=environment.code_version,
            month_ceiling_usd=environment.month_ceiling_usd,
            stand_in=environment.stand_in,
        )
        if not resolved.dry_run:
            check_providers(resolved)
        saved = resolved.model_dump(mode="json")
        bucket.write_json(keys.manifest(run_id), saved)
    frozen_settings = settings.frozen(saved)
    ledger.open_run(
        run_id,
        frozen_settings.ceiling_usd,
        frozen_settings.month,
        frozen_settings.month_ceiling_usd,
    )
    return frozen_settings


def check_source(bucket: Bucket, show: ShowProfile) -> None:
    """Files are read from where the functions may read: a prefix under raw/ of their own bucket."""
    raw = f"s3://{bucket.name}/{keys.RAW}"
    if show.transcripts and not show.transcripts.startswith(raw):
        raise InvalidField(
            f"show {show.name} has its transcripts in {show.transcripts!r}; put them under "
            f"s3://{bucket.name}/{keys.transcripts(show.name)} and name that"
        )


def _show(bucket: Bucket, run_input: RunInput) -> ShowProfile:
    if not isinstance(run_input.show, str) or not run_input.show.startswith("s3://"):
        return settings.show_from(run_input)
    own = f"s3://{bucket.name}/"
    body = bucket.read(run_input.show.removeprefix(own)) if run_input.show.startswith(own) else None
    if body is None:
        raise UnknownShow(
            f"show {run_input.show!r} is not there; put the profile under {own} and name it in full"
        )
    return shows.parse_yaml(body.decode("utf-8", errors="replace"), run_input.show)
