import json

from hypothesis import given
from hypothesis import strategies as st

from shared import tokens
from shared.providers import examples

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(texts, texts)
def test_a_line_holds_both_texts_untouched(prompt, completion):
    line = examples.encode_line(examples.messages_of(prompt, completion, "Ida responds:"))
    user, assistant = json.loads(line)["messages"]
    assert line.count(b"\n") == 1
    assert user == {"role": "user", "content": f"{prompt}\n\nIda responds:"}
    assert assistant == {"role": "assistant", "content": completion}


def test_a_chat_example_is_counted_by_the_published_rule():
    line = examples.encode_line(examples.messages_of("One two three.", "Four.", "Ida responds:"))
    texts = ["user", "One two three.\n\nIda responds:", "assistant", "Four."]
    assert examples.count_line(line, "o200k_base") == 3 * 2 + 3 + sum(
        tokens.count(text) for text in texts
    )


def test_text_that_looks_like_a_special_token_is_counted_as_text():
    assert tokens.count("<|endoftext|>") > 1
