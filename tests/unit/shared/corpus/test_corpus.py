from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import transcripts
from shared.corpus import stages
from shared.corpus.discovery import RECHECK_DAYS, _batches, _task, classify
from shared.corpus.records import PARSED, Item, Known
from shared.ids import digest
from shared.lake import keys
from shared.transcripts import PARSER_VERSION
from shared.web import AccessDenied, Fetched, NotFound, TooLarge, Unreachable
from tests.unit.shared.run.porch import SHOW, resolved

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = SHOW["feed"]
OCTOBER = datetime(2026, 10, 5, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 2, tzinfo=UTC)
RAIN = ("http://127.0.0.1:1/rain", "Tom Ash on Rain", OCTOBER)
LAMPS = ("http://127.0.0.1:1/lamps", "Lea Roe on Lamps", NOVEMBER)
SWINGS = ("http://127.0.0.1:1/swings", "Ada Moe on Swings", NOVEMBER)


class Site:
    """A site in memory in place of the fetcher; `asked` is what it was asked, `sent` what it sent whole."""

    def __init__(self, *episodes):
        self.pages = {}
        self.asked = []
        self.sent = []
        self.now = NOW
        self.lists(*episodes)
        for url, title, _ in episodes:
            self.pages[url] = page(title)

    def lists(self, *episodes):
        self.pages[FEED] = feed(*episodes)

    def get(self, url, etag=None, last_modified=None):  # noqa: ARG002 - the fetcher's signature
        self.asked.append(url)
        answer = self.pages[url]
        if isinstance(answer, BaseException):
            raise answer
        tag = sha256(answer).hexdigest()
        if tag == etag:
            return Fetched(url, url, 304, {}, b"", self.now)
        self.sent.append(url)
        headers = {"etag": tag, "content-type": "text/html; charset=utf-8"}
        return Fetched(url, url, 200, headers, answer, self.now)

    def delay_of(self, url):  # noqa: ARG002 - the fetcher's signature
        return 2.0

    def forget(self):
        self.asked.clear()
        self.sent.clear()


def feed(*episodes):
    items = "".join(
        f"<item><title>{title}</title><link>{url}</link><pubDate>{format_datetime(day)}</pubDate></item>"
        for url, title, day in episodes
    )
    return f'<rss version="2.0"><channel><title>Porch</title>{items}</channel></rss>'.encode()


def page(title, said="Because somebody might walk by, and then you have company for the evening."):
    guest = title.partition(" on ")[0]
    return (
        f'<!doctype html><html><body><h1>{title}</h1><table class="ts2"><tr><td>0:33</td><td>'
        f"<p><b>Ida Stone:</b> Welcome to the porch. I am glad that you came by today.</p>"
        f"<p><b>{guest}:</b> I am glad to be here. Why do you keep a porch at all, Ida?</p>"
        f"<p><b>Ida Stone:</b> {said}</p></td></tr></table></body></html>"
    ).encode()


def discover(lake, site, run_id="r1", now=NOW, **fields):
    return stages.discover(lake, run(run_id, **fields), site, now)


def run(run_id, **fields):
    return resolved(run_id=run_id, **fields)


def scrape_all(lake, site, run_id="r1"):
    for batch in lake.read_json(keys.batches(run_id)):
        stages.scrape(lake, run(run_id), batch["batch"], site)


def collect(lake, site, run_id="r1", **fields):
    found = discover(lake, site, run_id, **fields)
    scrape_all(lake, site, run_id)
    return found


def episodes(lake):
    rows = list(lake.read_rows("episodes"))
    by_url = {row["url"]: row for row in rows}
    assert len(by_url) == len(rows)
    return by_url


def said_by_the_host(lake, url):
    episode_id = episodes(lake)[url]["episode_id"]
    return [
        row["text"]
        for row in lake.read_rows("turns")
        if row["episode_id"] == episode_id and row["role"] == "host"
    ]


def item(published=NOW, fingerprint="same"):
    return Item("e1", "http://127.0.0.1:1/", "Rain", (), published, fingerprint)


def known(status=PARSED, parser_version=PARSER_VERSION):
    return Known("same", parser_version, status, "porch.2026-11", NOW)


