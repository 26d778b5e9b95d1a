"""The pages of all runs in a folder: the report to open first, and one that links every report."""
