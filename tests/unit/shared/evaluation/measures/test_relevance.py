"""Whether replies answer: the host's do, another person's words from elsewhere do not, and praise of all is none."""

from shared.evaluation.measures import Prompt, relevance

TOPICS = ("bees honey hive", "ships harbour anchor", "bread oven flour", "clocks springs gears")
PROMPTS = [
    Prompt(f"p{at}", f"e{at}", f"what do you think of {topic}", f"well i like {topic} a lot")
    for at, topic in enumerate(TOPICS)
]


def replied(*texts):
    return relevance(PROMPTS, {f"p{at}": text for at, text in enumerate(texts)})


def test_the_hosts_own_replies_fit_their_prompts_better_than_any_other():
    assert set(replied(*(one.host for one in PROMPTS)).values()) == {1.0}


def test_replies_dealt_to_others_fit_them_less_and_words_of_everybody_say_nothing():
    swapped = replied(*(PROMPTS[(at + 1) % 4].host for at in range(4)))
    assert all(value < 0.5 for value in swapped.values())
    assert set(replied(*["what do you think of that"] * 4).values()) == {0.5}


def test_an_empty_reply_and_an_item_without_other_episodes_are_left_out():
    assert set(replied("bees", "", "…", "gears")) == {"p0", "p3"}
    same = [Prompt("p0", "e", "bees", ""), Prompt("p1", "e", "ships", "")]
    assert relevance(same, {"p0": "bees", "p1": "ships"}) == {}
