"""What the states that collect a show call: discover its episodes, scrape a batch, settle the whole."""

from shared.corpus.discovery import discover
from shared.corpus.scraping import scrape
from shared.corpus.settling import settle

__all__ = ["discover", "scrape", "settle"]
