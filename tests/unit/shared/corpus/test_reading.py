"""Sixty files of every fate in one run, and pages that turn bad after they were good."""

import json
from collections import Counter

import pytest

from shared.corpus import reading
from shared.lake import keys
from shared.transcripts import read_transcript
from tests.unit.shared.corpus.sources.test_sources import PREFIX, collect_show, files, of_name
from tests.unit.shared.corpus.test_corpus import (
    RAIN,
    Site,
    collect,
    discover,
    episodes,
    page,
    said_by_the_host,
    scrape_all,
)

BUGS = [
    RecursionError("maximum recursion depth exceeded"),
    KeyError("speaker"),
    MemoryError(),
    AssertionError("a line without a section"),
    UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed"),
]
PLANT = "the mill burned down in"


def talk(number):
    return (
        f"Ida Stone: Welcome to talk {number} on the porch, I am glad that you came.\n\n"
        f"Tom Ash: I am glad too, and I brought {number} buckets of mud with me today.\n\n"
        f"Ida Stone: Show me the bucket, then we talk about what you found in it.\n\n"
        f"Tom Ash: Here it is, and mind your shoes, because it is full to the brim.\n"
    ).encode()


def nameless(number):
    cues = "".join(
        f"00:0{at}.000 --> 00:0{at}.900\nNobody says who talks in part {at} of {number}.\n\n"
        for at in range(8)
    )
    return f"WEBVTT\n\n{cues}".encode()


REFUSED = [b"", b"   \n", b"\0\1\2\3" * 900, b"{}", b'{"segments": []}'] * 2


def sixty(lake):
    for number in range(25):
        lake.write(f"{PREFIX}2024-03-{number + 1:02}-good.md", talk(number))
    for number in range(20):
        lake.write(f"{PREFIX}2024-03-{number + 1:02}-nameless.vtt", nameless(number))
    for number, body in enumerate(REFUSED):
        lake.write(f"{PREFIX}2024-03-{number + 1:02}-refused.txt", body)
    for number in range(5):
        said = f"Ida Stone: {PLANT} year {number}.\n\nTom Ash: It did.\n"
        lake.write(f"{PREFIX}2024-03-{number + 1:02}-crash.md", said.encode())


def with_planted_bugs(body, **known):
    """The real parser, but for one phrase over which it stumbles as bugs do."""
    text = body.decode("utf-8", errors="replace")
    if PLANT in text:
        raise BUGS[int(text.partition("year ")[2][0])]
    return read_transcript(body, **known)


def test_sixty_files_of_which_some_crash_the_parser_end_each_with_its_own_reason(lake, monkeypatch):
    monkeypatch.setattr(reading, "read_transcript", with_planted_bugs)
    sixty(lake)
    collect_show(lake, files())
    rows = of_name(lake)
    fates = Counter(
        (name.split("-")[-1].split(".")[0], row["status"]) for name, row in rows.items()
    )
    assert fates["good", "parsed"] == 25
    assert fates["refused", "refused"] == 10
    assert fates["crash", "failed"] == 5
    assert sum(n for (kind, _), n in fates.items() if kind == "nameless") == 20
    assert sum(fates.values()) == 60
    for number, bug in enumerate(BUGS):
        row = rows[f"2024-03-{number + 1:02}-crash.md"]
        assert (row["reason"], row["n_turns"]) == ("unforeseen", 0)
        assert type(bug).__name__ in row["detail"]
        assert "crash.md" in row["detail"]
    assert all(row["detail"] for row in rows.values() if row["status"] != "parsed")
    spoken = Counter(turn["episode_id"] for turn in lake.read_rows("turns"))
    assert all(spoken[row["episode_id"]] == 4 for name, row in rows.items() if "good" in name)


def test_what_stumbled_is_asked_for_again_by_the_next_run(lake, monkeypatch):
    monkeypatch.setattr(reading, "read_transcript", with_planted_bugs)
    sixty(lake)
    collect_show(lake, files())
    monkeypatch.setattr(reading, "read_transcript", read_transcript)
    found = collect_show(lake, files(), run_id="r2")
    assert found.changed >= 5
    assert {row["status"] for name, row in of_name(lake).items() if "crash" in name} == {"parsed"}


def test_a_row_that_fits_no_table_is_that_episodes_failure(lake, monkeypatch):
    monkeypatch.setattr(reading, "heading_of", lambda *_: "half an emoji \ud83d")
    site = Site(RAIN)
    show = files(transcripts=None, urls=[RAIN[0]])
    collect_show(lake, show, site)
    row = episodes(lake)[RAIN[0]]
    assert (row["status"], row["reason"]) == ("failed", "unforeseen")
    assert "UnicodeEncodeError" in row["detail"]


def test_a_fetcher_that_stumbles_costs_its_page_alone(lake):
    other = ("http://127.0.0.1:1/other", "Lea Roe on Lamps", RAIN[2])
    site = Site(RAIN, other)
    site.pages[other[0]] = ValueError("embedded null byte")
    collect(lake, site)
    fates = {url: row["status"] for url, row in episodes(lake).items()}
    assert fates == {RAIN[0]: "parsed", other[0]: "failed"}