def test_an_episode_the_lake_does_not_know_is_new():
    assert classify(item(), None, NOW) == ("new", "fetch_once")


def test_a_parsed_episode_that_nothing_was_said_about_since_is_left_alone():
    assert classify(item(), known(), NOW) == ("unchanged", None)


def test_an_episode_the_feed_tells_otherwise_is_asked_for_again():
    assert classify(item(fingerprint="other"), known(), NOW) == ("changed", "revalidate")


def test_an_episode_that_failed_is_asked_for_again():
    assert classify(item(), known("failed"), NOW) == ("changed", "revalidate")


def test_a_better_parser_reads_again_what_is_stored():
    assert classify(item(), known(parser_version=0), NOW) == ("changed", "fetch_once")


@given(st.timedeltas(timedelta(0), timedelta(days=365)))
def test_a_refused_episode_is_looked_at_again_while_its_transcript_may_still_come(age):
    kind, freshness = classify(item(published=NOW - age), known("refused"), NOW)
    if age < timedelta(days=RECHECK_DAYS):
        assert (kind, freshness) == ("changed", "revalidate")
    else:
        assert (kind, freshness) == ("unchanged", None)


def test_episodes_are_read_into_one_file_a_month(lake):
    site = Site(RAIN, LAMPS, SWINGS)
    found = collect(lake, site)
    assert (found.discovered, found.new, found.batches) == (3, 3, 2)
    assert lake.keys("lake/turns/") == [
        "lake/turns/year=2026/porch.2026-10.parquet",
        "lake/turns/year=2026/porch.2026-11.parquet",
    ]
    row = episodes(lake)[RAIN[0]]
    assert row["status"] == "parsed"
    assert row["guests"] == ["Tom Ash"]
    assert row["n_turns"] == 3
    assert row["content_sha256"] == sha256(page(RAIN[1])).hexdigest()
    assert 0 < row["host_share"] < 1


def test_a_second_look_at_the_same_feed_finds_nothing_to_read(lake):
    site = Site(RAIN, LAMPS)
    collect(lake, site)
    site.forget()
    found = collect(lake, site, "r2")
    assert (found.new, found.changed, found.unchanged, found.batches) == (0, 0, 2, 0)
    assert site.asked == [FEED]
    assert site.sent == []


def test_a_changed_episode_is_replaced_and_its_neighbours_are_kept(lake):
    site = Site(LAMPS, SWINGS)
    collect(lake, site)
    kept = said_by_the_host(lake, LAMPS[0])
    new = "I no longer know why I keep it, and that is the reason why I keep it."
    renamed = (SWINGS[0], "Ada Moe on Swings Again", NOVEMBER)
    site.lists(LAMPS, renamed)
    site.pages[SWINGS[0]] = page(SWINGS[1], new)
    found = collect(lake, site, "r2")
    assert (found.changed, found.unchanged) == (1, 1)
    assert said_by_the_host(lake, SWINGS[0])[-1] == new
    assert episodes(lake)[SWINGS[0]]["title"] == "Ada Moe on Swings Again"
    assert said_by_the_host(lake, LAMPS[0]) == kept


def test_a_page_that_did_not_change_is_asked_for_and_read_from_what_is_stored(lake):
    site = Site(LAMPS)
    collect(lake, site)
    site.lists((LAMPS[0], "Lea Roe on Lamps Again", NOVEMBER))
    site.forget()
    collect(lake, site, "r2")
    assert LAMPS[0] in site.asked
    assert LAMPS[0] not in site.sent
    row = episodes(lake)[LAMPS[0]]
    assert (row["status"], row["title"]) == ("parsed", "Lea Roe on Lamps Again")


def test_a_better_parser_fetches_no_page(lake, monkeypatch):
    site = Site(RAIN, LAMPS)
    collect(lake, site)
    monkeypatch.setattr(transcripts, "PARSER_VERSION", PARSER_VERSION + 1)
    site.forget()
    found = collect(lake, site, "r2")
    assert found.changed == 2
    assert site.asked == [FEED]
    assert {row["parser_version"] for row in episodes(lake).values()} == {PARSER_VERSION + 1}


