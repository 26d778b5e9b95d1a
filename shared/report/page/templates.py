"""The templates and the scripts of the pages."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Template
from markupsafe import Markup

from shared import templates
from shared.report import text

HERE = Path(__file__).parents[1]


@cache
def template(name: str) -> Template:
    """Return a page's template, in which everything is escaped that is not our own."""
    environment = templates.environment(HERE)
    environment.filters.update(
        usd=text.or_unknown(text.dollars),
        usd_column=text.or_unknown(text.dollars_in_a_column),
        integer=text.or_unknown(text.integer),
        percent=text.or_unknown(text.percent),
        moment=text.or_unknown(text.moment),
        web_address=text.web_address,
    )
    return environment.get_template(name)


@cache
def script(name: str) -> Markup:
    """Return one of our own scripts, to stand in a page."""
    return Markup((HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - ours, no outside text


def script_hash(source: str) -> str:
    """Return how a page's policy names the only script that it lets run."""
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"
