"""The measure on real speech: founders talk about their companies with one host."""

import random
from collections import defaultdict

import pytest

from shared.dataset.speech.bags import Bag, Speech, in_bags
from shared.style import measuring
from shared.transcripts import Host, clean_text, read_transcript
from tests.places import GIVEN

TALKS = GIVEN / "data" / "founderstalk"
ADAM = Host("Adam Stacoviak", ("Adam",))
TRAINING, HELD_OUT = 28, 10
OF_AN_EPISODE = 2
PARROT, SOUP, HALF = ("parrot", "m"), ("soup", "m"), ("half", "m")

pytestmark = pytest.mark.skipif(
    not TALKS.is_dir(), reason="the folder of given data is not beside the repository"
)


def voices(path):
    """What each speaker says at length, by speaker and role."""
    talk = read_transcript(path.read_bytes(), content_type=None, host=ADAM, guests=())
    said = defaultdict(list)
    for turn in talk.turns:
        if len(turn.text.split()) >= 15:
            said[turn.speaker, turn.role].append(clean_text(turn.text).text)
    return said


@pytest.fixture(scope="module")
def episodes():
    latest = sorted(TALKS.glob("*.md"), key=lambda path: int(path.stem.rpartition("-")[2]))
    return {path.stem: voices(path) for path in latest[-TRAINING - HELD_OUT :]}


@pytest.fixture(scope="module")
def said(episodes):
    bags = {"train": ([], []), "held_out": ([], [])}
    for at, (episode, by_voice) in enumerate(episodes.items()):
        ours, theirs = bags["train" if at < TRAINING else "held_out"]
        for (speaker, role), texts in by_voice.items():
            found = [Bag(episode, speaker, text) for text in in_bags(texts)[:OF_AN_EPISODE]]
            (ours if role == "host" else theirs).extend(found)
    known = {bag.speaker for bag in bags["train"][1]}
    unheard = [bag for bag in bags["held_out"][1] if bag.speaker not in known]
    return Speech("founders", 2012, *map(tuple, (*bags["train"], bags["held_out"][0], unheard)))


def recitals(taught, chance):
    """The training text word for word, with every tenth word wrong, in pieces of twelve words, and as babble."""
    follows = defaultdict(list)
    for text in taught:
        spoken = text.split()
        for first, second, third in zip(spoken, spoken[1:], spoken[2:], strict=False):
            follows[first, second].append(third)
    return {
        PARROT: taught[:8],
        ("near", "m"): [
            " ".join("zebra" if at % 10 == 9 else word for at, word in enumerate(text.split()))
            for text in taught[:8]
        ],
        ("collage", "m"): [
            " ".join(piece(chance.choice(taught).split(), chance) for _ in range(8))
            for _ in range(30)
        ],
        ("babble", "m"): [babble(follows, chance) for _ in range(30)],
    }


def piece(spoken, chance):
    at = chance.randrange(len(spoken) - 12)
    return " ".join(spoken[at : at + 12])


def babble(follows, chance):
    said = [*chance.choice(list(follows))]
    while len(said) < 100:
        said.append(chance.choice(follows.get((said[-2], said[-1]), ["and"])))
    return " ".join(said)


def dressed(texts, topics, said, chance):
    """The texts with the rarer words of `topics` in the place of their own."""
    bags = [set(bag.text.lower().split()) for bag in (*said.host, *said.others)]
    common = {
        word for word in set().union(*bags) if sum(word in bag for bag in bags) >= 0.3 * len(bags)
    }
    pool = [word for text in topics for word in text.split() if word.lower() not in common]
    return [
        " ".join(word if word.lower() in common else chance.choice(pool) for word in text.split())
        for text in texts
    ]


@pytest.fixture(scope="module")
def found(said, episodes):
    chance = random.Random(3)
    replies = [
        (role, text)
        for by_voice in list(episodes.values())[TRAINING:]
        for (_, role), texts in by_voice.items()
        for text in texts
        if len(text.split()) <= 150
    ]
    chance.shuffle(replies)
    host = [text for role, text in replies if role == "host"]
    guests = [text for role, text in replies if role != "host"]
    soup = [" ".join(chance.sample(text.split(), len(text.split()))) for text in host[:40]]
    answers = {
        ("replies", "m"): host[40:80],
        ("others", "m"): guests[:40],
        HALF: [*host[80:100], *guests[40:60]],
        SOUP: soup,
        **recitals([bag.text for bag in said.host], chance),
        ("topic", "m"): dressed(guests[:40], [bag.text for bag in said.host], said, chance),
    }
    return {(row["metric"], row["arm"]): row for row in measuring.style(said, answers)}


def test_ngrams_tell_the_host_from_people_they_never_heard(found):
    auc = found["style_auc", None]
    assert auc["value"] >= 0.95
    assert auc["low"] > 0.9


def test_function_words_do_too_and_less_surely(found):
    assert 0.85 < found["function_words_auc", None]["value"] <= found["style_auc", None]["value"]


def test_the_hosts_own_held_out_speech_is_at_the_ceiling_and_others_at_the_floor(found):
    for arm in ("host", "replies"):
        row = found["style", arm]
        assert 0.75 < row["value"] < 1.25
        assert row["low"] <= 1 <= row["high"]
    for arm in ("impostor", "others"):
        assert found["style", arm]["value"] < 0.3
    assert found["style", "others"]["high"] < found["style", "half"]["value"]
    assert found["style", "half"]["value"] < found["style", "replies"]["value"]


def test_the_hosts_words_shuffled_are_not_the_hosts_style(found):
    assert found["style", "soup"]["value"] < 0.3
    assert found["style_shuffled", None]["value"] < 0.3


@pytest.mark.parametrize("arm", ["parrot", "near", "collage", "babble"])
@pytest.mark.parametrize("metric", ["style", "function_words"])
def test_who_recites_the_training_text_has_no_style_of_its_own(found, metric, arm):
    assert found[metric, arm]["value"] is None
    assert "not copied from the training text are too few" in found[metric, arm]["reason"]


def test_the_hosts_topics_in_another_persons_words_are_not_the_hosts_style(found):
    assert found["style", "topic"]["value"] <= 0.2
