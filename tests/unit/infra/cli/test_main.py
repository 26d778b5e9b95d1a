"""The command's ends are exit codes and sentences; help is there for every command and costs nothing."""

import subprocess
import sys

import click
import pytest

from infra.cli import local_run, main
from infra.cli.results.outcome import print_outcome
from infra.local.folder import FolderObjects
from infra.machine.runs import RunStore
from shared.errors import InvalidField, SpendCeilingReached
from tests.places import ROOT


def ends(monkeypatch, outcome):
    """Makes the `local` command end so; returns its exit code."""

    def run(*_):
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(local_run, "run_here", run)
    return main.main(["local", "demo"])


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
    [
        *(["nosuch"], ["local"], ["local", "demo", "--show", "other"], ["inspect"], ["query"]),
        *(["plan", "demo", "--epochs", "four"], ["local", "demo", "--cieling", "5"]),
    ],
)
def test_what_is_missing_is_told_with_the_usage(capsys, arguments):
    assert main.main(arguments) == 2
    assert "Usage: econchatr" in capsys.readouterr().err


def test_help_names_every_command_in_the_order_in_which_they_are_needed(capsys):
    assert main.main(["--help"]) == 0
    out = capsys.readouterr().out
    places = [out.index(f"\n  {command} ") for command in main.econchatr.list_commands(None)]
    assert places == sorted(places)
    assert len(places) == len(main.econchatr.commands)
    assert "None" not in out


def test_alone_it_says_how_to_begin_with_commands_that_there_are(capsys):
    assert main.main([]) == 0
    said = capsys.readouterr().out
    told = [line.split() for line in said.splitlines() if line.startswith("  econchatr ")]
    assert len(told) == 4
    assert all(command in main.econchatr.commands for _, command, *_ in told)


@pytest.mark.parametrize("command", [name for name in main.econchatr.commands if name != "quiz"])
def test_every_command_explains_itself_with_an_example(capsys, command):
    assert main.main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert "Example" in said or "Packaged queries" in said


def test_a_version_is_told(capsys):
    assert main.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("econchatr ")


def every(command, *above):
    """The words that call each command, groups among them."""
    yield list(above)
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from every(inner, *above, name)


LARGE = "boto3 botocore openai pandas pyarrow pydantic yaml tiktoken jinja2 duckdb rich"


def loaded_by(*lines):
    """What of the large libraries a process has loaded after some commands."""
    program = (
        f"import sys; from infra.cli.main import main; [main(line) for line in {list(lines)!r}]; "
        f"sys.exit(' '.join(set({LARGE.split()!r}) & set(sys.modules)) or 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return "" if ended.returncode == 0 else ended.stderr.splitlines()[-1]


def test_help_and_wrong_use_load_nothing_large():
    helps = [[*words, "--help"] for words in every(main.econchatr)]
    assert len(helps) > 30
    assert (
        loaded_by(*helps, ["nosuch"], ["plan"], ["aws", "put-show"], ["pairs", "--limit", "0"])
        == ""
    )


def test_what_loads_something_large_would_be_noticed(tmp_path):
    assert "pydantic" in loaded_by(["plan", "nosuch", "--out", str(tmp_path)])


def test_a_command_is_loaded_when_it_is_called_and_no_other():
    program = (
        "import sys; from infra.cli.main import main; main(['runs', '--help']); "
        "print([name for name in sys.modules if name.startswith('infra.cli.commands.')])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.splitlines()[-1] == "['infra.cli.commands.runs']"


def test_a_run_that_could_not_write_its_report_is_told_without_one(tmp_path, capsys):
    print_outcome(RunStore(FolderObjects(tmp_path)), "r1", tmp_path)
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
