"""Collecting a show: what its source lists, its pages into `raw/` and Parquet, and what is gone.

A page is fetched into `raw/` before anything is made of it, so a crash, a retry or a better parser
never fetches it twice.
"""

from shared.corpus.listing import host_of, is_transcript_file
from shared.corpus.pages import fetcher_for
from shared.corpus.records import SETTLED, Discovery, Item, Known
from shared.corpus.settling import settle
from shared.corpus.stages import RECHECK_DAYS, classify, discover, scrape

__all__ = [
    "RECHECK_DAYS",
    "SETTLED",
    "Discovery",
    "Item",
    "Known",
    "classify",
    "discover",
    "fetcher_for",
    "host_of",
    "is_transcript_file",
    "scrape",
    "settle",
]
