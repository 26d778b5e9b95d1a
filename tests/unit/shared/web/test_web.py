"""The fetcher against a server on loopback that behaves badly in every way a site can."""

import gzip
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from shared.web import (
    AccessDenied,
    AddressRefused,
    BadResponse,
    Fetcher,
    FetchPolicy,
    NotFound,
    PageFailed,
    TooLarge,
    Unreachable,
)
from shared.web.addresses import shown
from shared.web.guard import refuse_forbidden
from shared.web.waiting import MAX_WAITS_SECONDS
from tests.bad_site import Answer, Handler, Site, in_turn, reply, served

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
AGENT = "econchatr-tests (+mailto:tests@example.org)"


@pytest.fixture
def site() -> Iterator[Site]:
    with served(Site()) as server:
        yield server


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def fetcher(slept) -> Fetcher:
    return Fetcher(
        FetchPolicy(AGENT, 2.0, 0.5, 1000, reach_private=True),
        sleep=slept.append,
        clock=time.monotonic,
    )


def test_a_page_comes_with_its_headers_and_our_name_is_honest(site, fetcher):
    seen = {}

    def answer(handler: Handler) -> None:
        seen.update(handler.headers)
        reply(200, b"hello", ETag='"1"')(handler)

    site.answers["/a/"] = answer
    page = fetcher.get(f"{site.url}/a/")
    assert (page.status, page.body, page.headers["etag"]) == (200, b"hello", '"1"')
    assert seen["user-agent"] == AGENT


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ("/top-1%/", "/top-1%25/"),
        ("/on-#republic/", "/on-%23republic/"),
        ("/on-republic/#highlights", "/on-republic/"),
        ("/caf%C3%A9/", "/caf%C3%A9/"),
        ("/café/", "/caf%C3%A9/"),
    ],
)
def test_a_link_as_feeds_write_it_is_asked_for_as_sites_serve_it(site, fetcher, link, asked):
    site.answers[asked] = reply(200, b"x")
    page = fetcher.get(site.url + link)
    assert (page.body, page.url) == (b"x", site.url + link)
    assert site.asked[-1] == asked


def test_an_unchanged_page_is_not_sent_again(site, fetcher):
    def answer(handler: Handler) -> None:
        known = handler.headers.get("If-None-Match") == '"1"'
        reply(304 if known else 200)(handler)

    site.answers["/a/"] = answer
    page = fetcher.get(f"{site.url}/a/", etag='"1"', last_modified="Mon, 02 Jan 2023 11:30:00 GMT")
    assert (page.status, page.body) == (304, b"")


def test_two_requests_to_one_host_are_the_delay_apart(site, fetcher, slept):
    site.answers["/a/"] = reply(200, b"x")
    fetcher.get(f"{site.url}/a/")
    fetcher.get(f"{site.url}/a/")
    assert site.asked == ["/robots.txt", "/a/", "/a/"]
    assert [round(seconds) for seconds in slept] == [2, 2]


def test_a_site_whose_robots_txt_cannot_be_had_is_left_alone_for_a_minute(site, slept):
    site.answers |= {"/robots.txt": reply(503), "/a/": reply(200, b"x")}
    now = [0.0]
    fetcher = Fetcher(
        FetchPolicy(AGENT, 0.0, 5.0, 1000, reach_private=True),
        sleep=slept.append,
        clock=lambda: now[0],
    )
    for _ in range(3):
        with pytest.raises(Unreachable, match=r"robots\.txt cannot be reached after 3 attempts"):
            fetcher.get(f"{site.url}/a/")
    assert site.asked == ["/robots.txt"] * 3
    now[0], site.answers["/robots.txt"] = 61.0, reply(404)
    assert fetcher.get(f"{site.url}/a/").body == b"x"


def test_a_longer_crawl_delay_is_kept_and_an_absurd_one_stops_the_show(site, slept):
    site.answers["/robots.txt"] = reply(200, b"User-agent: *\nCrawl-delay: 7\n")
    site.answers["/a/"] = reply(200, b"x")
    fetcher = Fetcher(FetchPolicy(AGENT, 2.0, 5.0, 1000, reach_private=True), sleep=slept.append)
    fetcher.get(f"{site.url}/a/")
    assert round(slept[0]) == 7
    site.answers["/robots.txt"] = reply(200, b"User-agent: *\nCrawl-delay: 86400\n")
    with pytest.raises(AccessDenied, match="86400"):
        Fetcher(FetchPolicy(AGENT, 2.0, 5.0, 1000, reach_private=True), sleep=slept.append).get(
            f"{site.url}/a/"
        )


