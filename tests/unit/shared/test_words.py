"""Words as measures compare them: the short way for ASCII finds what the long way finds."""

from hypothesis import given
from hypothesis import strategies as st

from shared.words import WORD, fold, words

LETTERS = st.text(st.sampled_from("aB_1'\u2019\u201c\u2014\u2026 .\n\u0308\u00fc\u017f-"))


@given(LETTERS | st.text())
def test_words_are_the_runs_of_letters_in_the_folded_text(text):
    assert words(text) == tuple(WORD.findall(fold(text)))
