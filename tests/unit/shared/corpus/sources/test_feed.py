"""Feeds: every item kept, guests from titles, and sentences for what is no feed."""

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO

import feedparser
import pytest
from lxml import etree

from shared.corpus.sources.feed import parse_feed
from shared.corpus.sources.items import FeedNotXml, NoEpisodes
from shared.corpus.sources.titles import guests_from_title
from shared.transcripts import Host
from tests.places import GIVEN

REAL_FEED = GIVEN / "data/econtalk/feed-2023-01.xml"
needs_given_data = pytest.mark.skipif(
    not REAL_FEED.is_file(), reason="the folder of given data is not beside the repository"
)
VERA = Host("Vera Lund", ("Vera",))
SOURCE = "https://example.org/feed.xml"


def feed(*items: str) -> bytes:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        "<?xml version='1.0'?><rss version='2.0' xmlns:podcast='https://podcastindex.org/namespace/1.0'>"
        f"<channel><title>Tides</title>{inner}</channel></rss>"
    ).encode()


def test_an_item_is_read_with_its_guests_date_and_transcripts():
    (item,) = parse_feed(
        feed(
            "<title>Tom\u00a0Ek on Boats &amp;amp; Rope</title><link>https://example.org/top-1%/</link>"
            "<pubDate>Mon, 02 Jan 2023 11:30:00 +0100</pubDate><description>About boats.</description>"
            "<podcast:transcript url='https://example.org/a.vtt' type='text/vtt'/>"
            "<podcast:transcript url='https://example.org/a.srt' type='application/srt'/>"
        ),
        SOURCE,
        VERA,
    ).items
    assert item.url == "https://example.org/top-1%/"
    assert item.title == "Tom Ek on Boats & Rope"
    assert item.guests == ("Tom Ek",)
    assert item.published == datetime(2023, 1, 2, 10, 30, tzinfo=UTC)
    assert [link.type for link in item.transcript_links] == ["text/vtt", "application/srt"]


def test_two_items_with_one_link_and_an_item_without_any_are_all_kept():
    items = parse_feed(
        feed(
            "<title>A B on C</title><link>https://example.org/a/</link>",
            "<title>D E on F</title><link>https://example.org/a/</link>",
            "<title>G H on I</title>",
        ),
        SOURCE,
        VERA,
    ).items
    assert [item.url for item in items] == ["https://example.org/a/"] * 2 + [""]
    assert len({item.fingerprint for item in items}) == 3


def test_the_fingerprint_changes_with_what_the_feed_says():
    link = "<link>https://example.org/a/</link>"
    (before,) = parse_feed(feed(f"{link}<description>one</description>"), SOURCE, VERA).items
    (same,) = parse_feed(feed(f"{link}<description>one</description>"), SOURCE, VERA).items
    (after,) = parse_feed(feed(f"{link}<description>two</description>"), SOURCE, VERA).items
    assert before.fingerprint == same.fingerprint != after.fingerprint


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>no</body></html>",
        b"{}",
        b"\x1f\x8b\x00",
        b"/etc/passwd",
        b"<p>&#x110000;",
        b"<rss><title>a</title>&#x1100110000;b",
    ],
)
def test_what_is_no_feed_is_said_with_its_address(body):
    with pytest.raises(FeedNotXml, match=SOURCE):
        parse_feed(body, SOURCE, VERA)


