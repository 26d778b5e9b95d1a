import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import catalogue, tokens
from shared.providers import examples, token_counts

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
    model = catalogue.packaged().model("gpt-4.1-mini")
    assert token_counts.count_line(line, model) == 3 * 2 + 3 + sum(
        tokens.count(text) for text in texts
    )


# What Llama 3's own vocabulary (llama-models 0.3.0) makes of texts and of its chat template.
LLAMAS_COUNT = {
    "Le café était très agréable, naïve façade, über größer Straße.": 19,
    "日本語の話をしましょう。今日はいい天気ですね。": 15,
    "🪵🔥🪵🔥": 12,
    "Привет, как дела? Расскажите о погоде.": 15,
    "مرحبا كيف حالك اليوم": 7,
    "नमस्ते आप कैसे हैं": 11,
}
LLAMAS_HEADER, LLAMAS_END, LLAMAS_BEGIN, LLAMAS_DATES = 4, 1, 1, 20


@pytest.mark.parametrize("text", LLAMAS_COUNT)
def test_a_llamas_count_is_never_below_what_its_own_vocabulary_makes(text):
    llama = catalogue.packaged().model("llama-3.3-70b")
    assert tokens.count(text, llama.tokenizer) >= LLAMAS_COUNT[text]
    line = examples.encode_line(examples.messages_of(text, text, "Ida:"))
    framed = LLAMAS_BEGIN + LLAMAS_HEADER + LLAMAS_DATES + LLAMAS_END
    framed += 2 * (LLAMAS_HEADER + LLAMAS_END + LLAMAS_COUNT[text])
    assert token_counts.count_line(line, llama) >= framed


def test_an_example_of_an_unknown_template_is_counted_generously():
    known = catalogue.packaged().model("llama-3.3-70b")
    fields = {"tokens_per_message", "tokens_per_example"}
    unknown = catalogue.Model.model_validate(known.model_dump(exclude=fields))
    line = examples.encode_line(examples.messages_of("Why?", "Because.", "Ida:"))
    assert token_counts.count_line(line, unknown) > token_counts.count_line(line, known)


def test_a_prompt_is_bounded_with_the_opening_of_its_answer():
    llama = catalogue.packaged().model("llama-3.3-70b")
    message = examples.prompt_message("Why is the prairie hard to make?", "Ida responds:")
    own = tokens.count(message.content, llama.tokenizer)
    templates = LLAMAS_BEGIN + 3 * LLAMAS_HEADER + LLAMAS_DATES + 2 * LLAMAS_END
    assert token_counts.prompt_bound(llama, (message,)) >= own + templates


def test_text_that_looks_like_a_special_token_is_counted_as_text():
    assert tokens.count("<|endoftext|>") > 1
