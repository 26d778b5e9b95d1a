"""`econchatr inspect`: what the parser sees on one page or in one file."""

import argparse
from pathlib import Path

from lxml import etree, html

from infra.local import asked
from infra.local.telling import print_table
from shared.corpus import fetcher_for, host_of
from shared.errors import InvalidField
from shared.feed import guests_from_title
from shared.shows import ShowProfile
from shared.transcripts import Inspection, describe

WIDTH = 100


def run(arguments: argparse.Namespace) -> int:
    """Print the structure, speakers, warnings and first turns, or the refusal; 0 when there are turns."""
    show = asked.show_profile(arguments.show)
    body, content_type = _page(arguments.page, show)
    guests = guests_from_title(_title(body), (show.host.name, *show.host.aliases))
    seen = describe(body, content_type=content_type, host=host_of(show), guests=guests)
    _print(seen)
    return 0 if seen.transcript else 1


def _title(body: bytes) -> str:
    """The page's first heading, which names the guests where no feed does."""
    try:
        return html.fromstring(body).findtext(".//h1") or ""
    except (etree.LxmlError, ValueError):
        return ""


def _page(url_or_file: str, show: ShowProfile) -> tuple[bytes, str | None]:
    if "://" in url_or_file:
        page = fetcher_for(show).get(url_or_file)
        return page.body, page.headers.get("content-type")
    try:
        return Path(url_or_file).read_bytes(), None
    except OSError as error:
        raise InvalidField(
            f"the page {url_or_file!r} cannot be read ({error.strerror}); name a URL or a file"
        ) from error


def _print(seen: Inspection) -> None:
    if seen.transcript is None:
        print(f"No turns ({seen.refusal.reason if seen.refusal else 'unknown'}): {seen.refusal}")
        return
    transcript = seen.transcript
    print(f"Structure: {transcript.structure}")
    print(f"Recorded:  {transcript.recorded or 'not said'}")
    print(f"Turns:     {len(transcript.turns)}\n")
    print_table(
        ("speaker", "role", "turns", "words"),
        [(speaker.name, speaker.role, speaker.turns, speaker.words) for speaker in seen.speakers],
    )
    for warning in transcript.warnings:
        print(f"Warning: {warning}")
    print()
    for turn in seen.first_turns:
        print(f"{turn.speaker}: {turn.text}"[:WIDTH])
