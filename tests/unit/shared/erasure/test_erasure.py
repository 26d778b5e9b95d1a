"""What a removal request takes out of the lake and the ledger, and what it leaves."""

import pytest

from shared import erasure
from shared.erasure import NotKnown
from shared.lake import keys
from shared.providers import Completion
from shared.purchases import ask
from tests.unit.shared.corpus.test_corpus import LAMPS, RAIN, Site, discover, episodes, page
from tests.unit.shared.corpus.test_deletions import OLDEST, collected
from tests.unit.shared.purchases.orders import question

SAID = "I keep the rain in barrels because my aunt once counted every drop of it."


def told(lake, ledger, *names):
    return erasure.erase_episodes(
        lake, ledger, "porch", erasure.episodes_to_erase(lake, "porch", names)
    )


@pytest.fixture
def site(lake):
    site = Site(OLDEST, RAIN, LAMPS)
    site.pages[RAIN[0]] = page(RAIN[1], SAID)
    collected(lake, site)
    return site


@pytest.mark.parametrize("named", [RAIN, LAMPS])
def test_a_talk_that_was_published_twice_goes_with_both(lake, ledger, named):
    site = Site(OLDEST, RAIN, LAMPS)
    site.pages[RAIN[0]] = site.pages[LAMPS[0]] = page(RAIN[1], SAID)
    collected(lake, site)
    assert episodes(lake)[LAMPS[0]]["reason"] == "duplicate"
    told(lake, ledger, named[0])
    collected(lake, site, "r2")
    assert set(episodes(lake)) == {OLDEST[0]}
    assert {row["text"] for row in lake.read_rows("turns")}.isdisjoint({SAID})


@pytest.mark.usefixtures("site")
def test_another_talk_stays(lake, ledger):
    told(lake, ledger, RAIN[0])
    assert set(episodes(lake)) == {OLDEST[0], LAMPS[0]}


def test_a_run_says_how_many_it_does_not_read_because_of_requests(lake, ledger, site):
    told(lake, ledger, RAIN[0])
    assert discover(lake, site, "r2").new == 0
    assert lake.read_json(keys.discovery("r2"))["forgotten"] == 1


def test_what_is_about_a_pair_goes_however_short_its_words(lake, ledger, site):
    for name, (url, _, _) in (("gone", RAIN), ("stays", LAMPS)):
        known = episodes(lake)[url]
        row = {"pair_id": name, "show": "porch", "episode_id": known["episode_id"]}
        lake.write_rows("pairs", keys.shard_file("pairs", f"porch.{name}.2026-10"), [row])
    rows = [{"run_id": "r1", "pair_id": name, "prompt": "Why?"} for name in ("gone", "stays")]
    lake.write_rows("generations", keys.table_file("generations", "r1"), rows)
    for row in rows:
        lake.write_json(f"runs/r1/answers/{row['pair_id']}.json", [row])
    told(lake, ledger, RAIN[0])
    assert [row["pair_id"] for row in lake.read_rows("generations")] == ["stays"]
    assert lake.keys("runs/r1/answers/") == ["runs/r1/answers/stays.json"]


@pytest.mark.usefixtures("site")
def test_answers_of_a_run_that_stopped_before_it_wrote_any_lose_their_words(
    lake, ledger, context, provider
):
    lake.write_json(keys.manifest("r1"), {})
    provider.complete = lambda request: Completion(f"Well. {SAID}", "stop", 50, 10)
    bought = ask(context, question("r1"))
    provider.complete = lambda request: Completion("Something else.", "stop", 50, 10)
    other = ask(context, question("r1", "And why not?"))
    assert told(lake, ledger, RAIN[0]).answers == 1
    emptied = ledger.answers.get(question("r1").generation_id)
    assert (emptied.text, emptied.cost) == ("", bought.cost)
    assert ledger.answers.get(question("r1", "And why not?").generation_id).text == other.text


@pytest.mark.usefixtures("site")
def test_an_episode_is_forgotten_once(lake, ledger):
    told(lake, ledger, RAIN[0])
    with pytest.raises(NotKnown, match="has no episode"):
        told(lake, ledger, RAIN[0])
