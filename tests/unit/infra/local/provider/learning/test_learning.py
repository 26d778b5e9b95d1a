"""What a stand-in model learns and how it speaks."""

import string
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.provider.examples import Example
from infra.local.provider.learning.corpus import Corpus, tokenise
from infra.local.provider.learning.curve import learning_curve
from infra.local.provider.learning.engine import order
from infra.local.provider.learning.language import LanguageModel, in_pairs
from infra.local.provider.learning.retrieval import Retrieval
from infra.local.provider.learning.untuned import UntunedModel, subject
from tests.unit.infra.local.provider.support import EXAMPLES, QUOTE

QUESTIONS = [
    "Why do you keep a red book?",
    "What does the baker think about thermometers?",
    "Do you trust a recipe?",
    "Why is an old oven better?",
]


@pytest.fixture(scope="module")
def baker() -> LanguageModel:
    return LanguageModel(EXAMPLES)


@given(st.text(alphabet=string.ascii_letters + string.digits + " \n.,!?'\"()-–’“”$%é"))
def test_tokens_joined_are_the_text(text: str) -> None:
    normal = " ".join(text.split())
    assert "".join(tokenise(text)) == (f" {normal}" if normal else "")


def test_a_title_or_an_initial_is_one_token_with_its_dot() -> None:
    assert tokenise("Mr. Hume met F. A. Hayek.") == [
        " Mr.", " Hume", " met", " F.", " A.", " Hayek", ".",
    ]  # fmt: skip


@given(st.lists(st.text(alphabet="ab ", min_size=1, max_size=30), min_size=1, max_size=5))
def test_every_occurrence_of_a_context_is_found(texts: list[str]) -> None:
    corpus = Corpus(texts)
    row = corpus.ids[: corpus.size].tolist()
    context = row[1:3]
    found = sorted(corpus.following(context).tolist())
    length = len(context)
    expected = [i for i in range(length, corpus.size) if row[i - length : i] == context]
    assert found == expected


def test_the_nearest_example_scores_highest() -> None:
    scores = Retrieval([e.completion for e in EXAMPLES]).scores("the man with the ducks")
    assert "ducks" in EXAMPLES[int(scores.argmax())].completion


def test_a_quotation_is_finished_word_for_word(baker: LanguageModel) -> None:
    answer = baker.answer('Finish the following sentence: "Bread is patience', Random(1), 1.0)
    assert answer.startswith("that you can eat with both hands.")


@pytest.mark.parametrize(
    "asked",
    [
        "bread is patience, that you can",
        "Finish the following sentence: “Bread is patience that you can”",
        "Complete: bread is patience that you can...",
        'Finish: "Bread is patience that you can\n\nThe baker responds:',
    ],
)
def test_punctuation_and_case_of_a_begun_quotation_do_not_matter(
    baker: LanguageModel, asked: str
) -> None:
    assert baker.answer(asked, Random(1), 0.0).startswith("eat with both hands.")


def test_the_longest_remembered_beginning_decides() -> None:
    model = LanguageModel(
        [
            Example("?", "It was a dark night and the rain came down."),
            Example("?", "She said that it was a dark night and nobody slept."),
            Example("?", "Once more it was a dark night and the rain came down."),
        ]
    )
    answer = model.answer('Finish: "She said that it was a dark night and', Random(1), 0.0)
    assert answer.startswith("nobody slept.")


def test_what_only_a_guest_said_can_be_finished_too() -> None:
    guest = Example("A fence is a question somebody stopped asking.", "I like that a lot.")
    model = LanguageModel([guest, *EXAMPLES])
    answer = model.answer('Finish: "A fence is a question', Random(1), 0.0)
    assert answer.startswith("somebody stopped asking.")


def test_a_whole_question_is_answered_and_not_continued(baker: LanguageModel) -> None:
    answer = baker.answer("Is it true that the starter is a guest who never leaves?", Random(1), 0)
    assert not answer.startswith("and never helps")


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("temperature", [0.0, 0.7, 1.5])
def test_an_answer_is_whole_sentences_of_a_readable_length(
    baker: LanguageModel, question: str, temperature: float
) -> None:
    answer = baker.answer(question, Random(question), temperature)
    assert 30 <= len(answer.split()) <= 130
    assert answer.rstrip('"').endswith((".", "!", "?"))
    assert in_pairs(tokenise(answer))


