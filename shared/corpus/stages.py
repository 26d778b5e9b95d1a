"""What the states that collect a show call: discover its episodes, scrape a batch, remove gone ones and duplicates."""

from shared.corpus.deduplication import remove_gone_and_duplicates
from shared.corpus.discovery import discover
from shared.corpus.scraping import scrape

__all__ = ["discover", "remove_gone_and_duplicates", "scrape"]
