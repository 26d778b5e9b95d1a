"""The `econchatr` command: where each of its commands is, and what an end is to a shell."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from infra.cli.lazy import LazyCommands, Sections
from infra.cli.terminal.harmless import harmless_output
from infra.cli.terminal.screen import print_wrapped
from infra.machine.interruptions import terminated_like_interrupted
from shared.errors import BadInput, EconChatRError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it succeeded, 1 when a run failed, 2 when the caller must change something."""
    try:
        with harmless_output(), terminated_like_interrupted():
            ended = int(
                econchatr.main(arguments, prog_name="econchatr", standalone_mode=False) or 0
            )
        sys.stdout.flush()  # so that a reader who has gone is noticed here
        return ended
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BadInput as error:
        _complain(str(error))
        return 2
    except EconChatRError as error:
        _complain(f"{type(error).__name__}: {error}")
        return 1
    except BrokenPipeError:  # whoever reads our output, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a file where a folder must be, a full disk
        _complain(f"{error}; check the files and folders you named")
        return 2
    except (KeyboardInterrupt, click.Abort):
        _complain("stopped; run the same command again to continue from what is there")
        return 130


def _complain(sentence: str) -> None:
    with suppress(OSError):  # nobody may be there to read it
        print_wrapped(f"econchatr: {sentence}", to_stderr=True)


SECTIONS = {
    "Begin": ("init", "plan", "local", "ask", "stop"),
    "Look": ("open", "answers", "runs", "pairs", "query", "models", "inspect", "score", "quiz"),
    "Keep": ("export", "forget", "keys", "serve"),
    "Cloud": ("aws",),
}
FIRST_MINUTES = """\
The first five minutes:

  econchatr plan demo      what a run would cost; spends nothing
  econchatr local demo     a whole run here, with a stand-in for the models; free
  econchatr open demo      its report, in the browser
  econchatr init FOLDER    a profile for a show of your own, from its transcripts

econchatr --help lists every command."""


@click.group(
    cls=Sections,
    sections=SECTIONS,
    invoke_without_command=True,
    commands=LazyCommands(
        {
            "aws": "infra.cli.commands.aws.group:aws",
            "keys": "infra.cli.commands.keys:keys",
            "init": "infra.cli.commands.init:init",
            "local": "infra.cli.commands.local:local",
            "plan": "infra.cli.commands.local:plan",
            "models": "infra.cli.commands.models:models",
            "serve": "infra.cli.commands.local:serve",
            "ask": "infra.cli.commands.ask:ask",
            "query": "infra.cli.commands.query:query",
            "runs": "infra.cli.commands.runs:runs",
            "stop": "infra.cli.commands.runs:stop",
            "answers": "infra.cli.commands.answers:answers",
            "pairs": "infra.cli.commands.pairs:pairs",
            "open": "infra.cli.commands.runs:open_report",
            "export": "infra.cli.commands.export:export",
            "forget": "infra.cli.commands.forget:forget",
            "inspect": "infra.cli.commands.inspect:inspect",
            "score": "infra.cli.commands.score:score",
            "quiz": "infra.cli.commands.score:quiz",
        }
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="econchatr", message="%(prog)s %(version)s")
@click.pass_context
def econchatr(context: click.Context) -> None:
    """Make language models sound like a podcast host, inside a spend ceiling that holds."""
    if context.invoked_subcommand is None:
        print(FIRST_MINUTES)


if __name__ == "__main__":
    sys.exit(main())
