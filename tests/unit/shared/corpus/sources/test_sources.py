"""Sources besides a feed: addresses, files, and the transcripts that a feed offers."""

from datetime import UTC, datetime

import pytest

from shared.corpus import stages
from shared.corpus.sources.items import TranscriptLink
from shared.corpus.sources.listing import best_first
from shared.corpus.sources.names import date_in, is_transcript_file, title_in
from shared.errors import InvalidField
from shared.lake import keys
from shared.run.stages import check_source
from shared.shows import parse
from shared.web import AccessDenied, NotFound
from tests.places import GIVEN
from tests.unit.shared.corpus.test_corpus import (
    FEED,
    LAMPS,
    NOVEMBER,
    NOW,
    RAIN,
    Site,
    collect,
    discover,
    episodes,
    page,
    run,
)
from tests.unit.shared.run.porch import SHOW

TALKS = GIVEN / "data" / "founderstalk"
PREFIX = keys.transcripts("porch")
TALK = (
    b"**Ida Stone:** Why boats?\n\n**Tom Ash:** They float.\n\n**Ida Stone:** Ah.\n\n"
    b"**Tom Ash:** Mostly they float.\n"
)
VTT = """WEBVTT

00:00.000 --> 00:02.000
<v Ida Stone>Why rain?

00:02.000 --> 00:03.000
<v Tom Ash>It falls.
"""


def listed(*urls, **fields):
    return {**SHOW, "feed": None, "urls": urls, **fields}


def files(**fields):
    return {**SHOW, "feed": None, "transcripts": f"s3://porch-lake/{PREFIX}", **fields}


def of_name(lake):
    return {row["url"].rpartition("/")[2]: row for row in lake.read_rows("episodes")}


def collect_show(lake, show, site=None, run_id="r1", now=NOW, **fields):

    settings = run(run_id, show=show, **fields)
    found = stages.discover(lake, settings, site, now)
    for batch in lake.read_json(keys.batches(run_id)):
        stages.scrape(lake, settings, batch["batch"], site)
    stages.remove_gone_and_duplicates(lake, settings)
    return found


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2023-01-02-ann-cole.md", (2023, 1, 2)),
        ("talk_20230102.vtt", (2023, 1, 2)),
        ("/archives/2018/06/janet_on.html", (2018, 6, 1)),
        ("https://example.org/2018/06/05/janet/", (2018, 6, 5)),
        ("ep-2023.01.02.srt", (2023, 1, 2)),
    ],
)
def test_a_date_in_a_name_is_read(name, day):
    assert date_in(name) == datetime(*day, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["founders-talk-38.md", "2023.md", "202301.md", "2023-13-01", "x12023-01-029", "1080p"]
)
def test_a_number_is_no_date(name):
    assert date_in(name) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("founders-talk-38.md", "founders talk 38 (md)"),
        ("2023-01-02_Ann-Cole-on-Tides.vtt", "Ann Cole on Tides (vtt)"),
        ("2023-01-02.vtt", "2023-01-02 (vtt)"),
        ("talks/Episode 17.srt", "Episode 17 (talks, srt)"),
        ("2023/s1/ep1.docx", "ep1 (2023/s1, docx)"),
        ("ep1.pdf", "ep1 (pdf)"),
        ("Rain, March 3rd 2024.txt", "Rain (txt)"),
        ("interview", "interview"),
        ("a.b.c.txt", "a.b.c (txt)"),
        ("GMT20240301-150000_Recording.vtt", "GMT 150000 Recording (vtt)"),
    ],
)
def test_a_files_title_is_its_name_without_its_date_then_folder_and_suffix(name, title):
    assert title_in(name) == title


def test_licences_hidden_files_and_folders_are_no_episodes():
    no = ["LICENSE", "README.md", ".DS_Store", ".git/config", "talks/", ""]
    assert not [name for name in no if is_transcript_file(name)]
    assert is_transcript_file("talks/one.md")


