"""Tokens are counted as the tokenizer of a model counts them."""

import pytest

from shared import tokens


@pytest.mark.parametrize(
    ("text", "encoding", "count"),
    [
        ("", "o200k_base", 0),
        ("hello world", "o200k_base", 2),
        ("hello world", "cl100k_base", 2),
        ("Привет, мир", "o200k_base", 4),
        ("Привет, мир", "cl100k_base", 6),
    ],
)
def test_each_encoding_has_its_own_count(text, encoding, count):
    assert tokens.count(text, encoding) == count


def test_what_looks_like_a_special_token_is_text_as_any_other():
    assert tokens.count("<|endoftext|>") > 1


def test_the_corpus_is_counted_in_one_encoding():
    text = "Привет, мир"
    assert tokens.count(text) == tokens.count(text, tokens.CORPUS_ENCODING)
