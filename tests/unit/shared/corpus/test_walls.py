"""Walls before pages: what was never read is asked for again, and what was read is not given up for less."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.corpus import reading
from shared.corpus.discovery import LEAST_WAIT, classify
from shared.corpus.records import Known
from shared.corpus.sources.items import NoTranscripts
from shared.lake import keys
from shared.transcripts import PARSER_VERSION
from tests.unit.shared.corpus.sources.test_sources import PREFIX, collect_show, files
from tests.unit.shared.corpus.test_corpus import (
    NOW,
    RAIN,
    Site,
    collect,
    discover,
    episodes,
    item,
    page,
    said_by_the_host,
    scrape_all,
)

LONG_AGO = datetime(2021, 3, 1, tzinfo=UTC)
TEN = [(f"http://127.0.0.1:1/{n}", f"Tom Ash on Rain {n}", LONG_AGO) for n in range(10)]
WALL = b"<!doctype html><html><body><h1>We value your privacy</h1><p>Accept</p></body></html>"


def walled():
    site = Site(*TEN)
    for url, _, _ in TEN:
        site.pages[url] = WALL
    return site


def look_again(lake, site, run_id, days):
    site.forget()
    site.now = NOW + timedelta(days=days)
    found = discover(lake, site, run_id, site.now)
    scrape_all(lake, site, run_id)
    return found


def test_ten_old_episodes_behind_a_wall_at_the_first_reading_are_read_a_month_later(lake):
    site = walled()
    collect(lake, site)
    assert {row["status"] for row in episodes(lake).values()} == {"refused"}
    for number, (url, title, _) in enumerate(TEN):
        site.pages[url] = page(title, f"Because of roof number {number}, which took us all summer.")
    assert look_again(lake, site, "r2", 30).changed == 10
    rows = episodes(lake).values()
    assert {(row["status"], row["asked_since"]) for row in rows} == {("parsed", None)}
    assert look_again(lake, site, "r3", 60).batches == 0


def test_a_page_that_stays_behind_a_wall_is_asked_for_less_and_less_often(lake):
    site = walled()
    collect(lake, site)
    asked = [
        day for day in range(1, 400) if look_again(lake, site, f"d{day}", day).changed == len(TEN)
    ]
    assert asked == [7, 14, 28, 56, 112, 224]


def test_a_better_parser_asks_again_for_what_was_never_read(lake, monkeypatch):
    site = walled()
    collect(lake, site)
    site.pages[TEN[0][0]] = page(TEN[0][1])
    monkeypatch.setattr("shared.transcripts.PARSER_VERSION", PARSER_VERSION + 1)
    look_again(lake, site, "r2", 1)
    assert episodes(lake)[TEN[0][0]]["status"] == "parsed"


def test_a_file_of_ones_own_is_read_again_when_it_changes_and_not_before():
    known = Known(
        *("same", PARSER_VERSION, "refused", "porch.2021-03", LONG_AGO),
        url="s3://lake/transcripts/a.md",
        fetched_at=NOW - 9 * LEAST_WAIT,
    )
    assert classify(item(published=LONG_AGO), known, NOW) == ("unchanged", None)


def q_and_a(*said):
    turns = "".join(f"<p><b>{'QA'[n % 2]}:</b> {one}</p>" for n, one in enumerate(said))
    return f"<!doctype html><html><body><h1>Help</h1>{turns}</body></html>".encode()


def test_a_reading_without_the_host_replaces_none_with_the_host(lake):
    site = Site(RAIN)
    collect(lake, site)
    said = said_by_the_host(lake, RAIN[0])
    site.lists((RAIN[0], RAIN[1] + " again", RAIN[2]))
    site.pages[RAIN[0]] = q_and_a("How do I sign in?", "With a name.", "And then?", "You read.")
    collect(lake, site, "r2")
    row = episodes(lake)[RAIN[0]]
    assert said_by_the_host(lake, RAIN[0]) == said
    assert "the host, Ida Stone, does not speak in it" in row["warnings"][-1]
    kept = reading.saved_page(lake, keys.page("porch", row["episode_id"]), RAIN[0])
    assert kept.body == page(RAIN[1])


def test_an_empty_folder_removes_nothing(lake):
    name = f"{PREFIX}2024-03-01-mud.md"
    lake.write(
        name,
        b"Ida Stone: Why mud?\n\nTom Ash: It floats, they say.\n\nIda Stone: Does it?\n\nTom Ash: No.",
    )
    collect_show(lake, files())
    before = list(lake.read_rows("turns"))
    lake.delete([name])
    lake.write(f"{PREFIX}cover.jpg", b"x")
    with pytest.raises(NoTranscripts, match="Nothing was removed"):
        collect_show(lake, files(), run_id="r2")
    assert list(lake.read_rows("turns")) == before != []
