"""Counting tokens with a model's own tokenizer. Encodings are read from TIKTOKEN_CACHE_DIR, never downloaded."""

from functools import cache

import tiktoken

CORPUS_ENCODING = "o200k_base"


@cache
def _encoding(name: str) -> tiktoken.Encoding:
    # By encoding, never by model: tiktoken 0.14 takes "ft:gpt-4.1-..." for a cl100k_base model.
    return tiktoken.get_encoding(name)


def count(text: str, encoding: str = CORPUS_ENCODING) -> int:
    """Number of tokens of `text`; special tokens in it count as plain text."""
    return len(_encoding(encoding).encode_ordinary(text))
