"""A folder of transcripts on a laptop is brought into the bucket, and kept the same there."""

from types import SimpleNamespace

import pytest

from infra.cli.inputs import show_profile
from infra.local.laptop import FolderInTheWay, brought
from infra.machine.stack import DeployedStack
from infra.machine.upload import upload
from shared.errors import InvalidField
from shared.lake import Bucket, keys
from tests.memory_s3 import s3_in_memory

PROFILE = """
name: porch
transcripts: talks/
host: {name: Ida Stone}
questions: ["Why?"]
"""
PREFIX = keys.transcripts("porch")


@pytest.fixture
def here():
    with s3_in_memory("lake") as client:
        yield SimpleNamespace(stack=DeployedStack(lambda _: client, {"LakeBucket": "lake"}))


@pytest.fixture
def bucket(here):
    return Bucket(here.stack.client("s3"), "lake")


@pytest.fixture
def talks(tmp_path):
    folder = tmp_path / "talks"
    (folder / "2023").mkdir(parents=True)
    (folder / "2023" / "one.md").write_text("**Ida Stone:** One.")
    (folder / "two.vtt").write_text("WEBVTT")
    (folder / "LICENSE").write_text("ours")
    (folder / ".hidden").write_text("no")
    (tmp_path / "porch.yaml").write_text(PROFILE)
    return folder


def test_the_folder_is_meant_from_the_profile_on(talks, tmp_path):
    assert show_profile(str(tmp_path / "porch.yaml")).transcripts == str(talks.resolve())


def test_a_folder_that_is_not_there_is_named(tmp_path):
    (tmp_path / "porch.yaml").write_text(PROFILE)
    with pytest.raises(InvalidField, match=f"{tmp_path.name}/talks is no folder"):
        show_profile(str(tmp_path / "porch.yaml"))


def test_the_bucket_gets_the_transcripts_and_the_show_their_address(here, bucket, talks, tmp_path):
    show = brought(show_profile(str(tmp_path / "porch.yaml")), talks, tmp_path / "out", here)
    assert show.transcripts == f"s3://lake/{PREFIX}"
    assert bucket.keys("raw/") == [f"{PREFIX}2023/one.md", f"{PREFIX}two.vtt"]
    assert bucket.read(f"{PREFIX}2023/one.md") == b"**Ida Stone:** One."


def test_only_what_changed_is_sent_again_and_what_is_gone_is_deleted(bucket, talks, monkeypatch):
    bucket.write(f"raw/another/{talks.name}", b"not ours")
    assert upload(bucket, "porch", talks) == 2
    (talks / "two.vtt").unlink()
    (talks / "three.md").write_text("new")
    sent = []
    write = Bucket.write
    monkeypatch.setattr(
        Bucket, "write", lambda self, key, body: (sent.append(key), write(self, key, body))
    )
    assert upload(bucket, "porch", talks) == 1
    assert sent == [f"{PREFIX}three.md"]
    assert bucket.keys("raw/porch/") == [f"{PREFIX}2023/one.md", f"{PREFIX}three.md"]
    assert bucket.keys("raw/another/")


def test_transcripts_inside_the_folder_of_results_are_refused(here, talks, tmp_path):
    with pytest.raises(FolderInTheWay, match="--out"):
        brought(show_profile(str(tmp_path / "porch.yaml")), talks, tmp_path, here)


def test_a_forgotten_transcript_does_not_come_back_from_the_folder(bucket, talks):
    upload(bucket, "porch", talks)
    bucket.write_json(keys.erased("porch"), ["an id", f"s3://lake/{PREFIX}2023/one.md"])
    upload(bucket, "porch", talks)
    assert bucket.keys(PREFIX) == [f"{PREFIX}two.vtt"]
