"""`econchatr inspect`: what the parser sees on one page or in one file."""

from collections.abc import Mapping
from pathlib import Path

from infra.cli import inputs
from infra.cli.arguments import Inspect
from infra.cli.terminal.screen import print_table
from infra.local.folder import objects_in
from infra.machine.runs import RunStore
from shared.corpus import fetcher_for, guests_from_title, host_of
from shared.errors import InvalidField
from shared.shows import ShowProfile
from shared.transcripts import Inspection, describe, heading_of, who_is_who

WIDTH = 100


def run(arguments: Inspect) -> int:
    """Print what the ledger of the corpus would say of the page, or the refusal; 0 when there are turns."""
    show = inputs.show_profile(arguments.show)
    body, content_type = _page(arguments.page, show)
    title = heading_of(body, content_type)
    guests = guests_from_title(title, (show.host.name, *show.host.aliases))
    seen = describe(
        body,
        content_type=content_type,
        host=host_of(show),
        guests=guests,
        speakers=show.speakers,
        selector=show.transcript_selector,
    )
    print(f"Title:     {title or 'none'}")
    print(f"Guests:    {', '.join(guests) or 'none named'} (by the title)")
    _print(seen)
    if seen.transcript:
        _propose(who_is_who(seen.transcript.turns, host_of(show), guests))
    if seen.transcript and arguments.out:
        _print_duplicates(arguments.out, show.name, seen.transcript.digest)
    return 0 if seen.transcript else 1


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
        print(f"Warning: {warning}")
    print()
    for turn in seen.first_turns:
        print(f"{turn.speaker}: {turn.text}"[:WIDTH])


def _propose(speakers: Mapping[str, str]) -> None:
    """What the profile may say of speakers without a name."""
    if speakers:
        told = ", ".join(f"{label}: {name}" for label, name in speakers.items())
        print(
            f"\nBy what they say of themselves, for the profile if it is right:\nspeakers: {{{told}}}"
        )


def _print_duplicates(out: Path, show: str, digest: str) -> None:
    """Which episodes of the show, as a run left them in `out`, have exactly these turns."""
    columns = ("title", "url", "status", "turns_digest")
    for row in RunStore(objects_in(out)).show_rows("episodes", show, columns):
        if row["turns_digest"] == digest:
            print(f"The same turns as: {row['title']} ({row['url']}), {row['status']}")
