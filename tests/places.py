"""Where things lie: the repository, and the real speech and feeds that may lie beside it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GIVEN = ROOT.parent / "shared"  # not part of the project: tests that use it skip without it
