"""`econchatr quiz score`: worked by hand, and a sentence for every file that cannot be counted."""

import json

import pytest

from infra.cli.main import main

HEADER = "run_id,show,item,pair_id,shown,chosen,right\r\n"


def line(item, chosen, shown="host|tuned:m|base:m|impostor"):
    return f'"r","p","{item}","x","{shown}","{chosen}","?"\r\n'


@pytest.fixture
def score(tmp_path, capsys):
    def scored(body, *options):
        file = tmp_path / "quiz.csv"
        file.write_bytes(body if isinstance(body, bytes) else body.encode())
        code = main(["quiz", "score", str(file), *options])
        return code, capsys.readouterr()

    return scored


def test_the_share_right_has_wilsons_interval_and_stands_beside_what_guessing_finds(score):
    picks = ["host", "host", "tuned:m", "host", "impostor", "host", "tuned:m", "host"]
    code, told = score(HEADER + "".join(line(n, who) for n, who in enumerate(picks)), "--json")
    assert code == 0
    found = json.loads(told.out)
    assert (found["right"], found["n"], found["share"], found["chance"]) == (5, 8, 0.625, 0.25)
    # (5 + 1.9208) / 11.8415 -+ 1.96 sqrt(5 * 3 / 8 + 0.9604) / 11.8415
    assert (round(found["low"], 3), round(found["high"], 3)) == (0.306, 0.863)
    taken = {(arm["arm"], arm["model"]): (arm["taken"], arm["n"]) for arm in found["arms"]}
    assert taken == {
        ("host", None): (5, 8),
        ("tuned", "m"): (2, 8),
        ("impostor", None): (1, 8),
        ("base", "m"): (0, 8),
    }
    assert found["arms"][0]["arm"] == "host"


def test_an_arm_is_counted_over_the_items_that_showed_it(score):
    body = HEADER + line(1, "tuned:m", "host|tuned:m") + line(2, "host", "base:m|host")
    found = json.loads(score(body, "--json")[1].out)
    shares = {arm["arm"]: (arm["share"], arm["n"]) for arm in found["arms"]}
    assert shares == {"tuned": (1.0, 1), "host": (0.5, 2), "base": (0.0, 1)}


def test_files_of_several_people_stand_one_below_the_other(score):
    body = HEADER + line(1, "host") + HEADER + line(1, "base:m")
    assert json.loads(score(body, "--json")[1].out)["n"] == 2


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["host"] * 8, "That is better than guessing"),
        (["host"] * 3 + ["base:m"] * 5, "may be no better than guessing"),
    ],
)
def test_a_person_reads_sentences_and_a_table(score, chosen, said):
    _, told = score(HEADER + "".join(line(n, who) for n, who in enumerate(chosen)))
    assert f"{chosen.count('host')} times of 8" in told.out
    assert said in told.out
    assert ["tuned", "m", "8", "0", "0", "%"] in [one.split()[:6] for one in told.out.splitlines()]


def test_a_spreadsheet_may_have_written_it_again(score):
    body = "item;shown;chosen\r\n1;host|base:m;host\r\n"
    assert json.loads(score("\ufeff".encode() + body.encode(), "--json")[1].out)["right"] == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (HEADER, "nobody has answered"),
        ("", "columns `item`, `shown` and `chosen` are needed"),
        ("question,answer\na,b\n", "has the columns question, answer"),
        (HEADER + line(1, "prompted:m"), "line 2: `chosen` is 'prompted:m'"),
        (HEADER + line(1, ""), "`chosen` is ''"),
        (HEADER + line(1, "tuned:m", "tuned:m|base:m"), "it names the host"),
        (HEADER + line(1, "host", "host"), "whoever stood beside"),
        (HEADER + line(1, "host", "host|base:m|base:m"), "each once"),
        (HEADER + "1,2\r\n", "has 2 fields where the header has 7"),
        (HEADER + '"r","p\r\n', "no row of a CSV file"),
        (b"\x00\x01\x02", "has the columns"),
    ],
)
def test_a_file_that_cannot_be_counted_gets_a_sentence(score, body, said):
    code, told = score(body)
    assert code == 2
    assert said in told.err
    assert told.out == ""
    assert len(told.err.strip().splitlines()) == 1


def test_a_file_that_is_not_there_gets_a_sentence(capsys):
    assert main(["quiz", "score", "nosuch.csv"]) == 2
    assert "nosuch.csv cannot be read" in capsys.readouterr().err
