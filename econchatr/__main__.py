"""The `econchatr` command, also as `python -m econchatr`."""

import sys

from econchatr.own_packages import load


def main() -> int:
    """Run one command; return its exit code."""
    load()
    from infra.cli.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
