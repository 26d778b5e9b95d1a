"""Who stands among whom in the blind quiz, and when there is none."""

import json
import re
from base64 import b64decode
from itertools import cycle, pairwise

import pytest

from shared.lake import keys
from shared.report.results import quiz
from tests.sample_run import RUN_ID, sample_run


@pytest.fixture
def run():
    with sample_run(models=("llama-3.1-8b",)) as run:
        for stage in ("manifest", "corpus", "dataset", "jobs"):
            getattr(run, f"write_{stage}")()
        yield run


def items(run, held_out=4, change=None):
    run.write_all_arms(held_out)
    if change:
        run.save_generations([change(row) for row in run.generations()])
    return quiz.items(run.record())


def reported(run):
    run.report()
    return run.lake.read(keys.report(RUN_ID)).decode(), run.lake.read(keys.quiz(RUN_ID))


def test_every_item_has_the_hosts_reply_once_among_machines_and_another_person(run):
    found = items(run)
    assert [item.number for item in found] == [1, 2, 3, 4]
    model = "llama-3.1-8b"
    everybody = {"host", "impostor", *(f"{arm}:{model}" for arm in ("base", "prompted", "tuned"))}
    assert all({option.who for option in item.options} == everybody for item in found)


def test_the_order_is_the_seeds_and_not_the_same_for_every_item(run):
    first, again = items(run, 12), items(run, 12)
    assert first == again
    places = {[option.who for option in item.options].index("host") for item in first}
    assert len(places) > 1


def test_of_many_items_twelve_are_asked_from_first_to_last(run):
    found = items(run, 30)
    assert [item.number for item in found] == list(range(1, 13))
    asked = [int(item.pair_id[1:]) - 9 for item in found]
    assert asked[0] == 0
    assert {later - earlier for earlier, later in pairwise(asked)} == {2, 3}


def test_of_many_models_four_replies_stand_beside_the_hosts():
    with sample_run(models=("gpt-4.1", "gpt-4.1-mini", "llama-3.1-8b")) as run:
        run.write_manifest()
        run.write_jobs()
        found = items(run, 12, lambda row: {**row, "answer": f"{row['model']} {row['answer']}"})
    assert {len(item.options) for item in found} == {5}
    shown = {option.who for item in found for option in item.options}
    assert len(shown) == 11  # over the items everybody has a turn


def test_a_reply_that_is_the_hosts_word_for_word_or_empty_is_left_out(run):
    def spoiled(row):
        return {
            **row,
            "answer": {"base": "So you did.", "prompted": " "}.get(row["arm"], row["answer"]),
        }

    first = items(run, change=spoiled)[0]
    assert {option.who for option in first.options} == {"host", "impostor", "tuned:llama-3.1-8b"}


@pytest.mark.parametrize("arm", ["host", "machines"])
def test_without_the_host_or_without_a_machine_there_is_nothing_to_guess(run, arm):
    def silenced(row):
        gone = row["arm"] == "host" if arm == "host" else row["generated"]
        return {**row, "answer": "" if gone else row["answer"]}

    assert items(run, change=silenced) == []


def test_what_is_folded_unfolds_with_its_key_and_cannot_be_read_without(run):
    item = items(run)[0]
    folded = item.folded("a key")
    assert "host" not in folded
    told = bytes(one ^ two for one, two in zip(b64decode(folded), cycle(b"a key"), strict=False))
    assert json.loads(told) == [option.who for option in item.options]


def test_with_three_items_there_is_a_quiz_that_the_report_links(run):
    items(run, 3)
    report, page = reported(run)
    assert 'href="./quiz.html"' in report
    assert page.decode().count("<fieldset") == 3


def test_with_fewer_the_report_says_why_there_is_none(run):
    items(run, 2)
    report, page = reported(run)
    assert page is None
    assert "it takes 3 held-out items" in report
    assert "this run has 2 such items" in report
    assert "quiz.html" not in report


def test_hostile_words_stay_words_in_the_quiz_too(run):
    hostile = '</script><script>alert(1)</script>"><img src=x>'
    items(run, change=lambda row: {**row, "answer": row["answer"] + hostile, "prompt": hostile})
    _, page = reported(run)
    assert page.decode().count("<script") == 1
    assert "<img" not in page.decode()
    assert not re.search(r"(?:src|href)=[\"']?https?:", page.decode())
