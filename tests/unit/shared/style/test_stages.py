"""What is kept of a run's style, and that a run without answers costs nothing."""

import sys

from shared.lake import keys
from shared.style import stages
from tests.unit.shared.style import worlds


def answered(lake, arm, model, texts):
    rows = [{"arm": arm, "model": model, "answer": text} for text in texts]
    lake.write_json(keys.answers("r1", model or "porch", arm), rows)


def test_every_machines_arm_is_placed_from_the_kept_speech_and_answers(lake):
    lake.write_json(keys.speech("r1"), worlds.speech(5).document())
    answered(lake, "base", "m", worlds.answers(worlds.other(50)))
    answered(lake, "tuned", "m", [*worlds.answers(worlds.host(60)), None])
    answered(lake, "host", None, ["So you did."])
    assert stages.measure(lake, "r1") == len(lake.read_json(keys.style("r1")))
    rows = {(row["metric"], row["arm"]): row for row in lake.read_json(keys.style("r1"))}
    assert rows["style", "tuned"]["value"] > 0.5 > rows["style", "base"]["value"]
    assert rows["style", "host"]["n"] == 10  # bags of held-out episodes, not the replies to items
    stages.measure(lake, "r1")
    again = {(row["metric"], row["arm"]): row for row in lake.read_json(keys.style("r1"))}
    assert again == rows


def test_a_run_without_answers_loads_and_keeps_nothing(lake, monkeypatch):
    monkeypatch.setitem(sys.modules, "shared.style.measuring", None)  # importing it would fail
    answered(lake, "host", None, ["So you did."])
    assert stages.measure(lake, "r1") == 0
    assert lake.read(keys.style("r1")) is None


def test_a_run_whose_speech_was_not_kept_says_so_in_every_row(lake):
    answered(lake, "tuned", "m", ["So you see."])
    stages.measure(lake, "r1")
    rows = lake.read_json(keys.style("r1"))
    assert {row["value"] for row in rows} == {None}
    assert "was kept with the plan" in rows[0]["reason"]
