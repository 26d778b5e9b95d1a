"""Collecting a show: what its source lists, its pages into `raw/` and Parquet, and what is gone.

A page is fetched into `raw/` before anything is made of it, so a crash, a retry or a better parser
never fetches it twice.
"""

from shared.corpus.crawl_delay import fetcher_for
from shared.corpus.deletions import trained_on
from shared.corpus.sources.feed import parse_feed
from shared.corpus.sources.items import FeedItem, FeedNotXml, NoEpisodes
from shared.corpus.sources.listing import host_of
from shared.corpus.sources.names import is_transcript_file, passed_over
from shared.corpus.sources.titles import guests_from_title

__all__ = [
    "FeedItem",
    "FeedNotXml",
    "NoEpisodes",
    "fetcher_for",
    "guests_from_title",
    "host_of",
    "is_transcript_file",
    "parse_feed",
    "passed_over",
    "trained_on",
]
