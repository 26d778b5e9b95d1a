"""What a run leaves behind: its rows in the lake, its summary and a page for a person."""

from shared.report.ending import left_running
from shared.report.view import commitment

__all__ = ["commitment", "left_running"]
