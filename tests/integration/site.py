"""The demo show's site behind a server that counts what it is asked and can be told to fail."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from infra.local.demo.site import build_site

NO_PAGES = ("/feed.xml", "/robots.txt")
HANG_SECONDS = 60


@dataclass
class FlakySite:
    """`answers` counts (path, status) since it was last cleared; `failing` maps a path to the status it gets.

    After `pages_before_it_hangs` pages the next one is asked for in vain: `hanging` is set, and the
    connection is dropped without an answer once `let_go` is.
    """

    folder: Path
    base_url: str = ""
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    failing: dict[str, int] = field(default_factory=dict)
    pages_before_it_hangs: int | None = None
    hanging: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def a_page(self) -> str:
        """The path of a page with a full transcript."""
        pages = sorted(self.folder.glob("*/index.html"))
        full = next(page for page in pages if page.read_text(encoding="utf-8").count("<b>") > 20)
        return f"/{full.parent.name}/"

    def fetched_in_full(self) -> list[str]:
        """Pages sent with their body; the feed and robots.txt are not pages."""
        return [path for (path, status) in self.answers if status == 200 and path not in NO_PAGES]


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args, site: FlakySite, **kwargs) -> None:
        self.site = site
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        if self._hangs():
            self.site.hanging.set()
            self.site.let_go.wait(HANG_SECONDS)
            self.close_connection = True
        elif self.path in self.site.failing:
            self.send_error(self.site.failing[self.path])
        else:
            super().do_GET()

    def _hangs(self) -> bool:
        most = self.site.pages_before_it_hangs
        is_page = self.path not in NO_PAGES
        return most is not None and is_page and len(self.site.fetched_in_full()) >= most

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002
        self.site.answers[(self.path, int(code))] += 1

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Errors are counted, not printed."""


@contextmanager
def flaky_site(folder: Path) -> Iterator[FlakySite]:
    """The site, on a loopback port of its own."""
    site = FlakySite(folder)
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Handler, site=site, directory=str(folder))
    )
    site.base_url = f"http://127.0.0.1:{server.server_port}"
    build_site(folder, site.base_url)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