def test_robots_txt_is_asked_once_and_obeyed(site, fetcher):
    site.answers["/robots.txt"] = reply(200, b"User-agent: *\nDisallow: /private/\n")
    for _ in range(2):
        with pytest.raises(AccessDenied, match=r"robots\.txt"):
            fetcher.get(f"{site.url}/private/a")
    assert site.asked == ["/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_refusal_is_reported_and_never_tried_again(site, fetcher, status):
    site.answers["/a/"] = reply(status, retry_after="3600")
    with pytest.raises(AccessDenied, match=f"{status}.*3600"):
        fetcher.get(f"{site.url}/a/")
    assert site.asked.count("/a/") == 1


def test_a_refused_robots_txt_is_a_refusal(site, fetcher):
    site.answers["/robots.txt"] = reply(403)
    site.answers["/a/"] = reply(200, b"x")
    with pytest.raises(AccessDenied, match="403"):
        fetcher.get(f"{site.url}/a/")


def test_a_server_in_trouble_is_asked_again_with_back_off(site, fetcher, slept):
    site.answers["/a/"] = in_turn(reply(500), reply(500), reply(200, b"x"))
    assert fetcher.get(f"{site.url}/a/").body == b"x"
    assert {2.0, 4.0} <= set(slept)


def test_a_server_that_stays_in_trouble_fails_the_page(site, fetcher):
    site.answers["/a/"] = reply(503)
    with pytest.raises(Unreachable, match="503"):
        fetcher.get(f"{site.url}/a/")
    assert site.asked.count("/a/") == 3


def test_nobody_listening_fails_the_page(fetcher):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable, match="after 3 attempts: Failed to establish a new connection"):
        fetcher.get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_page_fails_alone(site, fetcher, status):
    site.answers["/a/"] = reply(status)
    with pytest.raises(NotFound):
        fetcher.get(f"{site.url}/a/")


def test_redirects_are_followed_within_the_site(site, fetcher):
    site.answers["/a"] = reply(301, location="/a/")
    site.answers["/a/"] = reply(200, b"x")
    page = fetcher.get(f"{site.url}/a")
    assert (page.url, page.final_url) == (f"{site.url}/a", f"{site.url}/a/")


def test_a_redirect_to_a_forbidden_path_is_not_followed(site, fetcher):
    site.answers["/robots.txt"] = reply(200, b"User-agent: *\nDisallow: /private/\n")
    site.answers["/a"] = reply(302, location="/private/")
    with pytest.raises(AccessDenied):
        fetcher.get(f"{site.url}/a")
    assert "/private/" not in site.asked


def test_a_redirect_loop_ends(site, fetcher):
    site.answers["/a"] = reply(302, location="/a")
    with pytest.raises(BadResponse, match="more than 5 times"):
        fetcher.get(f"{site.url}/a")
    assert site.asked.count("/a") == 6


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://elsewhere.example.org/", BadResponse),
        ("http://127.0.0.1:1/", BadResponse),
        ("file:///etc/passwd", AddressRefused),
        ("http://169.254.169.254/latest/", BadResponse),
        ("http://[bad", AddressRefused),
    ],
)
def test_redirects_off_the_site_are_not_followed(site, fetcher, location, error):
    site.answers["/a"] = reply(302, location=location)
    with pytest.raises(error):
        fetcher.get(f"{site.url}/a")


@pytest.mark.parametrize(
    "url",
    ["", "file:///etc/passwd", "ftp://example.org/", "/a/", "http://", "http://[x", "javascript:1"],
)
def test_only_web_addresses_are_asked(fetcher, url):
    with pytest.raises(AddressRefused):
        fetcher.get(url)


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "2852039166", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"],
)
def test_metadata_and_link_local_addresses_are_refused(fetcher, host):
    with pytest.raises(AddressRefused, match="metadata"):
        fetcher.get(f"http://{host}/latest/meta-data/")


