"""`econchatr init`: write the profile of a show from a sample of it."""

from pathlib import Path
from shlex import quote

import click


@click.command(
    short_help="Write the profile of a show, from a sample of it.",
    epilog="""\b
Examples:
  econchatr init ~/transcripts
  econchatr init https://example.org/feed.xml --file mine.yaml""",
)
@click.argument("source", metavar="FEED_OR_FOLDER_OR_PAGE")
@click.option("--file", type=Path, metavar="FILE", help="The profile.  [default: NAME.yaml]")
@click.option("--title", metavar="TEXT", help="What the show is called.")
@click.option("--host", metavar="NAME", default="", help="Who the host is, of those who speak.")
def init(source: str, file: Path | None, title: str | None, host: str) -> int:
    """Write the profile of a show, from a sample: who the host is, what they repeat, what can be read."""
    from infra.cli.init.profile import write_profile
    from infra.cli.init.proposing import proposal
    from infra.cli.init.sampling import sample

    found = sample(source)
    proposed = proposal(found, host)
    path = write_profile(found, proposed, file, title)
    n_read = len(found.episodes) - len(proposed.unread)
    print(
        f"Read {n_read} of {len(found.episodes)} episodes of a sample; there are {found.n_episodes}."
    )
    name, there = proposed.host.name, proposed.host.episodes
    print(f"The host {'is' if host else 'seems to be'} {name}, who speaks in {there} of {n_read}.")
    if proposed.doubt:
        print(proposed.doubt)
    print(f"Wrote {path}. Look it over, then: econchatr plan {quote(str(path))}")
    return 0