def test_half_a_feed_is_not_taken_for_a_short_one():
    whole = feed(*["<title>A B on C</title><link>https://example.org/a/</link>"] * 20)
    with pytest.raises(FeedNotXml, match="ends in the middle"):
        parse_feed(whole[: len(whole) // 2], SOURCE, VERA)


def test_a_feed_without_episodes_is_said_with_its_address():
    with pytest.raises(NoEpisodes, match=SOURCE):
        parse_feed(feed(), SOURCE, VERA)


@pytest.mark.parametrize(
    ("title", "guests"),
    [
        ("Tom Ek on Boats", ("Tom Ek",)),
        ("Bruce Bueno de Mesquita on War on Drugs", ("Bruce Bueno de Mesquita",)),
        ("Ann Cole, P.J. O'Hara, and Bob Hunt on Tides", ("Ann Cole", "P.J. O'Hara", "Bob Hunt")),
        ("Ann Cole and Vera Lund on Tides", ("Ann Cole",)),
        ("Vera Lund (and Ann Cole) on Tides", ("Ann Cole",)),
        ("Grab Bag: Ann Cole and Vera Lund on Tides", ("Ann Cole",)),
        ("The Tides of Law (with Ann Cole and Bob Hunt)", ("Ann Cole", "Bob Hunt")),
        ("An Interview with Ann Cole", ("Ann Cole",)),
        ("Vera Lund on Everything", ()),
        ("Tides, Law, and the Good Society", ()),
        ("The Long Read on Tides", ()),
    ],
)
def test_guests_are_the_people_a_title_names(title, guests):
    assert guests_from_title(title, ("Vera Lund",)) == guests


OFFERING = feed(
    "<title>A B on C</title><link>https://example.org/a/</link>"
    "<podcast:transcript url='https://example.org/a.vtt' type='text/vtt'/>"
    "<podcast:transcript url='https://example.org/a.json' type='application/json'/>",
    "<title>D E on F</title><link>https://example.org/d/</link>",
)


@pytest.mark.parametrize(
    "before",
    [b"\0\0\0\0", b"\n", b"\r\n\t ", b"\xef\xbb\xbf", b"<!-- cached 10:31 -->\n", b"Warning: x in y.php\n",
     b"<script>1</script>", b"\xef\xbb\xbf\n", b"0\r\n", b"<br />\n<b>Notice</b>: a<br />\n"],
)  # fmt: skip
def test_what_a_server_puts_before_a_feed_costs_no_transcript(before):
    one, two = parse_feed(before + OFFERING, SOURCE, VERA).items
    assert [link.url for link in one.transcript_links] == [
        "https://example.org/a.vtt",
        "https://example.org/a.json",
    ]
    assert two.transcript_links == ()


@pytest.mark.parametrize(
    "behind",
    [b"<!-- served from cache -->", b"<script>track()</script>", b"\n\n<!-- W3 Total Cache -->\n", b"\0\0",
     b"<!-- </rss> -->", b"<html></html>", b"rubbish", b"<?php ?>", b"<!--", b"\xff\xfe", b"</div>"],
)  # fmt: skip
def test_what_a_server_puts_behind_a_feed_is_no_matter(behind):
    items = parse_feed(OFFERING + behind, SOURCE, VERA).items
    assert [len(item.transcript_links) for item in items] == [2, 0]


@pytest.mark.parametrize(
    ("declared", "prefix"),
    [
        ("", "podcast:"),
        ("", "podcasting:"),
        ("", "p:"),
        ("xmlns:podcast='https://podcastindex.org/namespace/1.0'", "podcast:"),
        ("xmlns:podcast='http://podcastindex.org/namespace/1.0'", "podcast:"),
        ("xmlns:podcast='https://github.com/Podcastindex-org/podcast-namespace'", "podcast:"),
        ("xmlns:podcast=''", "podcast:"),
        ("xmlns:pc='https://podcastindex.org/namespace/1.0'", "pc:"),
        ("xmlns:podcast='a' xmlns:itunes='b'", "podcast:"),
        ("xmlns:podcastt='https://podcastindex.org/namespace/1.0'", "podcast:"),
    ],
)
def test_transcripts_are_found_under_any_prefix_declared_or_not(declared, prefix):
    body = OFFERING.replace(
        b"xmlns:podcast='https://podcastindex.org/namespace/1.0'", declared.encode()
    )
    body = body.replace(b"<podcast:", f"<{prefix}".encode())
    one, two = parse_feed(body, SOURCE, VERA).items
    assert (len(one.transcript_links), len(two.transcript_links)) == (2, 0)


def dated(said):
    link = "<link>https://example.org/a/</link>"
    good = "<link>https://example.org/b/</link><pubDate>Mon, 02 Jan 2023 11:30:00 +0000</pubDate>"
    odd, other = parse_feed(feed(f"{link}<pubDate>{said}</pubDate>", good), SOURCE, VERA).items
    assert other.published == datetime(2023, 1, 2, 11, 30, tzinfo=UTC)
    return odd.published


@pytest.mark.parametrize(
    "said",
    ["0000-00-00", "0000-00-00 00:00:00", "", "yesterday", "Mon, 32 Foo 2023", "-1", "soon", "n/a",
     "Mon, 00 Jan 0000 00:00:00 GMT", "NaN", "0001-01-01T00:00:00Z", "\U0001f327"],
)  # fmt: skip
def test_a_date_that_is_none_makes_its_item_undated_and_no_other(said):
    assert dated(said).year < 2000


@pytest.mark.parametrize(
    ("guid", "link", "page"),
    [
        ("<guid isPermaLink='false'>Buzz-1</guid>", "", ""),
        ("<guid>Buzz-1</guid>", "", ""),
        ("<guid>https://example.org/g/</guid>", "", "https://example.org/g/"),
        ("<guid isPermaLink='false'>https://example.org/g/</guid>", "", ""),
        ("<guid>x</guid>", "<link>https://example.org/a/</link>", "https://example.org/a/"),
        ("<guid>x</guid>", "<link></link>", ""),
        ("", "<link>https://example.org/a/</link>", "https://example.org/a/"),
        ("", "<link>/a/</link>", "https://example.org/a/"),
        ("<guid></guid>", "<link>https://example.org/a/</link>", "https://example.org/a/"),
        ("<guid>tag:example.org,2023:1</guid>", "", ""),
    ],
)
def test_a_page_is_where_the_item_says_and_a_guid_only_if_it_is_an_address(guid, link, page):
    offers = "<podcast:transcript url='/a.vtt' type='text/vtt'/>"
    (item,) = parse_feed(feed(guid + link + offers), SOURCE, VERA).items
    assert item.url == page
    assert item.transcript_links[0].url == "https://example.org/a.vtt"


def test_a_feed_with_nothing_but_sound_is_said_to_have_neither_page_nor_transcript():
    with pytest.raises(NoEpisodes, match="page or a transcript"):
        parse_feed(feed("<guid isPermaLink='false'>1</guid><enclosure url='a.mp3'/>"), SOURCE, VERA)


@pytest.mark.parametrize(
    ("link", "page"),
    [
        (
            "<atom:link rel='next' href='https://example.org/feed?page=2'/>",
            "https://example.org/feed?page=2",
        ),
        ("<atom:link rel='next' href='?page=2'/>", "https://example.org/feed.xml?page=2"),
        ("<atom:link href='/2' rel='next'/>", "https://example.org/2"),
        ("<atom:link rel='prev-archive' href='/2005'/>", "https://example.org/2005"),
        (
            "<atom:link rel='self' href='/1'/><atom:link rel='next' href='/2'/>",
            "https://example.org/2",
        ),
        ("<atom:link rel='first' href='/1'/>", None),
        ("<atom:link rel='previous' href='/1'/>", None),
        ("<atom:link rel='last' href='/9'/>", None),
        ("<atom:link rel='next'/>", None),
        ("<link>https://example.org/</link>", None),
    ],
)
def test_a_feed_says_where_its_older_items_are(link, page):
    atom = b"xmlns:atom='http://www.w3.org/2005/Atom' version='2.0'"
    body = OFFERING.replace(b"version='2.0'", atom, 1).replace(
        b"<title>Tides", link.encode() + b"<title>Tides"
    )
    assert parse_feed(body, SOURCE, VERA).next_page == page


def test_a_feed_that_has_moved_says_where_to():
    says = b"<itunes:new-feed-url> https://new.example.org/feed </itunes:new-feed-url>"
    namespace = b"xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' version='2.0'"
    body = feed("<link>https://example.org/a/</link>").replace(
        b"<title>Tides", says + b"<title>Tides"
    )
    body = body.replace(b"version='2.0'", namespace, 1)
    assert parse_feed(body, SOURCE, VERA).moved_to == "https://new.example.org/feed"
    assert parse_feed(body, "https://new.example.org/feed", VERA).moved_to is None


@needs_given_data
@pytest.mark.parametrize(
    ("year", "guests", "sha256"),
    [(2012, 53, "5ca5edd5893e2f7d"), (2022, 52, "00ed50ce9884342d")],
)
def test_the_guests_of_a_year_of_the_real_feed_are_those_read_in_its_titles_by_eye(
    year, guests, sha256
):
    """Against the digest of a list that was made by hand, because the titles are not ours to keep."""
    items = parse_feed(REAL_FEED.read_bytes(), SOURCE, Host("Russ Roberts")).items
    named = [name for item in items if item.published.year == year for name in item.guests]
    assert len(named) == guests
    assert hashlib.sha256("\n".join(named).encode()).hexdigest()[:16] == sha256


@needs_given_data
def test_the_real_feed_says_where_it_is_to_one_who_comes_by_an_old_address():
    body = REAL_FEED.read_bytes()
    assert str(parse_feed(body, SOURCE, VERA).moved_to).startswith("https://feeds.simplecast.com/")


@needs_given_data
def test_the_real_feed_loses_no_item():
    body = REAL_FEED.read_bytes()
    items = parse_feed(body, SOURCE, Host("Russ Roberts")).items
    raw = etree.fromstring(body).findall(".//item")
    assert [item.url for item in items] == [found.findtext("link") for found in raw]
    assert (len(items), len({item.url for item in items})) == (874, 873)
    years = Counter(int(str(found.findtext("pubDate")).split()[3]) for found in raw)
    assert Counter(item.published.year for item in items) == years
    nobody = [item.title for item in items if not item.guests]
    assert len(nobody) == 13
    assert sum("Roberts on" in title for title in nobody) == 9


@pytest.mark.parametrize(
    "left_open", ["a<br>b", "<img src=x>", "<hr>", "<p>a<p>b", "<li>a", "<i>a"]
)
def test_a_transcript_belongs_to_the_item_it_stands_in_whatever_tag_is_left_open(left_open):
    offered = "<podcast:transcript url='https://example.org/{}.vtt' type='text/vtt'/>"
    page = "<title>{0}</title><link>https://example.org/{0}/</link>"
    body = feed(
        f"{page.format('a')}<description>{left_open}</description>",
        page.format("b") + offered.format("b"),
        page.format("c") + offered.format("c"),
    )
    found = {
        item.title: [link.url for link in item.transcript_links]
        for item in parse_feed(body, SOURCE, VERA).items
    }
    assert found == {
        "a": [],
        "b": ["https://example.org/b.vtt"],
        "c": ["https://example.org/c.vtt"],
    }


def test_a_transcript_outside_of_every_item_or_in_a_comment_is_nobodys():
    offered = "<podcast:transcript url='https://example.org/x.vtt' type='text/vtt'/>"
    inside = f"<link>https://example.org/a/</link><!-- {offered} --><description><![CDATA[{offered}]]></description>"
    body = feed(inside).replace(b"<item>", offered.encode() + b"<item>")
    assert [item.transcript_links for item in parse_feed(body, SOURCE, VERA).items] == [()]


@pytest.mark.parametrize(
    ("odd", "shown"),
    [
        ("&#55357;", "Bees \ufffd"),
        ("&#xD83D;", "Bees \ufffd"),
        ("&#x110000;", "Bees \ufffd"),
        ("\x0b", "Bees"),
        ("&#0;", "Bees \ufffd"),
    ],
)
def test_one_odd_character_is_its_own_matter(odd, shown):
    titles = "<title>Tides</title>", f"<title>Bees {odd}</title>"
    body = feed(f"<title>On Bees {odd}</title><link>https://example.org/a/</link>").replace(
        titles[0].encode(), titles[1].encode()
    )
    read = parse_feed(body, SOURCE, VERA)
    assert (read.title, len(read.items)) == (shown, 1)
    assert read.items[0].title == f"On {shown}"


def test_a_stray_byte_in_a_feed_spoils_no_other_character():
    item = "<title>Chlo\u00eb Finch on \u201cPonds\u201d</title><link>https://example.org/a/</link>"
    body = feed(item).replace(b"Tides", b"Tides \xa9")
    (read,) = parse_feed(body, SOURCE, VERA).items
    assert (read.title, read.guests) == (
        "Chlo\u00eb Finch on \u201cPonds\u201d",
        ("Chlo\u00eb Finch",),
    )


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("March 2, 2026", datetime(2026, 3, 2, tzinfo=UTC)),
        ("Mo, 02 M\u00e4r 2026 10:00:00 +0100", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2. M\u00e4rz 2026", datetime(2026, 3, 2, tzinfo=UTC)),
        ("Montag, 7. Dezember 2026, 18:30 Uhr", datetime(2026, 12, 7, 18, 30, tzinfo=UTC)),
        ("lun., 02 f\u00e9vr. 2026 10:00:00 GMT", datetime(2026, 2, 2, 10, tzinfo=UTC)),
        ("1er ao\u00fbt 2026", datetime(2026, 8, 1, tzinfo=UTC)),
        ("3 de julio de 2026", datetime(2026, 7, 3, tzinfo=UTC)),
        ("June 3rd, 2026 4:15 PM", datetime(2026, 6, 3, 16, 15, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_in_the_languages_that_feeds_are_written_in(said, day):
    body = feed(f"<title>a</title><link>https://example.org/a/</link><pubDate>{said}</pubDate>")
    read = parse_feed(body, SOURCE, VERA)
    assert ([item.published for item in read.items], read.notes) == ([day], ())


def test_a_date_that_nobody_can_read_is_told():
    link = "<link>https://example.org/{}/</link>"
    body = feed(
        f"<title>a</title>{link.format('a')}<pubDate>the day after</pubDate>",
        f"<title>b</title>{link.format('b')}<pubDate>Mon, 02 Jan 2023 11:30:00 GMT</pubDate>",
    )
    (note,) = parse_feed(body, SOURCE, VERA).notes
    assert "1 items of the feed have a date that cannot be read, such as 'the day after'" in note


def test_an_empty_link_hides_no_permanent_guid():
    body = feed("<title>a</title><link/><guid>https://example.org/g/</guid>")
    assert parse_feed(body, SOURCE, VERA).items[0].url == "https://example.org/g/"


def test_an_item_over_which_the_parser_stumbles_is_left_out_with_a_sentence(monkeypatch):
    def stumbling(stream, **_):
        text = stream.read()
        if b"bad" in text:
            raise AssertionError
        return feedparser_parse(BytesIO(text), **_)

    feedparser_parse = feedparser.parse
    monkeypatch.setattr(feedparser, "parse", stumbling)
    link = "<link>https://example.org/{0}/</link><guid>{0}</guid>"
    read = parse_feed(
        feed(*(f"<title>{n}</title>{link.format(n)}" for n in ("a", "bad", "c"))), SOURCE, VERA
    )
    assert [item.title for item in read.items] == ["a", "c"]
    assert read.notes == ("Item 2 of the feed (bad) cannot be read and is left out.",)


def test_a_json_feed_is_read_as_any_other():
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Tides",
        "language": "en-GB",
        "next_url": "page2.json",
        "items": [
            {
                "id": 7,
                "url": "/a/",
                "title": "Tom Ek on Boats",
                "summary": "About boats.",
                "date_published": "2023-01-02T11:30:00+01:00",
                "attachments": [
                    {"url": "https://example.org/a.mp3", "mime_type": "audio/mpeg"},
                    {"url": "https://example.org/a.vtt", "mime_type": "text/vtt"},
                ],
            },
            None,
        ],
    }
    read = parse_feed(json.dumps(document).encode(), SOURCE, VERA)
    (item,) = read.items
    assert (item.url, item.guid, item.guests) == ("https://example.org/a/", "7", ("Tom Ek",))
    assert item.published == datetime(2023, 1, 2, 10, 30, tzinfo=UTC)
    assert [(link.url, link.type) for link in item.transcript_links] == [
        ("https://example.org/a.vtt", "text/vtt")
    ]
    assert item.audio == "https://example.org/a.mp3"
    assert (read.next_page, read.language) == ("https://example.org/page2.json", "en-gb")
    assert read.notes == ("1 items of the feed are no objects and are left out.",)
