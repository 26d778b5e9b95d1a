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
            "C",
            "AB",
            "A or B",
            "A B",
            "A, because it rambles",
            "A good question.",
        ),
        *("The first one", "Neither", "<b>A</b>", "<B>", "<html><body>A</body></html>", "A" * 50),
        *(
            "I think B is closer to the host.",
            '{"vote": "A", "why": "B"}',
            "1",
            "Reply",
            "Ä",
        ),
    ],
)
def test_prose_html_both_or_nothing_is_no_vote(reply):
    assert read_vote(reply) is None


@given(st.text())
def test_no_reply_breaks_the_reading_and_a_vote_holds_its_one_letter(reply):
    vote = read_vote(reply)
    assert vote in (None, "first", "second")
    if vote:
        assert {"first": "A", "second": "B"}[vote] in reply.upper()


THINKING = "<think>\nB rambles, and A is short.\n</think>\n\n"


@pytest.mark.parametrize(
    "form",
    ["{}", "`{}`", "```\n{}\n```", "```text\n{}\n```", "Option {}", "Response {}", "Final answer: **{}**",
     '{{"answer": "{}"}}', '```json\n{{"vote": "Reply {}"}}\n```'],
)  # fmt: skip
@pytest.mark.parametrize("thought", ["", THINKING, THINKING.replace("think", "reasoning")])
@pytest.mark.parametrize(("letter", "vote"), [("A", "first"), ("B", "second"), ("a", "first")])
def test_a_judge_that_thinks_fences_or_wraps_its_letter_is_read(form, thought, letter, vote):
    assert read_vote(thought + form.format(letter)) == vote


@pytest.mark.parametrize(
    "reply",
    [
        *("<think>A", "<think>A</think>", "<think>B</think>A or B", "<think>A</think> <think>B"),
        "```\nA\n```\n```\nB\n```",
    ],
)
def test_a_thought_alone_or_two_letters_are_no_vote(reply):
    assert read_vote(reply) is None
