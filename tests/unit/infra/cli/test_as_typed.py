"""What is typed is what is meant: a mistake is named as it was typed, and what one is told to type works."""

import os
from datetime import timedelta

import pytest

from infra.cli import inputs
from infra.cli.main import main
from infra.cli.options import RunsFolder
from shared import catalogue
from shared.clock import utc_now
from shared.errors import InvalidField

KNOWN = catalogue.packaged()
HTTPS = "https://api.openai.com/v1/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["local", "demo", "--openai-base-url", HTTPS], "add --ceiling 10"),
        (["local", "demo", "--provider", "nebius"], "add --ceiling 10"),
        (["local", "demo", "--ceiling", "1,000"], "--ceiling is '1,000'"),
        (["local", "demo", "--ceiling", "9" * 20], "below a billion"),
        (["local", "demo", "--model-ceiling", "-1"], "--model-ceiling is '-1'"),
        (["plan", "demo", "--epochs", "0"], "--epochs is 0; write a number from 1 up"),
        (["plan", "demo", "--limit", "-3"], "--limit is -3; write a number from 1 up"),
        (["plan", "demo", "--since", "23/11/2026"], "--since is '23/11/2026'"),
        (["plan", "demo", "--since", f"{utc_now().date() + timedelta(days=9)}"], "still to come"),
        (["local", "demo", "--ceiling", "5", "--provider", "nebuis"], "did you mean nebius?"),
        (
            ["local", "demo", "--ceiling", "5", "--provider", "nebius", "--openai-base-url", HTTPS],
            "leave one out",
        ),
        (
            ["local", "demo", "--ceiling", "5", "--openai-base-url", HTTPS, "--yes"],
            "--provider nebius asks there",
        ),
        (
            ["ask", "demo", "Why do fences matter?"],
            "econchatr ask 'Why do fences matter?' demo",
        ),
    ],
)
def test_a_mistake_is_named_as_it_was_typed(
    tmp_path, monkeypatch, capsys, typed: list[str], said: str
):
    monkeypatch.chdir(tmp_path)
    assert main(typed) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "build").exists()


def test_a_profile_beside_the_one_that_was_meant_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("name: mine")
    assert main(["plan", "min.yaml"]) == 2
    said = capsys.readouterr().err
    assert "'min.yaml' cannot be read (No such file or directory); did you mean mine.yaml?" in said
    assert "--show" not in said


def test_a_providers_name_is_its_address():
    assert inputs.address(None, "openai", KNOWN) == HTTPS
    assert inputs.address(HTTPS, None, KNOWN) == HTTPS
    assert inputs.address(None, None, KNOWN) is None
    with pytest.raises(InvalidField, match="there are openai, nebius"):
        inputs.address(None, "azure", KNOWN)


def used(folder, seconds):
    lock = folder / ".econchatr" / "cloud" / "lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    os.utime(lock, (seconds, seconds))


def test_a_command_that_reads_takes_the_shows_folder_or_that_of_the_last_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert str(RunsFolder().path) == "build/demo"
    for name, seconds in (("demo", 1), ("mine", 3), ("mine-own", 2)):
        used(tmp_path / "build" / name, seconds)
    assert str(RunsFolder().path) == "build/mine"
    assert str(RunsFolder("demo").path) == "build/demo"
    assert str(RunsFolder("/nosuch").path) == "/nosuch"
    assert str(RunsFolder("other").path) == "build/other"
    assert str(RunsFolder("build/mine-own").path) == "build/mine-own"
    assert str(RunsFolder("demo", tmp_path / "elsewhere").path) == str(tmp_path / "elsewhere")
    profile = "name: mine\ntitle: Mine\nhost: {name: Ann Bee}\nfeed: https://x.example/feed.xml\n"
    (tmp_path / "any.yaml").write_text(profile)
    assert str(RunsFolder("any.yaml").path) == "build/mine"
