"""What a person typed, checked before anything starts."""

import json
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from infra.local import own
from shared import catalogue, shows
from shared.catalogue import Catalogue
from shared.clock import utc_now
from shared.errors import InvalidField, NoApiKey, UnknownShow
from shared.money import parse_usd
from shared.run import RunSettings, parse_input, resolve
from shared.shows import ShowProfile
from shared.text import LONGEST_KEY, cleaned_key
from shared.validation import one_of_each_key


def show_profile(name_or_file: str) -> ShowProfile:
    """Return a packaged show, or the one of a profile file; raises UnknownShow or InvalidField."""
    path = Path(name_or_file)
    try:
        if path.suffix not in (".yaml", ".yml") and not path.is_file():
            return shows.packaged(name_or_file)
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UnknownShow(
            f"--show {name_or_file!r} cannot be read ({error}); name a profile file"
        ) from error
    return _with_folder(shows.parse_yaml(text, name_or_file), path.parent)


def _with_folder(show: ShowProfile, beside: Path) -> ShowProfile:
    """The show with its folder of transcripts in full; a relative one is meant from the profile on."""
    if show.transcripts is None or "://" in show.transcripts:
        return show
    folder = (beside / Path(show.transcripts).expanduser()).resolve()
    if not folder.is_dir():
        raise InvalidField(
            f"show {show.name} has `transcripts: {show.transcripts}`, and {folder} is no folder; "
            "name a folder of transcript files"
        )
    if not any(path.is_file() for path in folder.rglob("*")):
        raise InvalidField(
            f"show {show.name} has `transcripts: {show.transcripts}`, and {folder} holds no file; put the "
            "transcripts there"
        )
    return show.model_copy(update={"transcripts": str(folder)})


def run_input(
    text_or_file: str,
    show: ShowProfile,
    defaults: Mapping[str, Any],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the run input with the show inline, `options` before what it says, `defaults` after.

    Raises InvalidField or UnknownField, of a file with the line.
    """
    text, is_file = text_or_file, text_or_file.startswith("@")
    if is_file:
        try:
            text = Path(text_or_file[1:]).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise InvalidField(f"--input {text_or_file!r} cannot be read ({error})") from error
    try:
        document = json.loads(text, object_pairs_hook=one_of_each_key)
    except ValueError as error:
        raise InvalidField(
            f'--input is not JSON ({error}); write an object such as {{"ceiling_usd": "5.00"}}'
        ) from error
    if not isinstance(document, dict):
        raise InvalidField(
            f'--input is {text:.80}; write a JSON object such as {{"ceiling_usd": "5.00"}}'
        )
    if document.get("show", show.name) != show.name:
        raise InvalidField(
            f"--input names show {document['show']!r:.80} but --show is {show.name}; name one show"
        )
    document = {**defaults, **document, **options, "show": inline(show)}
    parse_input(document, text if is_file else "")
    return document


def inline(show: ShowProfile) -> dict[str, Any]:
    """Return the show as an inline object of the run input."""
    return show.model_dump(mode="json", exclude_defaults=True)


def models_and_prices(own: Path | None) -> Catalogue:
    """Return the packaged catalogue, with the user's own file before it; raises InvalidField with the line."""
    if own is None:
        return catalogue.packaged()
    try:
        text = own.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InvalidField(f"--catalogue {str(own)!r} cannot be read ({error})") from error
    return catalogue.extended(text, str(own))


def models_of(provider: str, own_catalogue: Path | None) -> tuple[str, ...]:
    """Return the models that a provider tunes; raises UnknownModel where there is no such provider."""
    known = models_and_prices(own_catalogue)
    name = known.provider(provider).provider
    return tuple(one.model for one in known.models if one.provider == name and one.tunable)


def own_defaults(own_catalogue: Path | None, chosen: Sequence[str]) -> dict[str, object]:
    """Return the fields of a run input that are otherwise by default where this machine tunes the chosen models."""
    known = models_and_prices(own_catalogue)
    here = {one.model for one in known.models if one.provider == own.NAME}
    return {"n_epochs": own.EPOCHS} if here & set(chosen) else {}


def check_address(openai_base_url: str | None) -> None:
    """Raise InvalidField unless a provider's address, where one is given, can be asked."""
    try:
        parts = urlsplit(openai_base_url or "http://127.0.0.1")
        usable = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        usable = False
    if not usable:
        raise InvalidField(
            f"--openai-base-url is {openai_base_url!r}; write an address such as https://api.openai.com/v1/"
        )
    if openai_base_url and not catalogue.hides_keys(openai_base_url):
        raise InvalidField(
            f"--openai-base-url {openai_base_url} would carry the API key in the clear; write https://, "
            "or ask a provider on this machine"
        )
    if openai_base_url and (parts.username or parts.password or parts.query):
        raise InvalidField(
            "--openai-base-url holds a user name, a password or a `?`, which would be printed and stand in every "
            "report; leave it out, and keep the key with `econchatr keys set`"
        )


def check(
    document: Mapping[str, Any], show: ShowProfile, models: Catalogue, month_ceiling_usd: str
) -> RunSettings:
    """Return what the run will be held to; raises now what the first state would refuse."""
    return resolve(
        parse_input(document),
        show,
        models,
        run_id="check",
        started_at=utc_now(),
        code_version="check",
        month_ceiling_usd=parse_usd(month_ceiling_usd, "--month-ceiling-usd"),
    )


def provider_name(name: str, models: Catalogue) -> str:
    """Return a provider's name, or the host of an address, as it was typed; raises InvalidField."""
    providers = [one.provider for one in models.providers if one.api == "openai"]
    if name in providers or "." in name:
        return name
    near = get_close_matches(name.lower(), providers, n=1)
    raise InvalidField(
        f"keys are kept by provider, and {name!r} is none of {', '.join(providers)}; "
        + (f"did you mean {near[0]}? " if near else "")
        + "for another "
        "service name the host of its address, such as api.example.org"
    )


def typed_key(name: str) -> str:
    """Read a key, never echoed and never an argument, which would stay in the shell's history; raises NoApiKey."""
    text = (
        click.prompt(f"API key for {name}", hide_input=True)
        if sys.stdin.isatty()
        else sys.stdin.read(LONGEST_KEY + 2)  # enough to see that it is too long
    )
    key = cleaned_key(text, "what was given")
    if not key:
        raise NoApiKey(
            "what was given holds no API key: nothing but blanks or quotes; copy it again"
        )
    return key
