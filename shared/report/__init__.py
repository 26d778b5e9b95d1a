"""What a run leaves behind: its rows in the lake, its summary and a page for a person."""

from shared.report.arms import ARM_NAMES
from shared.report.ending import left_running, still_running
from shared.report.spending import commitment, spend_rows
from shared.report.text import dollars

__all__ = ["ARM_NAMES", "commitment", "dollars", "left_running", "spend_rows", "still_running"]
