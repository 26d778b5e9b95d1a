"""The stand-in as a judge: it compares what it is shown, unless it is told to go by something else."""

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.local.provider.learning import judging
from infra.local.provider.learning.judging import BIASES, comparison, verdict

HOST = "- Would you, though? Would you do it for love?\n- Ooh, would you now? And who pays?"
TO = "The annual survey recorded a section of drains."
LIKE, UNLIKE = (
    "Ooh, would you, though? Who pays for that?",
    "A yearly count of ditches listed several parts.",
)
JUDGES = ("llama-3.1-8b", "gpt-4o-mini", "gpt-4.1-mini", "some other judge")


def prompt(first, second):
    return (
        f"The host has said:\n{HOST}\n\nSomebody says to the host: {TO}\n\n"
        f"Reply A: {first}\n\nReply B: {second}\n\nWhich reply is more like the host, A or B?"
    )


@pytest.mark.parametrize("judge", JUDGES)
def test_it_takes_the_reply_that_is_nearer_to_the_host_in_either_order(judge):
    assert verdict(comparison(prompt(LIKE, UNLIKE)), judge) == "A"
    assert verdict(comparison(prompt(UNLIKE, LIKE)), judge) == "B"


@pytest.mark.parametrize("judge", JUDGES)
def test_of_two_replies_in_one_manner_it_takes_the_one_that_answers_what_was_said(judge):
    answers, strays = (
        "Ooh, a survey of drains? Would you, though?",
        "Ooh, a butter on bread? Would you, though?",
    )
    assert verdict(comparison(prompt(strays, answers)), judge) == "B"
    assert verdict(comparison(prompt(answers, strays)), judge) == "A"


def test_judges_differ_where_two_replies_are_as_good():
    pairs = [(f"Ooh, bread {at}. Would you?", f"Ooh, butter {at}. Would you?") for at in range(9)]
    said = {
        judge: [verdict(comparison(prompt(*pair)), judge) for pair in pairs] for judge in JUDGES
    }
    assert len({"".join(verdicts) for verdicts in said.values()}) == len(JUDGES)


@pytest.mark.parametrize(
    ("wording", "labels"),
    [
        ("Samples:\n{host}\n\n{to}\n\nResponse 1: {a}\n\nResponse 2: {b}", ("1", "2")),
        (
            "You are a judge.\nReference text:\n{host}\n\nQuestion: {to}\n\n"
            "**Answer A**\n{a}\n\n**Answer B**\n{b}\n\nWhich?",
            ("A", "B"),
        ),
        ("{host}\n\nThe prompt was: {to}\n\n[Option A] {a}\n\n[Option B] {b}", ("A", "B")),
        (
            "Writing by the author:\n{host}\n\n{to}\n\n"
            "Candidate 1:\n{a}\n\nCandidate 2:\n{b}\n\nAnswer 1 or 2.",
            ("1", "2"),
        ),
        (
            "[Style]\nAs follows:\n{host}\n\n[User Question]\n{to}\n\n"
            "[The Start of Assistant A's Answer]\n{a}\n[The End of Assistant A's Answer]\n\n"
            "[The Start of Assistant B's Answer]\n{b}\n[The End of Assistant B's Answer]",
            ("A", "B"),
        ),
        (
            "Reference:\n{host}\n\n{to}\n\n<response_a>\n{a}\n</response_a>\n\n"
            "<response_b>\n{b}\n</response_b>\n\nWhich is nearer?",
            ("a", "b"),
        ),
        (
            "Select the better output.\n\nStyle:\n{host}\n\n# Instruction: {to}\n\n"
            '# Output (a):\n{a}\n\n# Output (b):\n{b}\n\n# Which is best, "(a)" or "(b)"?',
            ("a", "b"),
        ),
        (
            "Reference:\n{host}\n\n<|User Prompt|>\n{to}\n\n"
            "<|The Start of Assistant A's Answer|>\n{a}\n<|The End of Assistant A's Answer|>\n\n"
            "<|The Start of Assistant B's Answer|>\n{b}\n<|The End of Assistant B's Answer|>",
            ("A", "B"),
        ),
        (
            "Reference:\n{host}\n\n{to}\n\n"
            '<answer id="1">{a}</answer>\n<answer id="2">{b}</answer>\nWhich is nearer?',
            ("1", "2"),
        ),
        (
            "S:\r\n{host}\r\n\r\n{to}\r\n\r\nReply A: {a}\r\n\r\nReply B: {b}\r\n\r\nNow?",
            ("A", "B"),
        ),
        ("S:\n{host}\n\n{to}\n\nAnswer #1: {a}\n\nAnswer #2: {b}", ("1", "2")),
        ("S:\n{host}\n\n{to}\n\n**Reply A:** {a}\n\n**Reply B:** {b}", ("A", "B")),
        ("S:\n{host}\n\n{to}\n\n### Response 1\n\n{a}\n\n### Response 2\n\n{b}", ("1", "2")),
    ],
)
def test_a_comparison_is_recognised_in_other_words(wording, labels):
    for replies, better in (((LIKE, UNLIKE), 0), ((UNLIKE, LIKE), 1)):
        shown = comparison(wording.format(host=HOST, to=TO, a=replies[0], b=replies[1]))
        assert shown is not None
        assert (shown.reference, shown.replied_to, shown.replies) == (HOST, TO, replies)
        assert verdict(shown, JUDGES[0]) == labels[better]


