"""The runs that lie in a folder, for notebooks and scripts; the command is `econchatr`.

`open_run("build/demo").answers()` is a table of every answer of the newest run in pandas.
"""

from econchatr.folders import NoSuchRun, Run, list_runs, open_run, read_table

__all__ = ["NoSuchRun", "Run", "list_runs", "open_run", "read_table"]
