"""The page of decisions is read from the top."""

import re

from tests.places import ROOT


def test_decisions_stand_newest_first():
    page = (ROOT / "docs" / "decisions.md").read_text("utf-8")
    days = re.findall(r"^\*\*(\d{4}-\d\d-\d\d), ", page, re.MULTILINE)
    assert len(days) > 2
    assert days == sorted(days, reverse=True)
