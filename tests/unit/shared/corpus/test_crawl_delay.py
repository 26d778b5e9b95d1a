"""One host, many runs: their requests are the delay apart, whoever dies in between."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.corpus.crawl_delay import FARTHEST_SECONDS, LakeCrawlDelay, fetcher_for
from shared.lake import Bucket, keys
from shared.web import Fetcher, FetchPolicy
from tests.unit.shared.run.porch import resolved

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Wall:
    """One clock for several runs; whoever sleeps moves it on."""

    def __init__(self):
        self.now = NOW

    def sleep(self, seconds):
        self.now += timedelta(seconds=seconds)

    def slots(self, lake):
        return LakeCrawlDelay(lake, now=lambda: self.now, sleep=self.sleep)


def test_two_runs_of_one_host_take_turns(lake):
    wall = Wall()
    one, two = wall.slots(lake), wall.slots(lake)
    waits = [run.seconds_until_ours("example.org", 2.0) for run in (one, two, one, two)]
    assert waits == [0.0, 2.0, 4.0, 6.0]


@given(
    delays=st.lists(st.sampled_from([0.5, 2.0, 30.0]), min_size=2, max_size=8),
    pauses=st.lists(st.floats(0, 40), min_size=8, max_size=8),
)
def test_no_two_requests_are_nearer_than_the_delay_of_the_one_before(delays, pauses):
    lake, wall, asked = MemoryBucket(), Wall(), []
    for delay, pause in zip(delays, pauses, strict=False):
        wall.sleep(pause)
        wait = wall.slots(lake).seconds_until_ours("example.org", delay)
        asked.append((wall.now + timedelta(seconds=wait), delay))
    for (before, delay), (after, _) in pairwise(asked):
        assert after - before >= timedelta(seconds=delay) - timedelta(milliseconds=1)


class MemoryBucket(Bucket):
    """Conditional writes in memory, as the bucket has them."""

    def __init__(self):
        self.objects = {}

    def stored(self, key):
        return self.objects.get(key)

    def replace(self, key, body, _content_type, before):
        if self.objects.get(key) is not before:
            return False
        self.objects[key] = Held(body)
        return True


class Held:
    def __init__(self, body):
        self.body = body


def test_another_host_is_another_turn_and_an_idle_one_is_free_at_once(lake):
    wall = Wall()
    slots = wall.slots(lake)
    assert slots.seconds_until_ours("example.org", 2.0) == 0
    assert slots.seconds_until_ours("127.0.0.1:8000", 2.0) == 0
    wall.sleep(60)
    assert slots.seconds_until_ours("example.org", 2.0) == 0


def test_a_race_that_is_lost_is_run_again(lake, monkeypatch):
    wall = Wall()
    slots, replace = wall.slots(lake), lake.replace
    answers = iter([False, False])
    monkeypatch.setattr(lake, "replace", lambda *it: next(answers, None) is None and replace(*it))
    assert slots.seconds_until_ours("example.org", 2.0) == 0
    assert lake.read_json(keys.crawl_delay("example.org"))["free_at"] > NOW.isoformat()


def test_who_loses_every_race_waits_its_delay_and_goes_on(lake, monkeypatch):
    monkeypatch.setattr(lake, "replace", lambda *_: False)
    assert Wall().slots(lake).seconds_until_ours("example.org", 3.0) == 3.0


def test_a_wrong_clock_elsewhere_does_not_stop_a_show(lake):
    after = {"free_at": (NOW + timedelta(days=400)).isoformat()}
    lake.write(keys.crawl_delay("example.org"), json.dumps(after).encode())
    assert Wall().slots(lake).seconds_until_ours("example.org", 2.0) == FARTHEST_SECONDS


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_fetcher_waits_for_the_slots_that_all_share():
    asked, slept = [], []

    class Late:
        def seconds_until_ours(self, host, delay):
            asked.append((host, delay))
            return 7.0

    policy = FetchPolicy("econchatr", 2.0, 0.5, 1000)
    fetcher = Fetcher(policy, Late(), sleep=slept.append)
    with pytest.raises(Exception, match=r"no address of the public internet"):
        fetcher.get("http://127.0.0.1:1/a/")
    assert (asked, slept) == ([("127.0.0.1:1", 2.0)], [7.0])


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_show_without_a_delay_asks_nobody_for_a_slot():
    slots = type("Slots", (), {"seconds_until_ours": lambda *_: pytest.fail("asked")})()
    fetcher = Fetcher(FetchPolicy("econchatr", 0.0, 0.5, 1000), slots)
    with pytest.raises(Exception, match=r"no address of the public internet"):
        fetcher.get("http://127.0.0.1:1/a/")


def test_one_fetcher_serves_a_show_for_as_long_as_the_process_lasts(lake):
    show = resolved().show
    assert fetcher_for(show, lake) is fetcher_for(show, lake)
    assert fetcher_for(show, lake) is not fetcher_for(show)
