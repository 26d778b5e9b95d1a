"""Whose speech is kept, and of which episodes."""

from datetime import UTC, datetime

import pytest

from shared.dataset import episodes, pair_files, stages
from shared.dataset.speech import gathering
from shared.dataset.speech.bags import BAG_WORDS, Speech
from shared.lake import keys
from tests.unit.shared.run.porch import SHOW, resolved

PUBLISHED = datetime(2026, 5, 1, tzinfo=UTC)
EPISODES = 10  # two of which are held out


def turns(episode_id, *spoken):
    return [
        {
            "show": "porch",
            "episode_id": episode_id,
            "turn": at,
            "speaker": speaker,
            "role": role,
            "text": text,
            "n_tokens": len(text.split()),
        }
        for at, (speaker, role, text) in enumerate(spoken)
    ]


def words(name, n=310):
    """So many words, each in its place only in this text."""
    return " ".join(f"{name}{at}" for at in range(n)) + "."


def put(lake, talks):
    """Each episode in a month of its own, the latest last."""
    for at, (episode_id, spoken) in enumerate(talks.items()):
        published = PUBLISHED.replace(year=2016 + at)
        shard = keys.shard_of("porch", published)
        lake.write_rows("turns", keys.shard_file("turns", shard), turns(episode_id, *spoken))
        row = {
            "show": "porch",
            "episode_id": episode_id,
            "published": published,
            "status": "parsed",
        }
        lake.write_rows("episodes", keys.shard_file("episodes", shard), [row])


def talks(n=EPISODES, *more):
    """A guest and the host in each, and whoever else is named, with a role and how much they say."""
    return {
        f"e{at}": [
            (f"Guest {at}", "guest", words(f"g{at}x")),
            ("Ida Stone", "host", words(f"h{at}x")),
            *((name, role, words(f"{name[:1]}{at}x", n_words)) for name, role, n_words in more),
        ]
        for at in range(n)
    }


def run(dry_run=False, **show):
    bounds = {"min_prompt_tokens": 1, "min_completion_tokens": 1, "min_pairs": 10}
    return resolved(show={**SHOW, "training": bounds, **show}, dry_run=dry_run)


def gathered(lake, **show):
    settings = run(**show)
    ids = {row["episode_id"] for row in lake.show_rows("episodes", "porch")}
    corpus = pair_files.refresh(lake, settings.show, episodes.read(lake, "porch"))
    return gathering.speech(lake, settings, corpus, ids)


def test_host_and_guests_of_training_episodes_teach_and_those_of_held_out_ones_test(lake):
    put(lake, talks())
    speech = gathered(lake)
    assert {bag.episode_id for bag in speech.host} == {f"e{at}" for at in range(8)}
    assert {bag.speaker for bag in speech.others} == {f"guest {at}" for at in range(8)}
    assert {bag.episode_id for bag in speech.held_out_host} == {"e8", "e9"}
    assert {bag.speaker for bag in speech.held_out_others} == {"guest 8", "guest 9"}
    assert (speech.show, speech.seed) == ("porch", 2012)
    assert all(len(bag.text.split()) >= BAG_WORDS for bag in (*speech.host, *speech.others))


def test_who_is_heard_in_training_is_no_stranger_in_held_out_episodes(lake):
    put(lake, talks(EPISODES, ("Lea Roe", "other", 310), ("LEA ROE", "other", 20)))
    speech = gathered(lake)
    assert "lea roe" in {bag.speaker for bag in speech.others}
    assert "lea roe" not in {bag.speaker for bag in speech.held_out_others}


def test_half_the_bags_of_others_are_those_of_whoever_sits_beside_the_host(lake, monkeypatch):
    monkeypatch.setattr(gathering, "TRAINING_BAGS", 8)
    put(lake, talks(EPISODES, ("Lea Roe", "other", 310)))
    speech = gathered(lake)
    beside = [bag.speaker == "lea roe" for bag in speech.others]
    assert (sum(beside), len(beside)) == (4, 8)
    assert len(speech.host) == 8


def test_one_bag_of_everybody_goes_before_a_second_of_anybody(lake, monkeypatch):
    monkeypatch.setattr(gathering, "TRAINING_BAGS", 9)
    everyone = talks()
    everyone["e0"] = [("Guest 0", "guest", words("much", 1800)), *everyone["e0"]]
    put(lake, everyone)
    speakers = [bag.speaker for bag in gathered(lake).others]
    assert len(set(speakers)) == 8
    assert speakers.count("guest 0") == 2


def test_nobody_without_a_name_and_no_turn_of_another_length_is_kept(lake):
    put(
        lake,
        talks(EPISODES, ("", "guest", 310), ("Tom Ek", "guest", 2500)),
    )
    speech = gathered(lake)
    assert {bag.speaker[:5] for bag in speech.others} == {"guest"}


def test_speech_is_cleaned_and_sifted_as_pairs_are(lake):
    sponsor = "Buy the finest rope that money can buy at the rope shop today. "
    said = talks()
    for at, spoken in enumerate(said.values()):
        name, role, text = spoken[1]
        spoken[1] = (name, role, f"{sponsor}[laughter] Write to me{at}@example.org now. {text}")
    put(lake, said)
    for bag in gathered(lake).host:
        assert "rope" not in bag.text
        assert "laughter" not in bag.text
        assert "@" not in bag.text


def test_the_same_lake_and_seed_give_the_same_speech_and_another_seed_another_order(lake):
    put(lake, talks())
    first = gathered(lake)
    assert gathered(lake) == first
    other = gathered(lake, evaluation={"seed": 1})
    assert other.host != first.host
    assert set(other.host) == set(first.host)


@pytest.mark.parametrize("gone", ["host", "guest"])
def test_a_show_without_a_host_or_a_guest_keeps_none_and_goes_on(lake, gone):
    said = {
        episode: [one for one in spoken if one[1] != gone] for episode, spoken in talks().items()
    }
    put(lake, said)
    speech = gathered(lake)
    assert not (speech.host if gone == "host" else speech.others)
    assert speech.others if gone == "host" else speech.host


@pytest.mark.parametrize("dry_run", [False, True])
def test_the_plan_keeps_it_beside_the_evaluation_set_unless_nobody_will_answer(lake, dry_run):
    put(lake, talks(15))
    stages.build(lake, run(dry_run))
    kept = lake.read_json(keys.speech("r1"))
    assert kept is None if dry_run else Speech.from_document(kept) == gathered(lake)