def test_a_stored_page_of_another_address_is_not_taken_for_this_one(lake):
    site = Site(RAIN)
    episode_id = digest("porch", RAIN[0])
    moved = {"url": "http://127.0.0.1:1/old", "headers": {}, "fetched_at": NOW.isoformat()}
    lake.write_json(f"{keys.page('porch', episode_id)}.json", moved)
    lake.write(f"{keys.page('porch', episode_id)}.gz", b"what was at the old address")
    collect(lake, site)
    assert episodes(lake)[RAIN[0]]["status"] == "parsed"


def test_a_page_that_fails_becomes_a_row_with_the_reason_and_the_rest_goes_on(lake):
    site = Site(LAMPS, SWINGS)
    site.pages[LAMPS[0]] = NotFound("the lamps are out")
    discover(lake, site)
    counts = stages.scrape(lake, run("r1"), "porch.2026-11.0", site)
    assert counts == {"failed": 1, "parsed": 1}
    row = episodes(lake)[LAMPS[0]]
    assert (row["status"], row["reason"]) == ("failed", "not_found")
    assert row["detail"] == "the lamps are out"


@pytest.mark.parametrize("trouble", [Unreachable("it rains"), TooLarge("it grew")])
def test_a_changed_page_that_cannot_be_had_again_costs_no_turns_and_is_asked_for_next_time(
    lake, trouble
):
    site = Site(LAMPS, SWINGS)
    collect(lake, site)
    before = said_by_the_host(lake, LAMPS[0])
    renamed = (LAMPS[0], "Lea Roe on Old Lamps", NOVEMBER)
    site.lists(renamed, SWINGS)
    site.pages[LAMPS[0]] = trouble
    collect(lake, site, "r2")
    row = episodes(lake)[LAMPS[0]]
    assert (row["status"], row["title"]) == ("parsed", "Lea Roe on Old Lamps")
    assert row["warnings"][-1] == f"read from the copy of 2026-11-23, because {trouble}"
    assert said_by_the_host(lake, LAMPS[0]) == before
    site.pages[LAMPS[0]] = page(LAMPS[1], "They were blown out, every one of them, at midnight.")
    assert collect(lake, site, "r3").changed == 1
    assert episodes(lake)[LAMPS[0]]["warnings"] == []
    assert said_by_the_host(lake, LAMPS[0]) != before


def test_a_page_that_its_site_took_away_takes_its_turns_along(lake):
    site = Site(LAMPS, SWINGS)
    collect(lake, site)
    site.lists((LAMPS[0], "Lea Roe on Old Lamps", NOVEMBER), SWINGS)
    site.pages[LAMPS[0]] = NotFound("the lamps are out")
    collect(lake, site, "r2")
    row = episodes(lake)[LAMPS[0]]
    assert (row["status"], row["reason"], row["n_turns"]) == ("failed", "not_found", 0)
    assert said_by_the_host(lake, LAMPS[0]) == []


def test_addresses_and_numbers_that_cleaning_replaces_are_counted(lake):
    site = Site(LAMPS)
    site.pages[LAMPS[0]] = page(LAMPS[1], "Write to lea@example.org, or call 415-555-0134.")
    collect(lake, site)
    assert episodes(lake)[LAMPS[0]]["n_replaced"] == 2


def test_the_address_that_a_feed_has_moved_to_is_left_for_the_report(lake):
    site = Site(LAMPS)
    says = b"<channel><itunes:new-feed-url>https://new.example.org/</itunes:new-feed-url>"
    named = b'<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    site.pages[FEED] = site.pages[FEED].replace(b"<channel>", says).replace(b"<rss ", named)
    discover(lake, site)
    assert lake.read_json(keys.discovery("r1"))["feed_moved_to"] == "https://new.example.org/"


def test_a_page_without_speech_becomes_a_row_with_the_reason(lake):
    site = Site(LAMPS)
    site.pages[LAMPS[0]] = b"%PDF-1.7 is what some servers call a page"
    collect(lake, site)
    row = episodes(lake)[LAMPS[0]]
    assert row["status"] == "refused"
    assert row["reason"]
    assert row["content_sha256"] == sha256(site.pages[LAMPS[0]]).hexdigest()
    assert list(lake.read_rows("turns")) == []