def test_a_name_that_resolves_to_metadata_is_refused(fetcher, monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(AddressRefused, match="innocent"):
        fetcher.get("http://innocent.example.org/")


def test_a_large_answer_is_cut_off(site, fetcher):
    site.answers["/zeros"] = reply(200, bytes(5000))
    site.answers["/bomb"] = reply(200, gzip.compress(bytes(5_000_000)), content_encoding="gzip")
    for path in ("/zeros", "/bomb"):
        with pytest.raises(TooLarge, match="1,000 bytes"):
            fetcher.get(site.url + path)


def test_a_compressed_page_is_unpacked_and_garbage_is_reported(site, fetcher):
    site.answers["/a/"] = reply(200, gzip.compress(b"hello"), content_encoding="gzip")
    site.answers["/b/"] = reply(200, b"no gzip at all", content_encoding="gzip")
    assert fetcher.get(f"{site.url}/a/").body == b"hello"
    with pytest.raises(BadResponse, match="encodes wrongly"):
        fetcher.get(f"{site.url}/b/")


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br"])
def test_an_encoding_we_did_not_accept_fails_the_page_by_its_name(site, fetcher, coding):
    site.answers["/a/"] = reply(200, b"\x0b\x02\x80hello\x03", content_encoding=coding)
    with pytest.raises(BadResponse, match=f"{coding}.*we accept gzip, deflate"):
        fetcher.get(f"{site.url}/a/")


@pytest.mark.parametrize("kept", [10, 40, -1, -4])
def test_a_compressed_page_that_was_cut_off_fails(site, fetcher, kept):
    half = gzip.compress(bytes(range(256)) * 3)[:kept]
    site.answers["/a/"] = reply(200, half, content_encoding="gzip")
    with pytest.raises(BadResponse, match="ends in the middle"):
        fetcher.get(f"{site.url}/a/")


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("/año/".encode(), "/a%C3%B1o/"),
        (b"/a%C3%B1o/", "/a%C3%B1o/"),
        ("/дождь".encode(), "/%D0%B4%D0%BE%D0%B6%D0%B4%D1%8C"),
        ("/雨?q=雨".encode(), "/%E9%9B%A8?q=%E9%9B%A8"),
        (b"/a\xf1o/", "/a%F1o/"),  # Latin-1: sent back as it came
        (b"/a b/", "/a%20b/"),
        (b"?page=2", "/a?page=2"),
        (b"../up/./x", "/up/x"),
        (b"//{host}/b", "/b"),
        (b"/top-1%/", "/top-1%25/"),
    ],
)
def test_a_location_is_followed_byte_by_byte(site, fetcher, location, asked):
    location = location.replace(b"{host}", site.url.partition("://")[2].encode())
    site.answers |= {
        "/a": reply(302, location=location.decode("latin-1")),
        asked: reply(200, b"x"),
    }
    assert fetcher.get(f"{site.url}/a").body == b"x"


ROBOTS_OF_OURS = b"User-agent: econchatr-tests\nDisallow: /\n"


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + ROBOTS_OF_OURS,
        ROBOTS_OF_OURS.replace(b"\n", b"\r\n"),
        ROBOTS_OF_OURS.replace(b"econchatr-tests", b"EconChatR-Tests"),
        b"User-agent: *\nAllow: /\n\n" + ROBOTS_OF_OURS,
        b"User-agent: other\n" + ROBOTS_OF_OURS,
    ],
)
def test_a_group_for_us_is_obeyed(site, fetcher, body):
    site.answers |= {"/robots.txt": reply(200, body), "/a/": reply(200, b"x")}
    with pytest.raises(AccessDenied, match=r"robots\.txt"):
        fetcher.get(f"{site.url}/a/")


@pytest.mark.parametrize("group", ["mailto", "tests", "example.org", "org", "econ", "chatr", "bot"])
def test_a_group_for_somebody_else_is_not_ours(site, fetcher, group):
    """Words of the contact address in our name are no names of ours."""
    body = f"User-agent: {group}\nDisallow: /\n".encode()
    site.answers |= {"/robots.txt": reply(200, body), "/a/": reply(200, b"x")}
    assert fetcher.get(f"{site.url}/a/").body == b"x"


@pytest.mark.parametrize("status", [500, 501, 503, 505, 508, 520, 522, 524, 530, 599])
def test_a_robots_txt_in_any_server_trouble_closes_the_site(site, fetcher, status):
    site.answers |= {"/robots.txt": reply(status), "/a/": reply(200, b"x")}
    with pytest.raises(Unreachable, match=f"robots.txt.*{status}"):
        fetcher.get(f"{site.url}/a/")
    assert "/a/" not in site.asked


