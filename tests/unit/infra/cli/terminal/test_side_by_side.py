from hypothesis import given
from hypothesis import strategies as st

from infra.cli.terminal import side_by_side
from infra.cli.terminal.side_by_side import chosen, print_answers
from tests.sample_run import generation_row

OWN = {"run_id": "r1", "show": "porch"}
ARMS = ("base", "prompted", "tuned")


def row(arm, number, text="So it is.", model="m1", **fields):
    return {**generation_row(OWN, arm, model, number, f"Question {number}?", text), **fields}


def answered(numbers, arms=ARMS):
    return [row(arm, number) for number in numbers for arm in arms]


@given(
    st.lists(st.text(alphabet="ab é", max_size=200), min_size=3, max_size=3),
    st.integers(20, 200),
)
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(texts, width):
    lines = list(side_by_side.side_by_side(list(zip(ARMS, texts, strict=True)), width))
    assert all(len(line) <= width for line in lines)
    said = "".join("".join(text.split()) for text in texts)
    shown = "".join("".join(lines).split())
    for letter in "abé":
        wanted = said.count(letter) + "".join(ARMS).count(letter)
        empty = sum(not text.split() for text in texts) * "(empty answer)".count(letter)
        assert shown.count(letter) == wanted + empty


def test_three_questions_are_shown_from_first_to_last():
    shown = chosen(answered(range(1, 13)), "m1")
    assert [answers["tuned"]["question"] for answers in shown] == [1, 6, 12]


def test_fewer_questions_are_all_shown_and_none_without_answers():
    assert len(chosen(answered([1, 2]), "m1")) == 2
    assert chosen([], "m1") == []


def test_a_question_that_an_arm_did_not_come_to_is_not_shown():
    rows = [*answered([1]), row("base", 2)]
    assert [set(answers) for answers in chosen(rows, "m1")] == [set(ARMS)]


def test_held_out_items_people_and_other_models_are_not_among_the_questions():
    rows = [
        *answered([1]),
        *(row(arm, 2, item_kind="held_out") for arm in ARMS),
        row("host", 2, model=None, item_kind="held_out"),
        row("base", 3, model="m2"),
    ]
    assert [answers["base"]["question"] for answers in chosen(rows, "m1")] == [1]


def test_answers_stand_in_columns_under_the_question(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "90")
    print_answers({arm: row(arm, 1, f"the {arm} answer") for arm in ARMS})
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "Question 1?"
    assert lines[2].split() == ["untuned", "prompted", "tuned"]
    assert lines[4].split("   ")[0].strip() == "the base answer"
    assert "the prompted answer" in lines[4]
    assert "the tuned answer" in lines[4]


def test_a_long_answer_ends_in_an_ellipsis(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "90")
    print_answers({"tuned": row("tuned", 1, "word " * 500)})
    shown = capsys.readouterr().out.rstrip()
    assert shown.endswith("…")
    assert len(shown.splitlines()) < 15
