"""An episode has several names, and one that is another's, too, is none."""

import pytest

from shared.erasure import NotKnown, episodes_to_erase

ROWS: list[dict[str, str | None]] = [
    {"episode_id": "0a1b2c3d4e5f", "title": "Ann Bee on  Rain", "duplicate_of": None,
     "url": "s3://lake/transcripts/porch/ann%20bee.md"},
    {"episode_id": "0a1b2cffffff", "title": "Lamps", "duplicate_of": None,
     "url": "https://porch.example/lamps/"},
    {"episode_id": "99aabbccddee", "title": "Rerun", "duplicate_of": "0a1b2cffffff",
     "url": "https://porch.example/rerun/"},
    {"episode_id": "77aabbccddee", "title": "", "duplicate_of": None, "url": ""},
]  # fmt: skip


class Folder:
    """A lake with four episodes."""

    def show_rows(self, *_):
        return iter(ROWS)


def called(name):
    return [ROWS.index(row) for row in episodes_to_erase(Folder(), "porch", [name])]


@pytest.mark.parametrize(
    "name",
    ["0a1b2c3d4e5f", "0a1b2c3", "Ann Bee on Rain", "ann bee on rain", "ann bee.md", ROWS[0]["url"]],
)
def test_an_episode_is_found_by_each_of_its_names(name):
    assert called(name) == [0]


def test_a_talk_that_was_published_twice_is_found_by_either():
    assert called("lamps") == called("Rerun") == [1, 2]


def test_a_beginning_that_two_have_is_refused_with_their_ids():
    with pytest.raises(NotKnown, match=r"2 episodes .* name one by its id: 0a1b2c3d4e5f, 0a1b"):
        called("0a1b2c")


@pytest.mark.parametrize("name", ["0a1b2", "rain", "", "nosuch", "transcripts"])
def test_what_is_none_of_its_names_is_refused(name):
    with pytest.raises(NotKnown, match="has no episode"):
        called(name)
