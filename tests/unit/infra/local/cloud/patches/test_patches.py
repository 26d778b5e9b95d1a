import json

import pytest

from infra.local.cloud import patches
from infra.local.cloud.errors import UnsupportedMiniStack
from infra.local.cloud.patches.durability import Journal
from infra.local.cloud.patches.missing_paths import _leads_somewhere


def test_another_ministack_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setattr(patches, "version", lambda _: "1.6.0")
    with pytest.raises(UnsupportedMiniStack, match=r"1\.6\.0.*pip install ministack==1\.5\.33"):
        patches.require_version()


def test_the_installed_ministack_is_the_one_the_patches_were_written_for():
    patches.require_version()


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("$.a", True),
        ("$.a.null", True),
        ("$.a.list[1]", True),
        ("$.a.list[2]", False),
        ("$.a.none", False),
        ("$.a.null.deeper", False),
        ("$.a.list[*].x", True),
    ],
)
def test_a_path_leads_somewhere_when_its_key_is_there(path, there):
    assert _leads_somewhere(path, {"a": {"null": None, "list": [1, 2]}}) is there


class TestJournal:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "dynamodb.json").write_text("saved once")
        return tmp_path

    @staticmethod
    def append(folder, *numbers):
        journal = Journal(folder)
        for number in numbers:
            journal.append("PutItem", json.dumps({"number": number}).encode())
        return journal

    @staticmethod
    def numbers(folder):
        return [entry["data"]["number"] for entry in Journal(folder).entries()]

    def test_writes_are_kept_in_order(self, folder):
        self.append(folder, 1, 2)
        self.append(folder, 3)
        assert self.numbers(folder) == [1, 2, 3]

    def test_a_line_cut_short_was_never_acknowledged(self, folder):
        self.append(folder, 1, 2)
        (path,) = folder.glob("*.journal")
        path.write_text(path.read_text()[:-5])
        assert self.numbers(folder) == [1]

    def test_writes_after_a_line_cut_short_are_kept(self, folder):
        self.append(folder, 1, 2)
        (path,) = folder.glob("*.journal")
        path.write_text(path.read_text()[:-5])
        self.append(folder, 3)
        assert self.numbers(folder) == [1, 3]

    def test_it_continues_only_the_state_it_was_written_after(self, folder):
        self.append(folder, 1)
        (folder / "dynamodb.json").write_text("saved again, with 1 in it")
        assert self.numbers(folder) == []

    def test_it_starts_anew_when_the_state_is_saved(self, folder):
        journal = self.append(folder, 1)
        (folder / "dynamodb.json").write_text("saved again, with 1 in it")
        journal.restart()
        journal.append("PutItem", b'{"number": 2}')
        assert self.numbers(folder) == [2]
        assert len(list(folder.glob("*.journal"))) == 1