def test_trouble_of_the_lake_is_no_episodes_fault(lake, monkeypatch):
    site = Site(RAIN)
    discover(lake, site)
    real, trouble = lake.read_json, reading.TROUBLE[0]

    def in_trouble(key):
        if "/pages/" in key:
            raise trouble
        return real(key)

    monkeypatch.setattr(lake, "read_json", in_trouble)
    with pytest.raises(trouble):
        scrape_all(lake, site)


def as_json(*said):
    parts = [{"speaker": who, "body": what} for who, what in said]
    return json.dumps({"segments": parts}).encode()


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b'"x \\ud83d y"', "x \ufffd y"),
        (b'"x \\udd00 y"', "x \ufffd y"),
        (b'"\\ud83d"', "\ufffd"),
        (b'"x \\ud83d\\ud83d y"', "x \ufffd\ufffd y"),
        (b'"x \\udd00\\ud83d y"', "x \ufffd\ufffd y"),
        (b'"x \\ud83c\\udf27 y"', "x \U0001f327 y"),
        (b'"x \\ud83c\\udf27\\ud83d y"', "x \U0001f327\ufffd y"),
        (b'"x \\\\ud83d y"', "x \\ud83d y"),
        (b'"x\\uFFFEy"', "x\ufffey"),
        (b'"x \\uD800\\u0041"', "x \ufffdA"),
    ],
)
def test_half_a_character_in_a_json_transcript_is_replaced_and_the_rest_read(lake, sent, read):
    body = as_json(("Ida Stone", "Why?"), ("Tom Ash", "HERE"), ("Ida Stone", "I see."))
    lake.write(f"{PREFIX}2024-03-01-half.json", body.replace(b'"HERE"', sent))
    collect_show(lake, files())
    assert of_name(lake)["2024-03-01-half.json"]["status"] == "parsed"
    assert [turn["text"] for turn in lake.read_rows("turns")][1] == read


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "null", '"x"', "{}"])
def test_an_odd_time_in_a_json_transcript_is_nobodys_trouble(lake, number):
    body = as_json(("Ida Stone", "Why?"), ("Tom Ash", "It falls."), ("Ida Stone", "I see."))
    body = body.replace(
        b'"speaker"', f'"startTime": {number}, "endTime": {number}, "speaker"'.encode()
    )
    lake.write(f"{PREFIX}2024-03-01-odd.json", body)
    collect_show(lake, files())
    row = of_name(lake)["2024-03-01-odd.json"]
    assert (row["status"], row["n_turns"]) == ("parsed", 3)


WALLS = {
    "consent": b"<!doctype html><html><body><h1>We value your privacy</h1><p>Accept</p></body></html>",
    "check": b"<!doctype html><html><head><title>Just a moment...</title></head><body></body></html>",
    "nothing": b"",
    "blanks": b" \n ",
    "script": b"<html><body><script>location.reload()</script></body></html>",
    "json": b'{"error": "not today"}',
    "zeros": b"\0" * 3000,
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "login": b"<!doctype html><form><input name=user></form>",
    "half": page(RAIN[1])[:60],
}


@pytest.mark.parametrize("kind", WALLS)
def test_a_page_that_turns_into_something_else_costs_no_turns_and_is_asked_for_again(lake, kind):
    site = Site(RAIN)
    collect(lake, site)
    said = said_by_the_host(lake, RAIN[0])
    site.lists((RAIN[0], RAIN[1] + " again", RAIN[2]))
    site.pages[RAIN[0]] = WALLS[kind]
    collect(lake, site, "r2")
    row = episodes(lake)[RAIN[0]]
    assert (row["status"], said_by_the_host(lake, RAIN[0])) == ("parsed", said)
    assert "cannot be read" in row["warnings"][-1]
    site.forget()
    site.pages[RAIN[0]] = page(RAIN[1], "Because of a new roof, which took us all of the summer.")
    collect(lake, site, "r3")
    assert RAIN[0] in site.sent
    assert said_by_the_host(lake, RAIN[0])[-1].startswith("Because of a new roof")
    assert not [said for said in episodes(lake)[RAIN[0]]["warnings"] if "cannot be read" in said]


def test_the_kept_page_is_still_the_good_one_after_a_better_parser_read_it_again(lake, monkeypatch):
    site = Site(RAIN)
    collect(lake, site)
    site.lists((RAIN[0], RAIN[1] + " again", RAIN[2]))
    site.pages[RAIN[0]] = WALLS["check"]
    collect(lake, site, "r2")
    row = episodes(lake)[RAIN[0]]
    kept = reading.saved_page(lake, keys.page("porch", row["episode_id"]), RAIN[0])
    assert kept.body == page(RAIN[1])


def test_a_page_that_never_could_be_read_is_replaced_by_the_newer_one(lake):
    site = Site(RAIN)
    site.pages[RAIN[0]] = WALLS["consent"]
    collect(lake, site)
    site.lists((RAIN[0], RAIN[1] + " again", RAIN[2]))
    site.pages[RAIN[0]] = WALLS["login"]
    collect(lake, site, "r2")
    row = episodes(lake)[RAIN[0]]
    kept = reading.saved_page(lake, keys.page("porch", row["episode_id"]), RAIN[0])
    assert (row["status"], kept.body) == ("refused", WALLS["login"])