def test_a_robots_txt_that_lies_with_another_authority_is_followed_and_obeyed(site, fetcher):
    with served(Site()) as other:
        other.answers["/rules"] = reply(200, b"User-agent: *\nDisallow: /private/\n")
        site.answers["/robots.txt"] = reply(301, location=f"{other.url}/rules")
        site.answers["/a/"] = reply(200, b"x")
        assert fetcher.get(f"{site.url}/a/").body == b"x"
        with pytest.raises(AccessDenied):
            fetcher.get(f"{site.url}/private/")


@pytest.mark.parametrize(("status", "told"), [(429, "1"), (503, "7"), (503, "0"), (520, "30")])
def test_a_site_is_waited_for_as_long_as_it_asks(site, fetcher, slept, status, told):
    site.answers["/a/"] = in_turn(reply(status, retry_after=told), reply(200, b"x"))
    assert fetcher.get(f"{site.url}/a/").body == b"x"
    assert float(told) in slept


def test_a_site_may_name_the_moment_too(site, fetcher, slept):
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    site.answers["/a/"] = in_turn(reply(503, retry_after=soon), reply(200, b"x"))
    fetcher.get(f"{site.url}/a/")
    assert any(15 < seconds <= 20 for seconds in slept)


@pytest.mark.parametrize("told", ["soon", "", "-5", "1e9", "9" * 40, "Wed, 99 Foo 2026"])
def test_a_time_that_is_none_is_as_none(site, fetcher, told):
    site.answers["/a/"] = reply(429, retry_after=told)
    with pytest.raises(AccessDenied, match="429"):
        fetcher.get(f"{site.url}/a/")
    assert site.asked.count("/a/") == 1


def test_a_site_that_asks_again_and_again_to_wait_stops_the_show(site, fetcher, slept):
    site.answers["/a/"] = reply(429, retry_after="1")
    with pytest.raises(AccessDenied, match="429"):
        fetcher.get(f"{site.url}/a/")
    assert site.asked.count("/a/") == 3


def test_a_site_that_asks_for_more_than_a_batch_can_wait_fails_the_page_with_the_time(
    site, fetcher
):
    site.answers["/a/"] = reply(503, retry_after="3600")
    with pytest.raises(
        Unreachable, match="after 1 attempts: it answers 503 and asks to wait 3,600 s"
    ):
        fetcher.get(f"{site.url}/a/")


def test_all_the_waits_of_a_batch_have_an_end_and_the_next_begins_anew(site, slept):
    policy = FetchPolicy(AGENT, 0.0, 5.0, 1000, reach_private=True)
    fetcher = Fetcher(policy, sleep=slept.append)
    site.answers["/a/"] = reply(503, retry_after="50")
    for _ in range(9):
        with pytest.raises(Unreachable):
            fetcher.get(f"{site.url}/a/")
    assert sum(slept) <= MAX_WAITS_SECONDS
    fetcher.begin()
    with pytest.raises(Unreachable):
        fetcher.get(f"{site.url}/a/")
    assert sum(slept) > MAX_WAITS_SECONDS


PRIVATE = [
    *("127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "0.0.0.0"),  # noqa: S104
    *("10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1", "224.0.0.1", "255.255.255.255"),
    *(
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fc00::1]",
        "[fd12::1]",
        "[64:ff9b::a00:1]",
        "[2002:a00:1::]",
    ),
]


@pytest.mark.parametrize("host", PRIVATE)
def test_in_the_cloud_only_addresses_of_the_public_internet_are_asked(site, host):
    fetcher = Fetcher(FetchPolicy(AGENT, 0.0, 0.5, 1000), sleep=lambda seconds: None)
    port = site.url.rpartition(":")[2]
    with pytest.raises(AddressRefused, match="no address of the public internet"):
        fetcher.get(f"http://{host}:{port}/2018-06-01/runtime/invocation/next")
    assert site.asked == []


@pytest.mark.parametrize(
    "host", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "64:ff9b::101:101"]
)
def test_an_address_of_the_public_internet_is_not_refused(host):
    refuse_forbidden("example.org", host)


def test_the_delay_of_a_host_is_what_its_robots_txt_asks_for(site, fetcher):
    site.answers["/robots.txt"] = reply(200, b"User-agent: *\nCrawl-delay: 30\n")
    assert fetcher.delay_of(f"{site.url}/a/") == 30
    assert site.asked == ["/robots.txt"]


