"""What sites write into `Retry-After`, and what a batch waits in all."""

from datetime import UTC, datetime

import pytest

from shared.clock import retry_after
from shared.web.waiting import MAX_WAIT_SECONDS, MAX_WAITS_SECONDS, Patience

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        (" 7 ", 7),
        ("0120", 120),
        ("999999999", 999_999_999),
        ("Thu, 26 Nov 2026 12:00:20 GMT", 20),
        ("Thu, 26 Nov 2026 14:00:20 +0200", 20),
        ("Thu, 26 Nov 2026 12:00:20", 20),
        ("Thu, 26 Nov 2026 12:00:20 -0000", 20),
        ("Thursday, 26-Nov-26 12:00:20 GMT", 20),
        ("26 Nov 2026 12:01 GMT", 60),
        ("Wed, 25 Nov 2026 12:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", 1.5),
        ("1e3", None),
        ("٣", None),
        ("9" * 40, None),
        ("Wed, 99 Foo 2026", None),
        ("Thu, 26 Nov 2026 25:00:00 GMT", None),
        ("2026-11-26T12:00:20Z", None),
        ("120, 60", None),
    ],
)
def test_a_number_or_a_date_is_waited_for_and_anything_else_is_as_if_nothing_was_said(
    told, seconds
):
    assert retry_after({"retry-after": told}, NOW) == seconds


def test_a_batch_waits_for_no_more_than_it_has_left():
    patience = Patience()
    assert not patience.allows(MAX_WAIT_SECONDS + 1)
    waits = [patience.allows(MAX_WAIT_SECONDS) for _ in range(9)]
    assert waits == [True] * int(MAX_WAITS_SECONDS // MAX_WAIT_SECONDS) + [False] * 5
    assert patience.allows(0)
