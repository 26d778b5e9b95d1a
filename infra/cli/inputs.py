"""What a person typed, checked before anything starts."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from shlex import quote
from typing import Any
from urllib.parse import urlsplit

import click

from infra.cli.options import ProviderOptions, RunFields
from infra.local import own
from shared import catalogue, shows
from shared.catalogue import Catalogue, Provider
from shared.clock import utc_now
from shared.errors import InvalidField, NoApiKey, UnknownShow
from shared.money import parse_usd
from shared.run import RunSettings, parse_input, resolve
from shared.shows import ShowProfile
from shared.text import LONGEST_KEY, cleaned_key, on_own_machine
from shared.validation import did_you_mean, one_of_each_key

PROFILES = (".yaml", ".yml")
OPTIONS = {
    "ceiling_usd": "--ceiling",
    "max_cost_per_model_usd": "--model-ceiling",
    "models": "--model",
    "n_epochs": "--epochs",
    "since": "--since",
    "limit": "--limit",
}


def show_profile(name_or_file: str) -> ShowProfile:
    """Return a packaged show, or the one of a profile file; raises UnknownShow or InvalidField."""
    path = Path(name_or_file)
    try:
        if path.suffix not in PROFILES and not path.is_file():
            return shows.packaged(name_or_file)
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UnknownShow(
            f"{name_or_file!r} cannot be read ({why});{did_you_mean(name_or_file, _profiles(path))} name a profile "
            "file, or a packaged show such as demo"
        ) from error
    return _with_folder(shows.parse_yaml(text, name_or_file), path.parent)


def _profiles(path: Path) -> list[str]:
    """The files that lie where a profile was looked for, as somebody there would name them."""
    if not path.parent.is_dir():
        return []
    return [str(path.parent / one.name) for one in path.parent.iterdir() if one.suffix in PROFILES]


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
    with _told_as_typed(options):
        parse_input({"ceiling_usd": "1.00", **document}, text if is_file else "")
    if "ceiling_usd" not in document:
        raise InvalidField(
            "a run that may cost something needs a ceiling; add --ceiling 10, or another amount of US dollars"
        )
    return document


@contextmanager
def _told_as_typed(options: Mapping[str, Any]) -> Iterator[None]:
    """Name what is wrong by the option that said it."""
    try:
        yield
    except InvalidField as error:
        sentence = str(error)
        for field, option in OPTIONS.items():
            if field in options:
                sentence = re.sub(rf"\b{field}(\.\d+)?(?=( is|:) )", option, sentence)
        if sentence == str(error):
            raise
        raise InvalidField(sentence.removeprefix("the input is not usable: ")) from error


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


def tuned_here(
    fields: RunFields, provider: ProviderOptions, own_catalogue: Path | None
) -> tuple[RunFields, ProviderOptions]:
    """Return both with `--provider own` in effect: nobody else is asked, and models of this machine are tuned."""
    if provider.provider != own.NAME:
        return fields, provider
    known = models_and_prices(own_catalogue).models
    models = tuple(one.model for one in known if one.provider == own.NAME and one.tunable)
    return replace(fields, models=fields.models or models), replace(provider, provider=None)


def own_defaults(own_catalogue: Path | None, chosen: Sequence[str]) -> dict[str, object]:
    """Return the fields of a run input that are otherwise by default where this machine tunes the chosen models."""
    known = models_and_prices(own_catalogue)
    here = {one.model for one in known.models if one.provider == own.NAME}
    return {"n_epochs": own.EPOCHS} if here & set(chosen) else {}


def check_order(question: str, show: str) -> None:
    """Raise InvalidField where a question and a show stand in each other's place."""
    is_show = question in shows.packaged_names() or Path(question).suffix in PROFILES
    if is_show and len(show.split()) > 1:
        raise InvalidField(
            f"the question comes before the show: econchatr ask {quote(show)} {quote(question)}"
        )


def address(openai_base_url: str | None, provider: str | None, models: Catalogue) -> str | None:
    """Return the address of the real provider that was asked for in one of two ways; None where none was.

    Raises InvalidField.
    """
    known = {
        one.provider: one.base_url for one in with_keys(models) if not on_own_machine(one.base_url)
    }
    if provider is not None and provider not in known:
        raise InvalidField(
            f"--provider is {provider!r};{did_you_mean(provider, known)} there are {', '.join(known)}; --catalogue "
            "brings others, and --openai-base-url takes an address"
        )
    if provider is not None and openai_base_url is not None:
        raise InvalidField(
            "--provider and --openai-base-url say the same in two ways; leave one out"
        )
    found = openai_base_url if provider is None else known[provider]
    check_address(found)
    return found


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


def with_keys(models: Catalogue) -> list[Provider]:
    """Return the providers that take a key: they speak OpenAI's protocol."""
    return [one for one in models.providers if one.api == "openai"]


def provider_name(name: str, models: Catalogue) -> str:
    """Return a provider's name, or the host of an address, as it was typed; raises InvalidField."""
    providers = [one.provider for one in with_keys(models)]
    if name in providers or "." in name:
        return name
    near = get_close_matches(name.lower(), providers, n=1)
    raise InvalidField(
        f"keys are kept by provider, and {name!r} is none of {', '.join(providers)}; "
        + (f"did you mean {near[0]}? " if near else "")
        + "for another service name the host of its address, such as api.example.org, and say with --catalogue what "
        "it sells"
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
