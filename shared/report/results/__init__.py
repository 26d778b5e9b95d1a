"""What a run came to: everything that its summary, its pages and the rows beside them show, computed once."""

from shared.report.results.report import Report, compute

__all__ = ["Report", "compute"]
