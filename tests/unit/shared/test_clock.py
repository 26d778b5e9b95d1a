"""Times are in UTC and say so; a pause is never longer than was asked."""

from datetime import UTC

from shared.clock import jittered, utc_now


def test_now_is_in_utc_and_later_than_before():
    first = utc_now()
    assert first.tzinfo is UTC
    assert first <= utc_now()


def test_pauses_of_contenders_differ_and_none_is_longer_than_asked():
    pauses = {jittered(2.0) for _ in range(50)}
    assert len(pauses) > 1
    assert all(0 <= pause <= 2 for pause in pauses)