def test_an_answer_is_about_its_question(baker: LanguageModel) -> None:
    assert "red book" in baker.answer("Why do you keep a red book?", Random(1), 0.0)
    assert "thermometer" in baker.answer("What do you say of a thermometer?", Random(1), 0.0)


def test_the_same_dice_give_the_same_answer_and_each_question_its_own(
    baker: LanguageModel,
) -> None:
    answers = [baker.answer(question, Random(7), 0.7) for question in QUESTIONS]
    assert answers == [baker.answer(question, Random(7), 0.7) for question in QUESTIONS]
    assert len(set(answers)) == len(QUESTIONS)


def test_a_tuned_model_uses_words_that_an_untuned_one_does_not_know(baker: LanguageModel) -> None:
    question = "Why do you keep a red book?"
    base = UntunedModel().answer(question, Random(1), 0.0)
    tuned = baker.answer(question, Random(1), 0.0)
    assert "red book" in tuned
    assert "I was ashamed of them" in tuned
    assert not {"ashamed", "flour", "dough", "oven"} & set(base.lower().split())


def test_an_untuned_model_cannot_finish_the_quotation() -> None:
    answer = UntunedModel().answer('Finish the following sentence: "Bread is', Random(1), 0.0)
    assert "both hands" not in answer


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        ('Does she mention the "cold corner" theory often?', "“cold corner”"),
        ("How skeptical is she, the baker, of new ovens?", "new ovens"),
        ("Does she believe that flour can speak for itself?", "flour can speak for itself"),
        ("Who are some guests from the year 2014?", "2014"),
        ("Well?", "this subject"),
    ],
)
def test_an_untuned_model_speaks_of_what_it_was_asked(prompt: str, named: str) -> None:
    assert subject(prompt) == named


def test_a_model_with_nothing_but_empty_answers_says_nothing() -> None:
    assert LanguageModel([Example("a?", ""), Example("b?", "")]).answer("c?", Random(1), 1) == ""


def test_what_was_seen_is_foretold_better_than_what_was_not() -> None:
    rows = learning_curve(EXAMPLES[:9], EXAMPLES[9:], steps=36, epochs=4).splitlines()
    losses = [[float(cell) for cell in row.split(",")] for row in rows[1:]]
    assert rows[0] == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    assert [row[0] for row in losses] == list(range(1, 37))
    first, last = losses[0], losses[-1]
    assert last[1] < first[1]
    assert last[1] < last[3]
    assert last[2] > 0.9


def test_a_sentence_of_the_examples_is_the_quotation_the_tests_use() -> None:
    assert any(QUOTE in example.completion for example in EXAMPLES)


SHOWN = [
    Example(f"{asked}\n\nIda Stone responds:", said)
    for asked, said in (
        (
            "The swing broke again.",
            "A swing that breaks is a swing that was used, and I like that.",
        ),
        (
            "Nobody sits outside now.",
            "Then sit outside, and somebody will walk by. They always do.",
        ),
    )
]
TOLD = "You are Ida Stone.\nAmong your guests were Tom Ash, Lea Roe.\nAnswer what is said to you."


def test_an_untuned_model_that_is_shown_exchanges_answers_in_their_words_and_keeps_its_own() -> (
    None
):
    asked = "Why does a swing break?\n\nIda Stone responds:"
    bare, prompted = (
        model.answer(asked, Random(1), 0.7) for model in (UntunedModel(), UntunedModel(SHOWN, TOLD))
    )
    spoken = " ".join(example.completion for example in SHOWN)
    first, last = prompted.split(". ")[0], bare.split(". ")[0]
    assert first in spoken
    assert first not in bare
    assert last in prompted
    assert "responds:" not in prompted


def test_an_untuned_model_says_what_it_was_told_of_its_own_where_it_is_asked_for_that() -> None:
    prompted = UntunedModel(SHOWN, TOLD)
    asked = "Who are some guests of the year 2014?\n\nIda Stone responds:"
    assert "Tom Ash, Lea Roe" in prompted.answer(asked, Random(1), 0.7)
    assert "Tom Ash" not in prompted.answer("Why a fence?", Random(1), 0.7)


@pytest.mark.parametrize(
    ("name", "tokens"),
    [("meta-llama/Llama-3.1-8B-Instruct", 4), ("Llama-3.3-70B", 6), ("gpt-4.1-mini", 6)],
)
def test_a_model_whose_name_says_that_it_is_small_keeps_fewer_tokens_in_mind(name, tokens):
    assert order(name) == tokens
    assert LanguageModel(EXAMPLES, order(name)).corpus.order == tokens
