"""The command as a person types it, in this process."""

import contextlib
import io
from dataclasses import dataclass

from infra.cli.main import main


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line on stderr."""
        (line,) = self.err.strip().splitlines()
        return line


def econchatr(*arguments: object) -> Said:
    """Run a command; whatever is wrong is no traceback."""
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        code = main([str(argument) for argument in arguments])
    said = Said(code, out.getvalue(), err.getvalue())
    assert "Traceback" not in said.out + said.err
    return said
