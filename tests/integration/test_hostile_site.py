"""Sites that misbehave in every way, or label in ways of their own, read through the stages over a real connection."""

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

import pytest

from shared import web
from shared.corpus import stages
from shared.lake import keys
from shared.lake.tables import Lake
from tests import talks
from tests.bad_site import Answer, Handler, Site, in_turn, reply, served
from tests.empty_lake import empty_lake
from tests.unit.shared.corpus.test_corpus import feed, page, run
from tests.unit.shared.run.porch import SHOW

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 2, tzinfo=UTC)
BATCH = "porch.2026-11.0"
POLICY = web.FetchPolicy(
    "econchatr tests",
    delay_seconds=0.0,
    timeout_seconds=0.5,
    max_bytes=1_000_000,
    reach_private=True,
)
TITLE = "Zoë Åkesson on Rain"
FIFTY_MEGABYTES = 50_000_000


class Listing(Site):
    """A site with a feed."""

    def lists(self, *paths: str) -> None:
        """Let the feed name these pages, or other addresses as they are."""
        episodes = [
            (path if "://" in path else self.url + path, f"{TITLE} {at}", NOVEMBER)
            for at, path in enumerate(paths)
        ]
        self.answers["/feed.xml"] = reply(200, feed(*episodes))


def zeros(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", str(FIFTY_MEGABYTES))
    handler.end_headers()
    for _ in range(50):
        handler.wfile.write(bytes(FIFTY_MEGABYTES // 50))


def drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", "10000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"<")
        time.sleep(0.05)


def talk(said: str, encoding: str = "utf-8") -> bytes:
    return page(TITLE, said).decode().encode(encoding)


HOSTILE: dict[str, Answer] = {
    "/good/": reply(200, talk("Straße, said plainly.")),
    "/trouble/": in_turn(reply(500), reply(500), reply(200, talk("It took three times."))),
    "/down/": reply(503),
    "/loop/": reply(302, location="/loop/"),
    "/elsewhere/": reply(302, location="http://169.254.169.254/latest/meta-data/"),
    "/zeros/": zeros,
    "/bomb/": reply(200, gzip.compress(bytes(FIFTY_MEGABYTES)), content_encoding="gzip"),
    "/drip/": drip,
    "/utf-8-called-latin-1/": reply(
        200, talk("Straße, told wrongly."), content_type="text/html; charset=iso-8859-1"
    ),
    "/latin-1-called-utf-8/": reply(
        200, talk("Straße in one byte.", "cp1252"), content_type="text/html; charset=utf-8"
    ),
    "/garbage/": reply(200, b"no gzip at all", content_encoding="gzip"),
    "/missing/": reply(404),
    "/empty/": reply(200),
    "/last/": reply(200, talk("And the last one, Straße too.")),
}
EXPECTED = {
    "/good/": ("parsed", None),
    "/trouble/": ("parsed", None),
    "/down/": ("failed", "unreachable"),
    "/loop/": ("failed", "bad_response"),
    "/elsewhere/": ("failed", "bad_response"),
    "/zeros/": ("failed", "too_large"),
    "/bomb/": ("failed", "too_large"),
    "/drip/": ("failed", "unreachable"),
    "/utf-8-called-latin-1/": ("parsed", None),
    "/latin-1-called-utf-8/": ("parsed", None),
    "/garbage/": ("failed", "bad_response"),
    "/missing/": ("failed", "not_found"),
    "/empty/": ("refused", "empty"),
    "/last/": ("parsed", None),
    "file://localhost/etc/passwd": ("failed", "address_refused"),
    "http://169.254.169.254/latest/": ("failed", "address_refused"),
}


@pytest.fixture
def lake() -> Iterator[Lake]:
    with empty_lake() as lake:
        yield lake


@pytest.fixture
def site() -> Iterator[Listing]:
    with served(Listing()) as server:
        yield server


def collect(lake: Lake, site: Listing) -> None:
    settings = run("r1", show={**SHOW, "feed": f"{site.url}/feed.xml"})
    fetcher = web.Fetcher(POLICY, sleep=lambda seconds: None)
    stages.discover(lake, settings, fetcher, NOW)
    stages.scrape(lake, settings, BATCH, fetcher)


def test_each_misbehaviour_is_reported_and_none_ends_the_rest(lake, site):
    site.answers |= HOSTILE
    site.lists(*EXPECTED)
    collect(lake, site)
    rows = {row["url"].removeprefix(site.url): row for row in lake.read_rows("episodes")}
    assert {path: (row["status"], row["reason"]) for path, row in rows.items()} == EXPECTED
    assert all(row["detail"] for row in rows.values() if row["status"] != "parsed")
    assert site.asked.count("/trouble/") == 3
    assert site.asked.count("/robots.txt") == 1
    said = {row["episode_id"]: row["text"] for row in lake.read_rows("turns") if row["turn"] == 2}
    read = [path for path, (status, _) in EXPECTED.items() if status == "parsed"]
    assert len(said) == len(read)
    for path in read:
        assert path == "/trouble/" or "Straße" in said[rows[path]["episode_id"]]


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_refusal_stops_the_show_is_never_repeated_and_is_left_for_the_report(lake, site, status):
    site.answers |= HOSTILE | {"/no/": reply(status, retry_after="3600")}
    site.lists("/good/", "/no/", "/last/")
    with pytest.raises(web.AccessDenied, match=f"{status}.*3600"):
        collect(lake, site)
    stopped = lake.read_json(keys.stopped("r1"))
    assert stopped["error"] == "AccessDenied"
    assert f"{site.url}/no/" in stopped["cause"]
    assert site.asked.count("/no/") == 1
    assert site.asked.count("/last/") == 0


def test_a_robots_txt_that_forbids_stops_the_show(lake, site):
    site.answers |= HOSTILE
    site.answers["/robots.txt"] = reply(200, b"User-agent: *\nDisallow: /good/\n")
    site.lists("/good/", "/last/")
    with pytest.raises(web.AccessDenied, match=r"robots\.txt"):
        collect(lake, site)
    assert site.asked.count("/good/") == site.asked.count("/last/") == 0


LAYOUTS = [
    *("page: strong", "page: class names", "page: definition list"),
    *("page: capitals", "page: line breaks", "page: cite"),
]
WITHOUT_SPEAKERS = [
    *("<p>{html}</p>", '<div class="ts-segment"><span class="ts-text">{html}</span></div>'),
    *("<dt>Part {n}</dt><dd>{html}</dd>", "<p>PART {n}: {html}</p>", "{html}<br><br>"),
    "<p><cite>The Ditcher's Almanac</cite> says: {html}</p>",
]
FOREIGN = (
    "Home",
    "This week",
    "hedges",
    "fences",
    "Great show",
    "Thank you, Kim",
    "subscribe",
    "rights",
)


def test_every_layout_is_read_exactly_and_pages_without_speakers_are_all_refused(lake, site):
    said = {f"/{at}/": talks.invented(at) for at in range(len(LAYOUTS))}
    bodies = [
        talks.SHAPES[layout](talk) for layout, talk in zip(LAYOUTS, said.values(), strict=True)
    ]
    unnamed = [
        talks.page(form.replace("{html}", escape(f"{{said}} {at}")))(talks.invented(at))
        for at, form in enumerate(WITHOUT_SPEAKERS)
    ]
    site.answers |= {
        path: reply(200, body, content_type="text/html; charset=utf-8")
        for path, body in zip(
            [*said, *(f"/unnamed-{at}/" for at in range(6))], [*bodies, *unnamed], strict=True
        )
    }
    site.lists(*site.answers.keys() - {"/feed.xml"})
    collect(lake, site)
    rows = {row["url"].removeprefix(site.url): row for row in lake.read_rows("episodes")}
    turns = {row["episode_id"]: [] for row in rows.values()}
    for turn in lake.read_rows("turns"):
        turns[turn["episode_id"]].append((turn["turn"], turn["speaker"], turn["text"]))
    for path, talk in said.items():
        read = [(who.title(), text) for _, who, text in sorted(turns[rows[path]["episode_id"]])]
        assert read == talk, path
    refused = {path: row["reason"] for path, row in rows.items() if "unnamed" in path}
    assert refused == dict.fromkeys([f"/unnamed-{at}/" for at in range(6)], "no_transcript")
    everything = " ".join(text for talk in turns.values() for _, _, text in talk)
    assert not [words for words in FOREIGN if words in everything]
