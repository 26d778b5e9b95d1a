from datetime import UTC, datetime, timedelta

import pytest

from shared.dataset import eval_set, stages
from shared.dataset.eval_set import builder
from shared.dataset.evaluation_set import EvaluationSet
from shared.dataset.selection import Candidate
from shared.lake import keys
from shared.shows import parse
from tests.sample_run import sample_run
from tests.unit.shared.run.porch import SHOW, resolved

MAY = datetime(2026, 5, 1, tzinfo=UTC)
TRAINED, HELD_OUT = [f"e{n}" for n in range(12)], [f"late{n}" for n in range(5)]
SPOKEN = {"host": "Ida Stone", "guest": "Tom Ash", "other": "Lea Roe"}


def show(**evaluation):
    return {
        **SHOW,
        "evaluation": evaluation,
        "training": {"min_prompt_tokens": 1, "min_completion_tokens": 1, "min_pairs": 10},
    }


def profile(**evaluation):
    return parse(show(**evaluation), "test")


def candidate(pair_id, episode_id="e1", n_tokens=100):
    return Candidate(pair_id, episode_id, n_tokens // 2, n_tokens - n_tokens // 2, 400, ())


def own_words(stem, n):
    return " ".join(f"{stem}w{at}" for at in range(n))


def put(lake, episodes, n=8, roles=("guest", "host"), title="Title of {}"):
    """Episodes of one day after the other in which the roles speak in turn, each in words of its own.

    The latest are held out.
    """
    shard = keys.shard_of(SHOW["name"], MAY)
    turns = [
        {
            "show": SHOW["name"],
            "episode_id": episode_id,
            "turn": len(roles) * at + place,
            "speaker": SPOKEN[role],
            "role": role,
            "text": f"The {role} speaks: {own_words(f'{episode_id}{role}{at}', 12 + at + place)}.",
            "n_tokens": 20,
        }
        for episode_id in episodes
        for at in range(n)
        for place, role in enumerate(roles)
    ]
    lake.write_rows("turns", keys.shard_file("turns", shard), turns)
    rows = [
        {
            "show": SHOW["name"],
            "episode_id": episode_id,
            "title": title.format(episode_id),
            "guests": [f"Guest of {episode_id}"],
            "published": MAY + timedelta(days=day),
            "status": "parsed",
        }
        for day, episode_id in enumerate(episodes)
    ]
    lake.write_rows("episodes", keys.shard_file("episodes", shard), rows)


def built(lake, run_id="r1", **evaluation):
    run = resolved(run_id=run_id, show=show(**evaluation))
    stages.build(lake, run)
    return EvaluationSet.from_document(lake.read_json(keys.evaluation_set(run_id)))


@pytest.fixture
def lake():
    with sample_run() as sample:
        yield sample.lake


def test_what_the_prompted_base_is_shown_is_from_episodes_that_may_train_alone(lake):
    put(lake, [*TRAINED, *HELD_OUT])
    shown = built(lake)
    assert len(shown.exchanges) == builder.EXCHANGES
    assert {exchange.episode_id for exchange in shown.exchanges} <= set(TRAINED)
    for episode_id in HELD_OUT:
        assert f"of {episode_id}" not in shown.card
    assert "Title of" in shown.card
    assert "Guest of" in shown.card


def test_what_the_feed_knows_is_asked_of_training_episodes_and_kept_beside_the_probe(lake):
    put(lake, [*TRAINED, *HELD_OUT], title="Guest of {0} on The Art of {0}")
    shown = built(lake)
    assert len(shown.expected) == 3
    for probe, ((guest, surname),) in shown.expected.items():
        episode_id = guest.removeprefix("Guest of ")
        assert probe in shown.probes
        assert f"The Art of {episode_id}" in probe
        assert surname == episode_id
        assert episode_id in TRAINED


def test_held_out_items_are_held_out_and_stand_beside_both_replies(lake):
    put(lake, [*TRAINED, *HELD_OUT])
    shown = built(lake, held_out_items=5)
    assert len(shown.held_out) == 5
    assert {one.episode_id for one in shown.held_out} == set(HELD_OUT)
    for one in shown.held_out:
        assert one.prompt.startswith("The guest speaks")
        assert one.host.startswith("The host speaks")
        assert one.impostor.role == "guest"
    replies = [one.impostor.text for one in shown.held_out]
    assert len(set(replies)) == 5
    assert not set(replies) & {one.prompt for one in shown.held_out}


def test_a_co_host_is_the_impostor_where_one_speaks_enough(lake):
    put(lake, [*TRAINED, *HELD_OUT], roles=("guest", "host", "other"))
    assert {one.impostor.role for one in built(lake).held_out} == {"other"}


def test_two_runs_of_one_corpus_show_and_ask_the_same(lake):
    put(lake, [*TRAINED, *HELD_OUT])
    assert built(lake) == built(lake, "r2")
    assert built(lake, "r3", seed=7) != built(lake)


def test_a_show_that_wants_no_held_out_items_or_has_no_such_episode_asks_none(lake):
    put(lake, TRAINED[:4])
    assert built(lake).held_out == ()
    put(lake, [*TRAINED, *HELD_OUT])
    shown = built(lake, "r2", held_out_items=0)
    assert shown.held_out == ()
    assert shown.exchanges


def test_exchanges_are_short_and_each_from_an_episode_of_its_own():
    long = [candidate(f"long{n}", f"e{n}", builder.EXCHANGE_TOKENS + 1) for n in range(9)]
    short = [candidate(f"short{n}", f"e{n % 3}") for n in range(9)]
    chosen = builder.exchanges([*long, *short], profile())
    assert len(chosen) == len({one.episode_id for one in chosen}) == 3
    assert all(one.pair_id.startswith("short") for one in chosen)


def test_the_choice_does_not_depend_on_the_order_of_the_candidates():
    pairs = [candidate(f"p{n}", f"e{n % 7}") for n in range(50)]
    assert builder.items(pairs, profile()) == builder.items(pairs[::-1], profile())


def test_every_episode_is_asked_once_before_one_is_asked_again_and_none_more_than_thrice():
    pairs = [candidate(f"a{n}", "e1") for n in range(30)]
    pairs += [candidate("b1", "e2"), candidate("c1", "e3")]
    chosen = [one.episode_id for one in builder.items(pairs, profile(held_out_items=8))]
    assert set(chosen[:3]) == {"e1", "e2", "e3"}
    assert chosen[3:] == ["e1", "e1"]


def row(prompt, completion):
    return {"prompt": prompt, "completion": completion}


def said(text, role="guest"):
    return {"speaker": SPOKEN[role], "role": role, "text": text}


# The card


def test_the_card_says_who_whose_show_and_with_whom():
    text = eval_set.card(profile(), ["Rain", "Fences"], ["Tom Ash", "Lea Roe", "Tom Ash"])
    assert text.startswith("You are Ida Stone, the host of the podcast")
    assert "guests were Tom Ash, Lea Roe." in text
    assert "Rain; Fences." in text


def test_a_card_without_guests_and_titles_does_not_speak_of_them():
    text = eval_set.card(profile(), [""], [])
    assert "guests" not in text
    assert "episodes" not in text


def test_a_card_names_a_bounded_number_of_guests_over_the_whole_life_of_the_show():
    names = [f"Guest {n}" for n in range(500)]
    text = eval_set.card(profile(), ["word " * 400] * 3, names)
    assert "Guest 0," in text
    assert "Guest 499." in text
    assert len(text) < 2_000
