"""What names an episode, and how one keeps its name while feeds change around it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.corpus.records import Item, Known
from shared.corpus.sources.items import FeedItem, TranscriptLink
from shared.corpus.sources.listing import best_first
from shared.corpus.sources.naming import as_known, named_items
from shared.ids import digest
from shared.lake import keys
from shared.web import Unreachable
from tests.unit.shared.corpus.test_corpus import (
    FEED,
    LAMPS,
    RAIN,
    Site,
    collect,
    episodes,
    page,
)

DAY = datetime(2023, 1, 2, tzinfo=UTC)


def listed(*items):
    return [
        (episode_id, item.title)
        for episode_id, _, item in named_items(
            "porch",
            [FeedItem(url, title, DAY, (), "", "", guid=guid) for guid, url, title in items],
        )
    ]


def test_the_guid_names_an_episode_and_the_address_one_without():
    (by_guid, _), (by_address, _) = listed(("g1", "http://x/a", "A"), ("", "http://x/b", "B"))
    assert by_guid == digest("porch", "guid", "g1")
    assert by_address == digest("porch", "http://x/b")


def test_two_items_with_one_link_and_title_and_guids_of_their_own_are_two_episodes():
    assert len(listed(("g1", "http://x/a", "A"), ("g2", "http://x/a", "A"))) == 2


def test_a_guid_that_all_items_share_names_none():
    found = listed(
        ("same", "http://x/a", "A"), ("same", "http://x/b", "B"), ("same", "http://x/c", "C")
    )
    assert len({episode_id for episode_id, _ in found}) == 3


def test_an_item_that_stands_on_two_pages_of_a_feed_is_one_episode():
    assert len(listed(("g1", "http://x/a", "A"), ("g1", "http://x/a", "A"))) == 1


@pytest.mark.parametrize("guid", ["", "g1"])
def test_two_items_of_one_name_with_another_day_and_transcript_are_two_episodes(guid):
    def item(day, transcript):
        links = (TranscriptLink(f"http://x/{transcript}.vtt", "text/vtt"),)
        return FeedItem("http://x/a", "A", day, (), "", transcript, links, guid=guid)

    later = DAY.replace(day=9)
    items = [item(DAY, "a"), item(later, "b"), item(DAY, "a"), item(later, "a")]
    found = list(named_items("porch", items))
    assert [one.fingerprint for _, _, one in found] == ["a", "b"]
    assert len({episode_id for episode_id, _, _ in found}) == 2


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "g", "h"]), st.sampled_from("ab"), st.sampled_from("XY"))
    )
)
def test_no_two_episodes_have_one_name_and_none_is_lost(items):
    found = listed(*items)
    assert len({episode_id for episode_id, _ in found}) == len(found)
    with_guid = {(guid, url, title) for guid, url, title in items if guid}
    assert len(found) >= len(with_guid)


def known(url, guid=None, **more):
    return Known("f", 1, "parsed", "porch.2023-01", DAY, url=url, guid=guid, **more)


def item(url, guid="", former="former", own="own"):
    return Item(own, url, "A", (), DAY, "f", guid=guid, former_id=former)


OLD = "http://example.org/a/"


@pytest.mark.parametrize(
    ("url", "guid", "kept"),
    [
        (OLD, "g1", True),
        ("https://example.org/a/", "g1", True),
        ("https://www.example.org/a/", "g1", True),
        ("https://example.org/a", "g1", True),
        (f"{OLD}?ref=rss", "g1", True),
        (f"{OLD}?utm_source=rss&utm_medium=feed", "g1", True),
        (f"{OLD}#play", "g1", True),
        (f"{OLD}?ref=rss", "", True),
        ("https://example.org/a/?fbclid=1", "", True),
        (f"{OLD}?p=2", "g1", False),
        ("http://example.org/b/", "g1", False),
        ("http://elsewhere.example.org/a/", "g1", False),
        ("", "g1", False),
    ],
)
def test_an_episode_of_an_earlier_version_is_known_by_its_address_whatever_trackers_add(
    url, guid, kept
):
    (found,) = as_known([item(url, guid)], {"old": known(OLD)})
    assert found.episode_id == ("old" if kept else "own")


def test_an_episode_is_known_by_its_guid_wherever_its_page_moves():
    (found,) = as_known([item("https://new.example.com/x", "g1")], {"old": known(OLD, "g1")})
    assert found.episode_id == "old"


def test_an_episode_whose_guid_was_changed_is_known_by_its_address():
    (found,) = as_known([item(OLD, "new-host-1")], {"old": known(OLD, "old-host-1")})
    assert found.episode_id == "old"


def test_what_could_be_either_of_two_is_neither():
    items = [item(f"{OLD}?ref=a", "g1"), item(f"{OLD}?ref=b", "g2", own="own2")]
    assert [it.episode_id for it in as_known(items, {"old": known(OLD)})] == ["own", "own2"]


def test_one_known_episode_is_given_to_one_item_alone():
    items = [item(OLD, "g1", former="old"), item(OLD, "g2", former="old", own="own2")]
    found = [it.episode_id for it in as_known(items, {"old": known(OLD)})]
    assert found == ["old", "own2"]


@given(
    st.lists(st.sampled_from(["", "g1", "g2"]), min_size=1, max_size=5),
    st.lists(st.sampled_from([OLD, f"{OLD}?ref=x", "http://x/b"]), min_size=5, max_size=5),
    st.dictionaries(
        st.sampled_from(["former", "own0", "k1"]),
        st.builds(known, st.sampled_from([OLD, "http://x/b"]), st.sampled_from([None, "g1", "g3"])),
    ),
)
def test_no_known_episode_is_two(guids, urls, before):
    items = [
        item(url, guid, own=f"own{at}")
        for at, (guid, url) in enumerate(zip(guids, urls, strict=False))
    ]
    unique = [it for it in items if not it.guid or guids.count(it.guid) == 1]
    found = [it.episode_id for it in as_known(unique, before)]
    assert len(set(found)) == len(found)


# With a whole site


def with_guids(body, *, link=lambda url: url):
    text = body.decode()
    for url, title, _ in (RAIN, LAMPS):
        text = text.replace(
            f"<link>{url}</link>",
            f"<link>{link(url)}</link><guid isPermaLink='false'>{title[:3]}</guid>",
        )
    return text.encode()


def test_what_was_collected_under_addresses_is_kept_when_guids_come_to_name_episodes(lake):
    site = Site(RAIN, LAMPS)
    collect(lake, site)
    before, turns = episodes(lake), sorted(lake.read_rows("turns"), key=str)
    site.pages[FEED] = with_guids(site.pages[FEED])
    site.forget()
    found = collect(lake, site, "r2")
    assert (found.new, found.removed, site.asked) == (0, 0, [FEED])
    after = episodes(lake)
    assert {u: r["episode_id"] for u, r in after.items()} == {
        u: r["episode_id"] for u, r in before.items()
    }
    assert {row["guid"] for row in after.values()} == {"Tom", "Lea"}
    assert sorted(lake.read_rows("turns"), key=str) == turns
    site.forget()
    assert collect(lake, site, "r3").unchanged == 2


def test_new_addresses_of_the_same_guids_leave_every_turn_and_name_as_it_was(lake):
    site = Site(RAIN, LAMPS)
    plain = site.pages[FEED]
    site.pages[FEED] = with_guids(plain)
    collect(lake, site)
    before, turns = (
        {r["episode_id"] for r in episodes(lake).values()},
        sorted(lake.read_rows("turns"), key=str),
    )
    moved = lambda url: url.replace("http://127.0.0.1:1/", "https://127.0.0.1:1/p/") + "?ref=rss"  # noqa: E731
    site.pages[FEED] = with_guids(plain, link=moved)
    for url, title, _ in (RAIN, LAMPS):
        site.pages[moved(url)] = page(title)
    found = collect(lake, site, "r2")
    assert (found.new, found.removed) == (0, 0)
    assert {r["episode_id"] for r in episodes(lake).values()} == before
    assert sorted(lake.read_rows("turns"), key=str) == turns


def paged(*pages):
    """A feed of one episode a page, each naming the next."""
    site = Site(*pages)
    for number, episode in enumerate(pages, 1):
        one = Site(episode).pages[FEED].decode()
        more = f"<atom:link rel='next' href='?page={number + 1}'/>" if number < len(pages) else ""
        one = one.replace("<channel>", f"<channel xmlns:atom='http://www.w3.org/2005/Atom'>{more}")
        site.pages[FEED if number == 1 else f"{FEED}?page={number}"] = one.encode()
    return site


def test_every_page_of_a_paged_feed_is_read(lake):
    site = paged(LAMPS, RAIN, ("http://127.0.0.1:1/x", "Max Low on Attics", DAY))
    assert collect(lake, site).discovered == 3
    site.forget()
    assert collect(lake, site, "r2").unchanged == 3
    assert site.sent == []


def test_a_page_of_a_feed_that_cannot_be_had_removes_nothing_and_is_said(lake):
    site = paged(LAMPS, RAIN)
    collect(lake, site)
    site.pages[f"{FEED}?page=2"] = Unreachable("the site is down")
    found = collect(lake, site, "r2")
    assert (found.discovered, found.removed) == (1, 0)
    assert set(episodes(lake)) == {LAMPS[0], RAIN[0]}
    (note,) = lake.read_json(keys.discovery("r2"))["notes"]
    assert "Page 2" in note
    assert "down" in note


def test_a_paged_feed_that_runs_in_circles_ends(lake):
    site = paged(LAMPS, RAIN)
    loop = site.pages[f"{FEED}?page=2"].replace(
        b"<channel", b"<channel><link rel='next' href='?'/><x", 1
    )
    site.pages[f"{FEED}?page=2"] = loop
    assert collect(lake, site).discovered == 2


def test_a_feed_is_read_from_the_address_that_it_redirects_to(lake):
    site = Site(RAIN)
    offers = "<podcast:transcript url='talk.vtt' type='text/vtt'/>"
    site.pages[FEED] = site.pages[FEED].replace(b"</item>", f"{offers}</item>".encode())
    asked = site.get

    def get(url, **known):
        answer = asked(url, **known)
        if url != FEED:
            return answer
        return replace(answer, final_url="https://127.0.0.1:1/new/feed")

    site.get = get
    site.pages["https://127.0.0.1:1/new/talk.vtt"] = b""
    collect(lake, site)
    assert "https://127.0.0.1:1/new/talk.vtt" in site.asked


def test_a_feed_that_turns_into_something_else_leaves_the_kept_one(lake):
    site = Site(RAIN)
    collect(lake, site)
    site.pages[FEED] = b"<html>consent</html>"
    with pytest.raises(Exception, match="not an RSS"):
        collect(lake, site, "r2")
    head = lake.read_json(f"{keys.feed('porch')}.json")
    assert head["headers"]["etag"] != ""
    site.lists(RAIN)
    site.forget()
    collect(lake, site, "r3")
    assert site.sent == []  # the good feed was still known, so 304


def test_an_episode_with_neither_page_nor_transcript_is_refused_with_the_way_out(lake):
    site = Site(RAIN)
    sound = "<item><title>Lea Roe on Lamps</title><guid isPermaLink='false'>7</guid><enclosure url='http://127.0.0.1:1/7.mp3'/></item>"
    site.pages[FEED] = site.pages[FEED].replace(b"</channel>", f"{sound}</channel>".encode())
    collect(lake, site)
    row = episodes(lake)["http://127.0.0.1:1/7.mp3"]
    assert (row["status"], row["reason"]) == ("refused", "no_transcript")
    assert "only its sound" in row["detail"]
    assert "http://127.0.0.1:1/7.mp3" not in site.asked


def test_an_episode_without_a_page_is_read_from_its_transcript(lake):
    site = Site(RAIN)
    site.pages[FEED] = (
        b"<rss version='2.0' xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel><item>"
        b"<title>Tom Ash on Rain</title><guid isPermaLink='false'>Buzzsprout-1</guid>"
        b"<enclosure url='http://127.0.0.1:1/1.mp3'/><pubDate>Mon, 05 Oct 2026 00:00:00 GMT</pubDate>"
        b"<podcast:transcript url='http://127.0.0.1:1/1.vtt' type='text/vtt'/></item></channel></rss>"
    )
    site.pages["http://127.0.0.1:1/1.vtt"] = (
        b"WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ida Stone>Why rain?\n\n"
        b"00:02.000 --> 00:03.000\n<v Tom Ash>It falls.\n"
    )
    collect(lake, site)
    row = episodes(lake)["http://127.0.0.1:1/1.vtt"]
    assert (row["status"], row["n_turns"], row["guid"]) == ("parsed", 2, "Buzzsprout-1")


@pytest.mark.parametrize(
    "day",
    [
        *("Mon, 02 Jan 2105 00:00:00 GMT", "0000-00-00", "", "99999999999", "Jan 2023?"),
        *(
            "Mon, 02 Jan 1970 00:00:00 GMT",
            "Thu, 01 Jan 1998 00:00:00 GMT",
            "0001-01-01",
            "9999-12-31",
        ),
        *(
            "02.01.2105",
            "Mon, 31 Feb 2023 99:99:99 GMT",
            "yesterday",
            "Fri, 01 Jan 12023 00:00:00 GMT",
        ),
    ],
)
def test_a_date_outside_of_what_the_tables_hold_counts_as_none(lake, day):
    site = Site(RAIN, LAMPS)
    text = site.pages[FEED].decode()
    site.pages[FEED] = text.replace(text.split("<pubDate>")[1].split("<")[0], day, 1).encode()
    collect(lake, site)
    assert episodes(lake)[RAIN[0]]["published"].year == 2026


EN, ES = (
    TranscriptLink("en.vtt", "text/vtt", "en"),
    TranscriptLink("es.json", "application/json", "es"),
)
PLAIN = TranscriptLink("x.srt", "application/srt")


@pytest.mark.parametrize(
    ("links", "language", "has_page", "chosen"),
    [
        ((ES, EN), "en", False, ("en.vtt",)),
        ((ES, EN), "en-us", True, ("en.vtt",)),
        ((ES, EN), "es", False, ("es.json",)),
        ((ES, EN), "es-419", True, ("es.json",)),
        ((ES, EN), "", False, ("es.json", "en.vtt")),
        ((ES,), "en", True, ()),
        ((ES,), "en", False, ("es.json",)),
        ((ES, PLAIN), "en", False, ("x.srt",)),
        ((PLAIN, EN), "en", False, ("en.vtt", "x.srt")),
        ((TranscriptLink("gb.vtt", "text/vtt", "en-gb"), ES), "en-us", False, ("gb.vtt",)),
        ((TranscriptLink("u.vtt", "text/vtt", "en_us"), ES), "en", False, ("u.vtt",)),
        ((), "en", True, ()),
    ],
)
def test_the_feeds_own_language_goes_before_any_format(links, language, has_page, chosen):
    assert best_first(links, language, has_page=has_page) == chosen