@pytest.mark.parametrize("status", [404, 403, 503])
def test_the_delay_of_a_host_without_robots_txt_is_our_own(site, fetcher, status):
    site.answers["/robots.txt"] = reply(status)
    assert fetcher.delay_of(f"{site.url}/a/") == 2.0


def drip(start: bytes, piece: bytes) -> Answer:
    def answer(handler: Handler) -> None:
        handler.wfile.write(start)
        for _ in range(100):
            handler.wfile.write(piece)
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (b"", b"H"),
    ],
)
def test_an_answer_that_drips_ends_at_the_deadline(site, fetcher, start, piece):
    site.answers["/robots.txt"] = reply(404)
    site.answers["/a/"] = drip(start, piece)
    with pytest.raises(Unreachable):
        fetcher.get(f"{site.url}/a/")


def test_a_body_shorter_than_promised_is_tried_again(site, fetcher):
    site.answers["/a/"] = in_turn(reply(200, b"hel", content_length="5"), reply(200, b"hello"))
    assert fetcher.get(f"{site.url}/a/").body == b"hello"


def test_every_failure_of_a_page_has_its_own_code():
    kinds = [Unreachable, AddressRefused, TooLarge, NotFound, BadResponse]
    assert len({kind.reason for kind in kinds} | {PageFailed.reason}) == 6


LOGIN = "ida:p%40ss"
HEADER = "Basic aWRhOnBAc3M="  # ida:p@ss


def guarded(body: bytes) -> Answer:
    def answer(handler: Handler) -> None:
        known = handler.headers.get("Authorization") == HEADER
        reply(200 if known else 401, body if known else b"")(handler)

    return answer


def test_a_login_in_the_address_goes_to_its_site_alone_and_is_shown_nowhere(site, fetcher):
    site.answers |= {"/feed": guarded(b"<rss/>"), "/page": guarded(b"x")}
    page = fetcher.get(site.url.replace("://", f"://{LOGIN}@") + "/feed")
    assert page.body == b"<rss/>"
    assert "p%40ss" not in repr(page)
    assert fetcher.get(f"{site.url}/page").body == b"x"  # an episode's page, by its plain address
    with served(Site()) as other:
        other.answers["/page"] = guarded(b"x")
        with pytest.raises(AccessDenied):
            fetcher.get(f"{other.url}/page")


@pytest.mark.parametrize("status", [401, 404, 500, 302, 200])
def test_no_message_shows_a_login_or_a_token(site, fetcher, status):
    secrets = ("p%40ss", "s3cr3t", "4f9a7c3e1b2d4f9a7c3e1b2d", "p@ss")
    path = "/private/4f9a7c3e1b2d4f9a7c3e1b2d/feed?auth=s3cr3t"
    site.answers[path] = reply(status, b"x" * 2000, location="http://elsewhere.test/?auth=s3cr3t")
    with pytest.raises((AccessDenied, PageFailed)) as refused:
        fetcher.get(site.url.replace("://", f"://{LOGIN}@") + path)
    assert not [secret for secret in secrets if secret in str(refused.value)]


def test_the_policy_carries_the_login_and_does_not_show_it(site):
    site.answers["/page"] = guarded(b"x")
    signed_in = site.url.replace("://", f"://{LOGIN}@") + "/feed"
    policy = FetchPolicy(AGENT, 0.0, 5.0, 1000, reach_private=True, signed_in_at=signed_in)
    assert Fetcher(policy).get(f"{site.url}/page").body == b"x"
    assert "p%40ss" not in repr(policy)


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("https://a:b@example.org/feed", "https://example.org/feed"),
        ("https://a@b:c@example.org/feed", "https://example.org/feed"),
        ("https://example.org/feed?auth=x1&page=2", "https://example.org/feed?auth=…&page=2"),
        ("https://example.org/rss?access_token=x1", "https://example.org/rss?access_token=…"),
        (
            "https://example.org/feed/1/private/0f9a7c3e-1b2d-4f9a-8c3e-1b2d4f9a7c3e.rss",
            "https://example.org/feed/1/private/….rss",
        ),
        ("https://example.org/2026/03/on-mud-12/", "https://example.org/2026/03/on-mud-12/"),
        ("https://example.org/@ida/on-mud", "https://example.org/@ida/on-mud"),
        ("https://feeds.example.org/wgl4xEgL", "https://feeds.example.org/wgl4xEgL"),
    ],
)
def test_an_address_is_shown_without_what_is_secret_in_it(url, printed):
    assert shown(url) == printed
