"""Episodes that leave the corpus: removed, excluded, or said twice; and the models they trained."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.corpus import stages
from shared.corpus.deletions import duplicates
from shared.dataset.stages import build
from shared.errors import TooFewPairs
from shared.lake import keys
from shared.report.ending import Closing, Ending
from shared.report.stages import write_report
from tests.sample_run import job_row
from tests.unit.shared.corpus.test_corpus import (
    LAMPS,
    NOW,
    RAIN,
    SWINGS,
    Site,
    collect,
    discover,
    episodes,
    page,
    run,
    scrape_all,
)
from tests.unit.shared.run.porch import SHOW

OLDEST = ("http://127.0.0.1:1/attic", "Max Low on Attics", datetime(2026, 9, 1, tzinfo=UTC))


def collected(lake, site, run_id="r1", **fields):
    found = collect(lake, site, run_id, **fields)
    stages.remove_gone_and_duplicates(lake, run(run_id, **fields))
    return found


def excluding(*entries):
    return {**SHOW, "exclude": entries}


def urls(lake):
    return set(episodes(lake))


def episodes_in(lake, table):
    return {row["episode_id"] for row in lake.read_rows(table)}


def trained(lake, run_id, *urls, model="llama-3.3-70b", status="succeeded"):
    """What a run leaves that trained `model` on some episodes."""
    own = {"run_id": run_id, "show": "porch"}
    rows = [
        {**own, "model": model, "pair_id": url, "episode_id": episodes(lake)[url]["episode_id"]}
        for url in urls
    ]
    lake.write_rows("selections", keys.table_file("selections", f"{run_id}.{model}"), rows)
    lake.write_rows("jobs", keys.table_file("jobs", run_id), [job_row(own, model, status)])


def test_an_episode_gone_from_the_feed_is_gone_from_the_corpus(lake):
    site = Site(OLDEST, RAIN, LAMPS, SWINGS)
    collected(lake, site)
    removed = episodes(lake)[LAMPS[0]]["episode_id"]
    site.lists(OLDEST, RAIN, SWINGS)
    found = collected(lake, site, "r2")
    assert (found.discovered, found.removed, found.unchanged) == (3, 1, 3)
    assert urls(lake) == {OLDEST[0], RAIN[0], SWINGS[0]}
    assert removed not in episodes_in(lake, "turns")
    assert lake.read_json(keys.discovery("r2"))["removed_episodes"] == [
        {"episode_id": removed, "title": LAMPS[1], "url": LAMPS[0]}
    ]


def test_the_last_episode_of_a_month_takes_its_files_along(lake):
    site = Site(OLDEST, RAIN, LAMPS)
    collected(lake, site)
    site.lists(OLDEST, LAMPS)
    collected(lake, site, "r2")
    assert [key for key in lake.keys("lake/") if "2026-10" in key] == []


def test_a_removed_episode_is_gone_from_pairs_and_the_next_training_file(lake):
    talk = {"min_prompt_tokens": 1, "min_completion_tokens": 1}
    show = {**SHOW, "training": talk}
    site = Site(OLDEST, RAIN, LAMPS)
    for (url, title, _), word in zip((OLDEST, RAIN, LAMPS), ("mud", "rain", "oil"), strict=True):
        own = page(title, f"Because of {word}, I keep {word}, and {word} is company enough.")
        asked = f"Is it {word} that you keep, and what does {word} do for you, Ida?"
        said = own.replace(b"Why do you keep a porch at all, Ida?", asked.encode())
        site.pages[url] = said.replace(b"I am glad to be here.", f"So, {word}.".encode())
    collected(lake, site, show=show, dry_run=True)
    with suppress(TooFewPairs):  # what is held out or recurs leaves none usable of talks so short
        build(lake, run("r1", show=show, dry_run=True))
    removed = episodes(lake)[RAIN[0]]["episode_id"]
    assert removed in episodes_in(lake, "pairs")
    site.lists(OLDEST, LAMPS)
    collected(lake, site, "r2", show=show, dry_run=True)
    with suppress(TooFewPairs):
        build(lake, run("r2", show=show, dry_run=True))
    assert removed not in episodes_in(lake, "pairs")
    selected = lake.read_rows("selections", "r2")
    assert removed not in {row["episode_id"] for row in selected}


def test_neither_a_limit_nor_since_removes_anything(lake):
    site = Site(OLDEST, RAIN, LAMPS)
    collected(lake, site)
    for run_id, narrowed in (("r2", {"limit": 1}), ("r3", {"since": "2026-11-01"})):
        found = collected(lake, site, run_id, **narrowed)
        assert (found.discovered, found.removed) == (1, 0)
    assert urls(lake) == {OLDEST[0], RAIN[0], LAMPS[0]}


def test_what_leaves_the_window_of_a_feed_of_the_latest_episodes_stays(lake):
    site = Site(OLDEST, RAIN, LAMPS)
    collected(lake, site)
    site.lists(RAIN, LAMPS)
    assert collected(lake, site, "r2").removed == 0
    assert OLDEST[0] in urls(lake)
    assert collected(lake, site, "r3", show=excluding(OLDEST[0])).removed == 1
    assert OLDEST[0] not in urls(lake)


def test_an_exclusion_that_names_no_episode_is_noted_and_one_that_did_is_not(lake):
    site = Site(RAIN, LAMPS)
    collected(lake, site, show=excluding("on rain$", "^nosuch", "http://127.0.0.1:1/nowhere"))
    noted = ["`exclude: ^nosuch`", "`exclude: http://127.0.0.1:1/nowhere`"]
    assert lake.read_json(keys.discovery("r1"))["in_vain"] == noted


@pytest.mark.parametrize("kind", ["url", "id", "pattern"])
def test_an_excluded_episode_leaves_the_corpus_and_is_not_read_again(lake, kind):
    site = Site(OLDEST, RAIN, LAMPS)
    collected(lake, site)
    entry = {"url": LAMPS[0], "id": episodes(lake)[LAMPS[0]]["episode_id"], "pattern": "^lea roe"}
    show = excluding(entry[kind])
    site.forget()
    first, second = collected(lake, site, "r2", show=show), collected(lake, site, "r3", show=show)
    assert (first.removed, first.excluded, first.discovered) == (1, 1, 2)
    assert (second.removed, second.excluded, second.new) == (0, 1, 0)
    assert urls(lake) == {OLDEST[0], RAIN[0]}
    assert LAMPS[0] not in site.asked


def test_an_exclusion_that_is_lifted_brings_the_episode_back_without_fetching_it(lake):
    site = Site(OLDEST, LAMPS)
    collected(lake, site)
    collected(lake, site, "r2", show=excluding(LAMPS[0]))
    site.forget()
    assert collected(lake, site, "r3").new == 1
    assert LAMPS[0] not in site.asked
    assert LAMPS[0] in urls(lake)


def test_another_shows_episodes_are_never_removed(lake):
    collected(lake, Site(RAIN, LAMPS))
    other = {**SHOW, "name": "porch-two"}
    assert collected(lake, Site(SWINGS), "r2", show=other).removed == 0
    assert urls(lake) == {RAIN[0], LAMPS[0], SWINGS[0]}


def test_the_models_that_a_removed_episode_trained_are_named(lake):
    site = Site(OLDEST, RAIN, LAMPS)
    collected(lake, site)
    trained(lake, "t1", RAIN[0], LAMPS[0])
    trained(lake, "t2", LAMPS[0], RAIN[0])  # found the model that t1 bought
    trained(lake, "t3", OLDEST[0], model="gpt-4.1-mini")
    trained(lake, "t4", RAIN[0], model="gpt-4.1", status="failed")
    removed = episodes(lake)[RAIN[0]]["episode_id"]
    discover(lake, site, "r2", show=excluding(RAIN[0]))
    (named,) = lake.read_json(keys.discovery("r2"))["trained_on_removed"]
    assert named == {
        "fine_tuned_model": "ft:llama-3.3-70b",
        "model": "llama-3.3-70b",
        "provider": "nebius",
        "job_id": "job-llama-3.3-70b",
        "run_id": "t1",
        "episodes": [removed],
    }


def test_the_report_names_the_models_to_retire(lake):
    site = Site(OLDEST, RAIN, LAMPS)
    collected(lake, site)
    trained(lake, "t1", RAIN[0])
    settings = run("r2", show=excluding(RAIN[0]))
    lake.write_json(keys.manifest("r2"), settings.model_dump(mode="json"))
    collected(lake, site, "r2", show=excluding(RAIN[0]))
    write_report(lake, Closing("r2", Ending("SUCCEEDED", None, None), NOW))
    text = lake.read(keys.report("r2")).decode()
    assert "1 episode is gone" in text
    assert "ft:llama-3.3-70b" in text


def test_the_later_of_two_episodes_with_the_same_turns_is_refused_and_names_the_other(lake):
    site = Site(RAIN, LAMPS)
    site.pages[LAMPS[0]] = page(RAIN[1])
    collected(lake, site)
    first, later = episodes(lake)[RAIN[0]], episodes(lake)[LAMPS[0]]
    assert (first["status"], first["n_turns"]) == ("parsed", 3)
    assert (later["status"], later["reason"], later["n_turns"]) == ("refused", "duplicate", 0)
    assert RAIN[0] in later["detail"]
    assert episodes_in(lake, "turns") == {first["episode_id"]}


def test_a_refused_duplicate_is_left_alone_by_the_next_run(lake):
    site = Site(RAIN, LAMPS)
    site.pages[LAMPS[0]] = page(RAIN[1])
    collected(lake, site)
    found = collected(lake, site, "r2")
    assert (found.unchanged, found.batches) == (2, 0)
    assert episodes(lake)[LAMPS[0]]["reason"] == "duplicate"


def test_a_duplicate_counts_for_itself_once_the_other_is_gone(lake):
    site = Site(OLDEST, RAIN, LAMPS)
    site.pages[LAMPS[0]] = page(RAIN[1])
    collected(lake, site)
    site.forget()
    found = collected(lake, site, "r2", show=excluding(RAIN[0]))
    assert (found.removed, found.changed) == (1, 1)
    assert episodes(lake)[LAMPS[0]]["status"] == "parsed"
    assert LAMPS[0] not in site.asked


def test_an_older_twin_found_later_takes_the_place_of_the_younger(lake):
    site = Site(RAIN, LAMPS)
    site.pages[LAMPS[0]] = page(RAIN[1])
    collected(lake, site, limit=1)
    assert episodes(lake)[LAMPS[0]]["status"] == "parsed"
    collected(lake, site, "r2")
    assert episodes(lake)[RAIN[0]]["status"] == "parsed"
    assert episodes(lake)[LAMPS[0]]["reason"] == "duplicate"


def test_removing_twice_changes_nothing(lake):
    site = Site(RAIN, LAMPS)
    site.pages[LAMPS[0]] = page(RAIN[1])
    collected(lake, site)
    before = lake.etags("lake/")
    stages.remove_gone_and_duplicates(lake, run("r1"))
    assert lake.etags("lake/") == before


def test_a_discovery_that_is_repeated_says_the_same(lake):
    site = Site(OLDEST, RAIN, LAMPS)
    collected(lake, site)
    site.lists(OLDEST, LAMPS)
    first = discover(lake, site, "r2")
    scrape_all(lake, site, "r2")
    assert discover(lake, site, "r2") == first


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9),
            st.sampled_from(["a", "b", "c", None]),
            st.sampled_from(["parsed", "refused", "failed"]),
        )
    )
)
def test_of_each_talk_exactly_the_earliest_stays(drawn):
    rows = [
        {
            "episode_id": f"e{at}",
            "published": NOW + timedelta(days=day),
            "status": status,
            "turns_digest": digest,
        }
        for at, (day, digest, status) in enumerate(drawn)
    ]
    later = duplicates(rows)
    staying = [row for row in rows if row["status"] == "parsed" and row["episode_id"] not in later]
    digests = [row["turns_digest"] for row in staying if row["turns_digest"]]
    assert len(digests) == len(set(digests))
    for row in rows:
        if row["episode_id"] in later:
            first = later[row["episode_id"]]
            assert first in staying
            assert first["turns_digest"] == row["turns_digest"]
            assert first["published"] <= row["published"]