def test_a_list_of_pages_is_read_with_title_and_guests_from_each_page(lake):
    site = Site(RAIN, LAMPS)
    found = collect_show(lake, listed(RAIN[0], LAMPS[0], RAIN[0]), site)
    assert (found.discovered, found.new) == (2, 2)
    row = episodes(lake)[RAIN[0]]
    assert (row["status"], row["title"], row["guests"]) == ("parsed", RAIN[1], ["Tom Ash"])
    assert FEED not in site.asked


def test_a_page_without_a_date_keeps_the_day_it_was_first_seen(lake):
    site = Site(RAIN)
    collect_show(lake, listed(RAIN[0]), site)
    later = datetime(2027, 3, 1, tzinfo=UTC)
    site.forget()
    found = collect_show(lake, listed(RAIN[0]), site, "r2", later)
    assert found.unchanged == 1
    assert site.asked == []
    assert episodes(lake)[RAIN[0]]["published"] == NOW


def test_a_listed_page_that_is_not_there_is_a_row_named_by_its_address(lake):
    site = Site(RAIN)
    site.pages[RAIN[0]] = NotFound("gone")
    collect_show(lake, listed(RAIN[0]), site)
    assert episodes(lake)[RAIN[0]]["status"] == "failed"


def test_files_in_the_bucket_are_read_and_dated_by_their_names(lake):
    lake.write(f"{PREFIX}2023-01-02_Tom-Ash-on-Boats.md", TALK)
    lake.write(f"{PREFIX}LICENSE", b"Somebody's")
    lake.write(f"{PREFIX}undated.md", TALK + b"\n\n**Ida Stone:** So.\n")
    found = collect_show(lake, files())
    assert found.discovered == 2
    row = of_name(lake)["2023-01-02_Tom-Ash-on-Boats.md"]
    assert (row["status"], row["title"]) == ("parsed", "Tom Ash on Boats (md)")
    assert row["guests"] == ["Tom Ash"]
    assert row["published"] == datetime(2023, 1, 2, tzinfo=UTC)
    assert of_name(lake)["undated.md"]["published"].year >= 2026
    roles = {turn["speaker"]: turn["role"] for turn in lake.read_rows("turns")}
    assert roles == {"Ida Stone": "host", "Tom Ash": "guest"}


def test_only_a_changed_file_is_read_again_and_a_deleted_one_is_gone(lake):
    for name in ("2023-01-02-a.md", "2023-02-02-b.md", "2023-03-02-c.md"):
        lake.write(PREFIX + name, TALK + name.encode())
    collect_show(lake, files())
    lake.write(f"{PREFIX}2023-02-02-b.md", TALK + b"\n\n**Ida Stone:** And another thing.\n")
    lake.delete([f"{PREFIX}2023-03-02-c.md"])
    found = collect_show(lake, files(), run_id="r2")
    assert (found.changed, found.unchanged, found.removed) == (1, 1, 1)
    assert set(of_name(lake)) == {"2023-01-02-a.md", "2023-02-02-b.md"}
    assert len({row["episode_id"] for row in lake.read_rows("turns")}) == 2


def test_a_file_larger_than_the_profile_allows_is_refused_unread(lake):
    lake.write(f"{PREFIX}big.md", TALK * 100)
    collect_show(lake, files(fetch={"max_bytes": 1000}))
    row = of_name(lake)["big.md"]
    assert (row["status"], row["reason"]) == ("failed", "too_large")


def test_a_feed_that_links_into_the_bucket_gets_nothing_of_it(lake):
    lake.write(f"{PREFIX}secret.md", TALK)
    url = f"s3://porch-lake/{PREFIX}secret.md"
    site = Site((url, "Tom Ash on Secrets", NOVEMBER))
    site.pages[url] = NotFound("the fetcher was asked, not the bucket")
    collect(lake, site)
    assert site.asked == [FEED, url]


def test_files_must_lie_where_the_functions_may_read(lake):
    check_source(lake, parse(files(), "test"))
    for elsewhere in ("s3://another-bucket/raw/porch/", "s3://porch-lake/runs/", "/etc"):
        with pytest.raises(InvalidField, match="s3://porch-lake/raw/porch/transcripts/"):
            check_source(lake, parse({**files(), "transcripts": elsewhere}, "test"))


