import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.evaluation.jury import read_vote


@pytest.mark.parametrize(
    "reply", ["A", " A\n", "A.", "(A)", "**A**", '"A"', "Reply A", "Answer: A"]
)
def test_a_letter_that_stands_alone_is_a_vote(reply):
    assert read_vote(reply) == "first"
    assert (
        read_vote(reply.replace("A", "B", 1) if "Answer" not in reply else "Answer: B") == "second"
    )


@pytest.mark.parametrize(
    "reply",
    [
        *(
            "",
            " ",
            "a",
            "b",
            "C",
            "AB",
            "A or B",
            "A B",
            "A, because it rambles",
            "A good question.",
        ),
        *("The first one", "Neither", "<b>A</b>", "<B>", "<html><body>A</body></html>", "A" * 50),
        *("I think B is closer to the host.", '{"vote": "A"}', "1", "Reply", "Ä"),
    ],
)
def test_prose_html_both_or_nothing_is_no_vote(reply):
    assert read_vote(reply) is None


@given(st.text())
def test_no_reply_breaks_the_reading_and_a_vote_holds_its_one_letter(reply):
    vote = read_vote(reply)
    assert vote in (None, "first", "second")
    if vote:
        assert {"first": "A", "second": "B"}[vote] in reply