def test_an_episode_that_failed_is_read_once_its_page_is_there(lake):
    site = Site(LAMPS)
    site.pages[LAMPS[0]] = NotFound("the lamps are out")
    collect(lake, site)
    site.pages[LAMPS[0]] = page(LAMPS[1])
    collect(lake, site, "r2")
    row = episodes(lake)[LAMPS[0]]
    assert (row["status"], row["reason"]) == ("parsed", None)


@given(st.integers(1, 130), st.sampled_from([0.0, 2.0, 30.0, 1000.0]))
def test_a_month_is_read_in_parts_that_hold_every_episode_once_and_not_too_many(n, delay):
    tasks = [_task(item(), NOW, "fetch_once") for _ in range(n)]
    numbered = [replace(task, episode_id=f"e{at}") for at, task in enumerate(tasks)]
    batches = _batches({"porch.2026-11": numbered}, lambda task: delay)
    assert [task for part in batches.values() for task in part] == numbered
    assert {keys.shard_of_batch(name) for name in batches} == {"porch.2026-11"}
    assert all(1 <= len(part) <= 50 for part in batches.values())
    assert all(len(part) == 1 or len(part) * delay <= 300 for part in batches.values())


def test_a_slow_host_makes_smaller_parts_of_a_month_and_each_transcript_offered_counts(lake):
    class Slow(Site):
        def delay_of(self, _url):
            return 100.0

    site = Slow(*((f"http://127.0.0.1:1/{n}", f"Tom Ash on Rain {n}", NOVEMBER) for n in range(7)))
    assert discover(lake, site).batches == 3
    offers = '<podcast:transcript url="http://127.0.0.1:1/0.vtt" type="text/vtt"/>'
    site.pages[FEED] = site.pages[FEED].replace(b"</item>", f"{offers}</item>".encode())
    assert discover(lake, site, "r2").batches == 7


def test_the_parts_of_a_month_add_up_in_its_shard(lake, monkeypatch):
    monkeypatch.setattr("shared.corpus.discovery.EPISODES_PER_BATCH", 1)
    site = Site(LAMPS, SWINGS)
    found = collect(lake, site)
    assert (found.batches, len(lake.keys("lake/episodes/"))) == (2, 1)
    assert set(episodes(lake)) == {LAMPS[0], SWINGS[0]}
    assert said_by_the_host(lake, LAMPS[0])
    assert said_by_the_host(lake, SWINGS[0])


def test_two_runs_that_read_the_same_month_at_once_keep_each_others_episodes(lake):
    site = Site(LAMPS, SWINGS)
    discover(lake, site)
    (tasks,) = [lake.read_json(keys.batch("r1", "porch.2026-11.0"))]
    for number, task in enumerate(tasks):
        lake.write_json(keys.batch(f"run{number}", "porch.2026-11.0"), [task])
    replace_object, overtaken = lake.replace, []

    def overtake(key, *arguments):
        if key.startswith("lake/turns/") and not overtaken:
            overtaken.append(key)
            stages.scrape(lake, run("run1"), "porch.2026-11.0", site)
        return replace_object(key, *arguments)

    lake.replace = overtake
    stages.scrape(lake, run("run0"), "porch.2026-11.0", site)
    assert set(episodes(lake)) == {LAMPS[0], SWINGS[0]}
    assert said_by_the_host(lake, LAMPS[0])
    assert said_by_the_host(lake, SWINGS[0])


def test_what_was_read_before_a_site_refused_us_is_kept(lake):
    site = Site(LAMPS, SWINGS)
    site.pages[SWINGS[0]] = AccessDenied("the site refuses us")
    discover(lake, site)
    with pytest.raises(AccessDenied):
        stages.scrape(lake, run("r1"), "porch.2026-11.0", site)
    assert set(episodes(lake)) == {LAMPS[0]}
    assert said_by_the_host(lake, LAMPS[0])


