"""`econchatr inspect`: what the parser sees on one page or in one file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.cli.terminal.screen import print_table, print_wrapped
from infra.local.folder import objects_in
from infra.machine.runs import RunStore
from shared.corpus import fetcher_for, guests_from_title, host_of
from shared.errors import InvalidField
from shared.shows import ShowProfile
from shared.transcripts import Inspection, describe, heading_of, who_is_who

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its title, the guests whom that names, what was found on it, and who its unnamed speakers may be."""

    title: str
    guests: tuple[str, ...]
    found: Inspection
    speakers: Mapping[str, str]


def inspect_page(url_or_file: str, show: ShowProfile) -> Page:
    """Return what the parser sees on a page or in a file; raises InvalidField, or what fetching raises."""
    body, content_type = _page(url_or_file, show)
    title = heading_of(body, content_type)
    guests = guests_from_title(title, (show.host.name, *show.host.aliases))
    host = host_of(show)
    found = describe(
        body,
        content_type=content_type,
        host=host,
        guests=guests,
        speakers=show.speakers,
        selector=show.transcript_selector,
    )
    turns = found.transcript.turns if found.transcript else ()
    return Page(title, tuple(guests), found, who_is_who(turns, host, guests) if turns else {})


def print_page(page: Page) -> None:
    """Print what the ledger of the corpus would say of a page, or the refusal."""
    print(f"Title:     {page.title or 'none'}")
    print(f"Guests:    {', '.join(page.guests) or 'none named'} (by the title)")
    _print(page.found)
    if page.speakers:
        named = ", ".join(f"{label}: {name}" for label, name in page.speakers.items())
        print(
            f"\nBy what they say of themselves, for the profile if it is right:\nspeakers: {{{named}}}"
        )


def print_duplicates(out: Path, show: str, digest: str) -> None:
    """Print which episodes of the show, as a run left them in `out`, have exactly these turns."""
    columns = ("title", "url", "status", "turns_digest")
    for row in RunStore(objects_in(out)).show_rows("episodes", show, columns):
        if row["turns_digest"] == digest:
            print(f"The same turns as: {row['title']} ({row['url']}), {row['status']}")


def _page(url_or_file: str, show: ShowProfile) -> tuple[bytes, str | None]:
    if "://" in url_or_file:
        page = fetcher_for(show, reach_private=True).get(url_or_file)
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
    words = sum(speaker.words for speaker in seen.speakers)
    by_host = sum(speaker.words for speaker in seen.speakers if speaker.role == "host")
    replaced = [f"{n} {kind}" for kind, n in transcript.replaced.items() if n]
    print(f"Turns:     {len(transcript.turns)}, {words:,} words, {by_host / words:.0%} by the host")
    print(f"Cleaning:  replaces {', '.join(replaced) or 'nothing'}\n")
    print_table(
        ("speaker", "role", "turns", "words"),
        [(speaker.name, speaker.role, speaker.turns, speaker.words) for speaker in seen.speakers],
    )
    for warning in transcript.warnings:
        print_wrapped(f"Warning: {warning}")
    print()
    for turn in seen.first_turns:
        print(f"{turn.speaker}: {turn.text}"[:WIDTH])
