"""A profile, written from a sample of a show."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

from infra.cli.init.proposing import NAMED, Proposal, aliases
from infra.cli.init.sampling import Sample
from shared import shows, templates
from shared.clock import utc_now
from shared.errors import InvalidField

TEMPLATE = "profile.yaml.j2"


def write_profile(found: Sample, proposed: Proposal, file: Path | None, title: str | None) -> Path:
    """Write a profile that plans without an edit; return where. Raises InvalidField: a file that is there stays."""
    title = title or found.title or _title(found.place)
    name = _slug(file.stem if file else title)
    path = file or Path(f"{name}.yaml")
    if path.exists():
        raise InvalidField(f"{path} is there already; name another file with --file")
    text = _written(found, proposed, title, name, path)
    shows.parse_yaml(text, str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _written(found: Sample, proposed: Proposal, title: str, name: str, path: Path) -> str:
    environment = templates.environment(
        Path(__file__).parent, html=False
    )  # YAML: every value is quoted
    environment.filters["line"] = lambda text: " ".join(str(text).split())
    environment.filters["pattern"] = _pattern
    environment.filters["quoted"] = _quoted
    voices = [proposed.host, *proposed.others][:NAMED]
    return environment.get_template(TEMPLATE).render(
        sample=found,
        proposed=proposed,
        title=title,
        name=name,
        file=path,
        voices=voices,
        aliases=aliases(proposed.host, proposed.others),
        n_read=len(found.episodes) - len(proposed.unread),
        today=utc_now().date(),
    )


def _pattern(phrase: str) -> str:
    """A regular expression for the phrase, with either apostrophe, and what may stand between two of its words."""
    return r"[\s,.;:!?–—-]+".join(map(re.escape, phrase.split())).replace("'", "['’]")


def _quoted(text: str) -> str:
    """The text as a YAML value in one line."""
    written = yaml.safe_dump(text, default_style="'", allow_unicode=True, width=float("inf"))
    return str(written).strip()


def _title(place: str) -> str:
    """What a folder or a site is called, in words."""
    parts = urlsplit(place)
    last = parts.hostname if parts.scheme else Path(place).name
    return re.sub(r"[-_.]+", " ", unquote(last or "show")).strip().title() or "Show"


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:40].strip("-") or "show"
