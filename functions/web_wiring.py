"""What the handlers that ask a show's site need besides."""

from functions.lake_wiring import lake
from shared.corpus import fetcher_for
from shared.run.environment import environment
from shared.shows import ShowProfile
from shared.web import Fetcher


def fetcher(show: ShowProfile) -> Fetcher:
    """Return the show's fetcher, which keeps the crawl delay with every other run."""
    return fetcher_for(show, lake(), reach_private=environment().reach_private_addresses)
