import argparse
import subprocess
import sys

import pytest

from infra.cli import main, runs
from shared.errors import InvalidField, SpendCeilingReached
from tests.places import ROOT


def ends(monkeypatch, outcome):
    """Makes the `query` command end so; returns its exit code."""

    def run(arguments: argparse.Namespace) -> int:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(main.query, "run", run)
    return main.main(["query", "SELECT 1"])


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        (0, 0, ""),
        (1, 1, ""),
        (InvalidField("n_epochs: too many"), 2, "econchatr: n_epochs: too many\n"),
        (SpendCeilingReached("1 > 0"), 1, "econchatr: SpendCeilingReached: 1 > 0\n"),
        (IsADirectoryError(21, "Is a directory", "/x"), 2, "econchatr: [Errno 21] Is a directory: '/x'; "
         "check the files and folders you named\n"),
    ],
)  # fmt: skip
def test_an_end_is_an_exit_code_and_at_most_a_sentence(monkeypatch, capsys, outcome, code, said):
    assert ends(monkeypatch, outcome) == code
    assert capsys.readouterr().err == said


def test_ctrl_c_says_how_to_go_on(monkeypatch, capsys):
    assert ends(monkeypatch, KeyboardInterrupt()) == 130
    assert "run the same command again" in capsys.readouterr().err


def test_a_defect_is_not_dressed_up_as_wrong_use(monkeypatch):
    with pytest.raises(ZeroDivisionError):
        ends(monkeypatch, ZeroDivisionError())


@pytest.mark.parametrize(
    "arguments",
    [[], ["nosuch"], ["local"], ["local", "--show", "demo"], ["inspect"], ["query"]],
)
def test_what_is_missing_is_told_with_the_usage(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main.main(arguments)
    assert end.value.code == 2
    assert "usage: econchatr" in capsys.readouterr().err


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as end:
        main.main(["--help"])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert all(command in out for command in ("local", "plan", "query", "inspect"))


def test_a_run_that_could_not_write_its_report_is_told_without_one(tmp_path, capsys):
    runs._tell(tmp_path, tmp_path, "r1", dry_run=False)
    assert capsys.readouterr().out == ""


def test_a_reader_that_has_had_enough_ends_the_command_without_a_word(tmp_path):
    talk = tmp_path / "talk.md"
    talk.write_text("**Mara Tolliver:** Why?\n\n**Ann Cole:** So.\n" * 5_000, encoding="utf-8")
    command = [sys.executable, "-m", "infra.cli.main", "inspect", str(talk), "--show", "demo"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, bufsize=0
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