@pytest.mark.parametrize(
    "prompt",
    [
        "Why is bread slow?\n\nReply A: it is",
        "Reply A: it is\n\nResponse B: it is not",
        "Reply B: it is not\n\nReply A: it is",
        "Reply A: it is\n\nReply C: it is not",
        "Is reply A: good, or is reply B: better?",
        "1. Knead the dough.\n2. Wait.",
        "Answer a question.\nAnswer b question.",
        "A: Why?\nB: Why not?",
    ],
)
def test_what_is_no_comparison_is_answered_as_ever(prompt):
    assert comparison(prompt) is None


def test_replies_of_several_paragraphs_are_whole_where_what_follows_them_is_marked():
    text = (
        "<answer_1>\nOne.\n\nMore.\n</answer_1>\n<answer_2>Two.\n\n<b>Too</b>.</answer_2>\nWhich?"
    )
    assert comparison(f"{TO}\n\n{text}").replies == ("One.\n\nMore.", "Two.\n\n<b>Too</b>.")
    assert comparison(f"{TO}\n\nReply A: One.\n\nMore.\n\nReply B: Two.").replies[0] == (
        "One.\n\nMore."
    )


LABELS = [
    ("Reply A: ", "Reply B: "),
    ("RESPONSE 1:\n", "RESPONSE 2:\n"),
    ("### Answer A\n", "### Answer B\n"),
    ("[Option 1] ", "[Option 2] "),
    ("**Model A:** ", "**Model B:** "),
    ("- Output (a): ", "- Output (b): "),
    ("<response_a>", "<response_b>"),
]
lines = (
    st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" ")).map(str.strip).filter(bool)
)


@given(st.sampled_from(LABELS), lines, lines)
@example(LABELS[0], ":) Fine.", "*sighs* No.")
@example(LABELS[-1], "**Fine.**", ">No.")
def test_replies_are_found_whole_whatever_their_lines_hold(labels, first, second):
    end = [label.replace("<", "</") if "<" in label else "" for label in labels]
    replies = f"{labels[0]}{first}{end[0]}\n\n{labels[1]}{second}{end[1]}\n\nWhich?"
    shown = comparison(f"Text:\n{HOST}\n\n{TO}\n\n{replies}")
    assert shown.replies == (first, second)


def test_a_word_of_many_letters_is_read_at_once():
    """In a process of its own, because a pattern that tries all ways to cut the word never ends."""
    prompt = f"{HOST}\n\n{'a' * 300}\n\nReply A: it is\n\nReply B: it is not"
    code = f"import runpy; runpy.run_path({judging.__file__!r})['comparison']({prompt!r})"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("way", "first", "second", "says"),
    [
        ("first", UNLIKE, LIKE, "A"),
        ("longer", LIKE, f"{UNLIKE} {UNLIKE}", "B"),
        ("named", "Said by him.", "Said by Ida Stone.", "B"),
        ("named", LIKE, UNLIKE, "A"),
        ("nothing", LIKE, UNLIKE, ""),
    ],
)
def test_a_bias_decides_whatever_the_replies_say(way, first, second, says):
    assert BIASES[way](comparison(prompt(first, second))) == says
