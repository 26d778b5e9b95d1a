"""Writes a picture of a report's beginning, small enough to lie in the repository; `make picture` calls it."""

import sys
from pathlib import Path

from tests.integration.pages.browser import chromium, opened

SIZE = (960, 1420)


def main(report: Path, picture: Path) -> None:
    """Take the top of the report as a person sees it when it is opened."""
    with chromium() as browser, opened(browser, report, SIZE, color_scheme="light") as found:
        found.page.screenshot(path=picture, scale="css")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