def test_the_likelier_transcript_to_name_speakers_comes_first():
    links = [
        TranscriptLink("a.txt", "text/plain"),
        TranscriptLink("b", "application/x-subrip"),
        TranscriptLink("c.html", ""),
        TranscriptLink("d", "text/vtt; charset=utf-8"),
        TranscriptLink("e.json?x=1", ""),
        TranscriptLink("f", ""),
        TranscriptLink("g", "application/srt"),
    ]
    assert best_first(links) == ("e.json?x=1", "d", "c.html", "b", "g", "a.txt", "f")


def offering(*links, url=RAIN[0]):
    """A site whose one episode offers transcripts by (address, type, body or error)."""
    site = Site((url, RAIN[1], RAIN[2]))
    tags = "".join(f'<podcast:transcript url="{at}" type="{kind}"/>' for at, kind, _ in links)
    namespace = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
    body = site.pages[FEED].decode().replace("</item>", f"{tags}</item>")
    site.pages[FEED] = body.replace("<rss ", f"<rss {namespace} ").encode()
    for at, _, answer in links:
        site.pages[at] = answer.encode() if isinstance(answer, str) else answer
    return site


SRT_AT, VTT_AT = "http://127.0.0.1:1/rain.srt", "http://127.0.0.1:1/rain.vtt"


def test_an_offered_transcript_is_read_in_place_of_the_page(lake):
    site = offering((SRT_AT, "application/srt", "unused"), (VTT_AT, "text/vtt", VTT))
    collect(lake, site)
    row = episodes(lake)[RAIN[0]]
    assert (row["status"], row["structure"], row["n_turns"]) == ("parsed", "WebVTT", 2)
    assert site.asked == [FEED, VTT_AT]


def test_a_transcript_without_speakers_or_that_fails_gives_way_to_the_page_and_is_named(lake):
    nameless = VTT.replace("<v Ida Stone>", "").replace("<v Tom Ash>", "")
    site = offering((VTT_AT, "text/vtt", nameless), (SRT_AT, "", NotFound("no srt")))
    collect(lake, site)
    row = episodes(lake)[RAIN[0]]
    assert (row["status"], row["reason"], row["n_turns"]) == ("parsed", None, 3)
    warned = " ".join(row["warnings"])
    assert VTT_AT in warned
    assert "no srt" in warned


def test_an_episode_without_a_page_is_read_from_its_transcript(lake):
    site = offering((VTT_AT, "text/vtt", VTT))
    site.pages[FEED] = (
        site.pages[FEED]
        .replace(f"<link>{RAIN[0]}</link>".encode(), b"")
        .replace(
            b"</channel>",
            f"<item><title>x</title><link>{LAMPS[0]}</link></item></channel>".encode(),
        )
    )
    site.pages[LAMPS[0]] = page(LAMPS[1])
    collect(lake, site)
    assert episodes(lake)[VTT_AT]["status"] == "parsed"


def test_a_host_of_transcripts_that_refuses_us_stops_the_show(lake):
    site = offering((VTT_AT, "text/vtt", AccessDenied("no")))
    discover(lake, site)
    with pytest.raises(AccessDenied):
        collect(lake, site, "r2")


@pytest.mark.skipif(
    not TALKS.is_dir(), reason="the folder of given data is not beside the repository"
)
def test_a_folder_of_real_markdown_is_read_whole_through_the_stages(lake):
    for path in TALKS.iterdir():
        lake.write(PREFIX + path.name, path.read_bytes())
    show = files(host={"name": "Adam Stacoviak", "aliases": ["Adam"]})
    found = collect_show(lake, show)
    rows = list(lake.read_rows("episodes"))
    assert found.discovered == len(rows) == 50
    assert {row["status"] for row in rows} == {"parsed"}
    assert min(row["n_turns"] for row in rows) > 0
    assert sum(row["n_turns"] for row in rows) == len(list(lake.read_rows("turns"))) == 7743