def test_a_site_that_does_not_want_us_stops_the_batch_and_leaves_the_reason(lake):
    site = Site(LAMPS, SWINGS)
    site.pages[LAMPS[0]] = AccessDenied("the site refuses us")
    discover(lake, site)
    site.forget()
    with pytest.raises(AccessDenied):
        stages.scrape(lake, run("r1"), "porch.2026-11.0", site)
    assert site.asked == [LAMPS[0]]
    assert lake.read_json(keys.stopped("r1")) == {
        "error": "AccessDenied",
        "cause": "the site refuses us",
    }
    assert list(lake.read_rows("episodes")) == []


@pytest.mark.parametrize("pages_before", [0, 1, 2])
def test_an_interrupted_batch_goes_on_without_fetching_a_page_twice(lake, pages_before):
    attic = ("http://127.0.0.1:1/attic", "Max Low on Attics", NOVEMBER)
    site = Site(LAMPS, SWINGS, attic)
    discover(lake, site)
    order = [task["url"] for task in lake.read_json(keys.batch("r1", "porch.2026-11.0"))]
    there = site.pages[order[pages_before]]
    site.pages[order[pages_before]] = SystemExit()
    with pytest.raises(SystemExit):
        stages.scrape(lake, run("r1"), "porch.2026-11.0", site)
    site.pages[order[pages_before]] = there
    scrape_all(lake, site)
    assert sorted(url for url in site.sent if url != FEED) == sorted(order)
    assert {row["status"] for row in episodes(lake).values()} == {"parsed"}


def test_a_batch_that_is_run_twice_leaves_every_row_once(lake):
    site = Site(LAMPS, SWINGS)
    collect(lake, site)
    turns = list(lake.read_rows("turns"))
    scrape_all(lake, site)
    assert list(lake.read_rows("turns")) == turns
    assert len(episodes(lake)) == 2


def test_two_episodes_with_one_link_are_both_kept(lake):
    again = (LAMPS[0], "Lea Roe on Lamps, Part Two", NOVEMBER)
    found = collect(lake, Site(LAMPS, again))
    assert found.discovered == 2
    assert sorted(row["title"] for row in lake.read_rows("episodes")) == [LAMPS[1], again[1]]


def test_an_item_that_a_feed_lists_twice_is_one_episode(lake):
    later = (LAMPS[0], LAMPS[1], OCTOBER)
    found = collect(lake, Site(LAMPS, LAMPS, later))
    assert (found.discovered, found.new) == (1, 1)
    assert len(episodes(lake)) == 1


def test_a_limit_changes_no_episodes_name(lake):
    older = (LAMPS[0], "Lea Roe on Lamps, Part One", OCTOBER)
    site = Site(LAMPS, older)
    collect(lake, site, limit=1)
    found = collect(lake, site, "r2")
    assert (found.new, found.unchanged) == (1, 1)
    assert len(list(lake.read_rows("episodes"))) == 2


def test_a_date_corrected_in_the_feed_does_not_make_two_episodes_of_one(lake):
    site = Site(LAMPS)
    collect(lake, site)
    site.lists((LAMPS[0], LAMPS[1], OCTOBER))
    collect(lake, site, "r2")
    assert episodes(lake)[LAMPS[0]]["published"] == OCTOBER
    assert len(list(lake.read_rows("turns"))) == 3
    assert discover(lake, site, "r3").unchanged == 1


def test_a_limit_takes_the_newest_and_since_is_inclusive(lake):
    site = Site(RAIN, LAMPS)
    assert discover(lake, site, "r1", limit=1).discovered == 1
    assert [batch["batch"] for batch in lake.read_json(keys.batches("r1"))] == ["porch.2026-11.0"]
    assert discover(lake, site, "r2", since="2026-11-02").discovered == 1
    assert discover(lake, site, "r3", since="2026-10-05").discovered == 2


def test_another_shows_episodes_are_not_this_ones(lake):
    site = Site(LAMPS)
    collect(lake, site)
    other = {**SHOW, "name": "porch-two"}
    found = stages.discover(lake, run("r2", show=other), site, NOW)
    assert (found.new, found.unchanged) == (1, 0)
