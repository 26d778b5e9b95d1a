"""The demo show as a web site: built into a folder and served on loopback."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from infra.local.demo.feed import feed_xml
from infra.local.demo.pages import episode_page, index_page
from infra.local.demo.sources import load_episodes
from shared.errors import BadInput
from shared.shows import packaged

LOOPBACK = "127.0.0.1"
USUAL_PORT = 8712
"""A run names episodes by their address and splits them by name: one port, one split everywhere."""
FEED = "feed.xml"
ROBOTS = "User-agent: *\nAllow: /\n"


class PortInUse(BadInput):
    """The site cannot listen where it was asked to."""


def build_site(dest: Path, base_url: str) -> int:
    """Write the site into `dest` and return its number of episodes.

    `feed.xml`, `robots.txt`, `index.html` and `<slug>/index.html`. Only the feed depends on
    `base_url` (no slash at its end). A file that would not change is left as it is, so that it
    keeps its date.
    """
    show = packaged("demo")
    episodes = load_episodes()
    newest_first = episodes[::-1]
    _write(dest / FEED, feed_xml(show, newest_first, base_url))
    _write(dest / "robots.txt", ROBOTS.encode())
    _write(dest / "index.html", index_page(show, newest_first).encode())
    for episode, related in zip(episodes, (episodes[1], *episodes), strict=False):
        page = episode_page(show, episode, related)
        _write(dest / episode.slug / "index.html", page.encode())
    return len(episodes)


@contextmanager
def serve(directory: Path, port: int = 0) -> Iterator[str]:
    """Serve the folder on loopback while the block lasts; yields the base URL, without a slash.

    Port 0 takes any free one. Conditional requests by date are answered with 304.
    Raises PortInUse.
    """
    with _listening(directory, port) as server, _answering(server):
        yield _base_url(server)


@contextmanager
def demo_site(dest: Path) -> Iterator[str]:
    """Build the demo show in `dest` and serve it while the block lasts; yields the base URL.

    The port is the one the site in `dest` had before, else USUAL_PORT, or any free one where
    that is taken: addresses stay the same from run to run where they can.
    """
    with _listening_again(dest) as server:
        build_site(dest, _base_url(server))
        with _answering(server):
            yield _base_url(server)


class _QuietHandler(SimpleHTTPRequestHandler):
    timeout = 30  # seconds a connection may keep silent

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Requests and errors are not logged."""


def _listening(directory: Path, port: int) -> ThreadingHTTPServer:
    handler = partial(_QuietHandler, directory=str(directory))
    try:
        return ThreadingHTTPServer((LOOPBACK, port), handler)
    except OSError as error:
        raise PortInUse(
            f"cannot listen on {LOOPBACK}:{port} ({error.strerror}); "
            "free the port, or take port 0 for any that is free"
        ) from error


def _listening_again(dest: Path) -> ThreadingHTTPServer:
    try:
        return _listening(dest, _last_port(dest))
    except PortInUse:
        return _listening(dest, 0)


def _last_port(dest: Path) -> int:
    feed = dest / FEED
    text = feed.read_text(encoding="utf-8") if feed.exists() else ""
    found = re.search(rf"<link>http://{re.escape(LOOPBACK)}:(\d{{1,5}})/", text)
    return int(found[1]) if found else USUAL_PORT


@contextmanager
def _answering(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def _base_url(server: ThreadingHTTPServer) -> str:
    return f"http://{LOOPBACK}:{server.server_port}"


def _write(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
