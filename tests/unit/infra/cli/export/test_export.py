"""An export holds every pair that may train in every format, and replaces nothing that it did not write."""

import csv
import hashlib
import json
import shlex
import shutil
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from infra.cli import local_run
from infra.cli.main import main
from infra.local.provider.process import start
from shared import catalogue
from shared.lake.schemas import SCHEMAS
from shared.providers import formats

PROFILE = """
name: porch
title: The Porch
feed: https://example.org/feed.xml
host: {name: Ida Stone}
rights: {basis: CC BY-SA 4.0, attribution: The Porch}
consent: {scope: private evaluation, attested_by: you@example.org, date: 2026-11-23}
training: {min_prompt_tokens: 1, min_completion_tokens: 1}
questions: ["What makes a good fence?"]
"""


def pair(number, split, **changes):
    text = f"Fence number {number}"
    row = {
        "pair_id": f"pair-{number:03}",
        "show": "porch",
        "episode_id": f"episode-{number // 2}",
        "prompt": f"User: {text}?",
        "completion": f"{text}, and a post.",
        "prompt_tokens": 10,
        "completion_tokens": 10,
        "split": split,
        "must_have": False,
        "must_have_patterns": [],
    }
    return {**{name: 0 for name in SCHEMAS["pairs"].names if name not in row}, **row, **changes}


@pytest.fixture
def place(tmp_path):
    """A profile and a folder as a plan leaves it: six pairs train, four are held out, one is too long."""
    (tmp_path / "porch.yaml").write_text(PROFILE)
    rows = [pair(n, "train") for n in range(6)] + [pair(n, "held_out") for n in range(6, 10)]
    rows += [pair(11, "train", prompt_tokens=9000)]
    for number, part in enumerate((rows[::2], rows[1::2])):
        file = tmp_path / f"out/lake/pairs/year=2024/porch.2024-0{number + 1}.abc.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        schema = SCHEMAS["pairs"]
        columns = [{name: row[name] for name in schema.names} for row in part]
        pq.write_table(pa.Table.from_pylist(columns, schema=schema), file)
    return tmp_path


def export(place, *options):
    return main(["export", str(place / "porch.yaml"), "--out", str(place / "out"), *options])


def test_every_pair_that_may_train_is_there_in_every_format_and_no_held_out_one(place, capsys):
    assert export(place) == 0
    assert "6 pairs of 3 episodes train, 4 of 2 are held out" in capsys.readouterr().out
    for data_format in ("chat", "prompt_completion", "bedrock_conversation"):
        train, held_out = (
            (place / f"out/export/{name}.{data_format}.jsonl").read_bytes().splitlines()
            for name in ("train", "held_out")
        )
        assert (len(train), len(held_out)) == (6, 4)
        assert not set(train) & set(held_out)
        assert all(formats.fits(line, data_format) for line in (*train, *held_out))


def test_the_card_and_the_readme_say_whose_words_and_by_which_right(place):
    export(place)
    card = (place / "out/export/MODEL_CARD.md").read_text()
    for said in (
        "license: cc-by-sa-4.0",
        "Simulated; not the words of Ida Stone",
        "Attribution: The Porch",
    ):
        assert said in card
    assert "| trained on | 6 | 3 |" in card
    assert f"--show {place / 'porch.yaml'}" in (place / "out/export/README.md").read_text()


def test_a_licence_that_hubs_do_not_know_is_named_as_it_stands(place):
    (place / "porch.yaml").write_text(
        PROFILE.replace("CC BY-SA 4.0", '"Ours, by a letter: of 2024"')
    )
    export(place)
    card = (place / "out/export/MODEL_CARD.md").read_text()
    assert 'license: other\nlicense_name: "Ours, by a letter: of 2024"\n' in card


def test_an_export_goes_over_its_own_files_and_over_nobody_elses(place, capsys):
    assert export(place) == export(place) == 0
    (place / "out/export/recipe/train.py").write_text("mine\n")
    assert export(place) == 2
    assert "train.py is not as an export left it" in capsys.readouterr().err
    assert (place / "out/export/recipe/train.py").read_text() == "mine\n"
    assert export(place, "--into", str(place / "elsewhere")) == 0


@pytest.mark.parametrize("name", ["README.md", "notes.txt", "export.json"])
def test_a_strangers_folder_stays_as_it_is(place, capsys, name):
    (place / "elsewhere").mkdir()
    (place / "elsewhere" / name).write_text('{"a": 1}')
    assert export(place, "--into", str(place / "elsewhere")) == 2
    assert f"--into {place / 'elsewhere'} holds files that econchatr did not write" in " ".join(
        capsys.readouterr().err.split()
    )
    assert [path.name for path in (place / "elsewhere").iterdir()] == [name]


def test_what_a_person_puts_beside_an_export_stays_and_is_no_obstacle(place):
    assert export(place) == 0
    (place / "out/export/adapter").mkdir()
    (place / "out/export/adapter/weights.bin").write_text("tuned here")
    assert export(place) == 0
    assert (place / "out/export/adapter/weights.bin").read_text() == "tuned here"


def test_an_export_of_an_earlier_release_is_known_by_the_list_that_it_left(place, capsys):
    assert export(place) == 0
    folder = place / "out/export"
    files = [path for path in folder.rglob("*") if path.is_file() and ".econchatr" not in str(path)]
    listed = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    (folder / "export.json").write_text(json.dumps(listed))
    shutil.rmtree(folder / ".econchatr")
    (place / "porch.yaml").write_text(PROFILE.replace("The Porch", "The Long Porch"))
    assert export(place) == 0
    assert "The Long Porch" in (folder / "MODEL_CARD.md").read_text()
    shutil.rmtree(folder / ".econchatr")
    (folder / "README.md").write_text("mine\n")
    capsys.readouterr()
    assert export(place) == 2
    assert "README.md is not as an export left it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("without", "why"), [("rights", "no `rights`"), ("consent", "no `consent`")]
)
def test_text_that_nobody_may_use_is_not_exported(place, capsys, without, why):
    kept = [line for line in PROFILE.splitlines() if not line.startswith(without)]
    (place / "porch.yaml").write_text("\n".join(kept))
    assert export(place) == 2
    assert why in capsys.readouterr().err


def test_an_export_that_was_stopped_is_taken_up_again(place):
    export(place)
    (place / "out/export/MODEL_CARD.md").unlink()
    assert export(place) == 0
    assert (place / "out/export/MODEL_CARD.md").exists()


def test_what_trains_word_for_word_is_not_held_out(place):
    schema = SCHEMAS["pairs"]
    row = pair(2, "held_out", pair_id="pair-again", episode_id="again")
    file = place / "out/lake/pairs/year=2024/porch.2024-03.abc.parquet"
    pq.write_table(
        pa.Table.from_pylist([{name: row[name] for name in schema.names}], schema=schema), file
    )
    export(place)
    train, held_out = (
        set((place / f"out/export/{name}.chat.jsonl").read_bytes().splitlines())
        for name in ("train", "held_out")
    )
    assert (len(train), len(held_out)) == (6, 4)
    assert not train & held_out


def test_a_folder_without_pairs_is_planned_in_first(place, monkeypatch):
    asked = []

    def plan(show, location):
        asked.append((location.show, location.out))
        (place / "out").rename(place / "new")
        return 0

    monkeypatch.setattr(local_run, "plan_here", plan)
    show = str(place / "porch.yaml")
    assert main(["export", show, "--out", str(place / "new")]) == 0
    assert main(["export", show, "--out", str(place / "new")]) == 0
    assert asked == [(show, place / "new")]


def test_a_plan_that_fails_ends_the_export(place, monkeypatch):
    monkeypatch.setattr(local_run, "plan_here", lambda *_: 1)
    assert main(["export", str(place / "porch.yaml"), "--out", str(place / "new")]) == 1
    assert not (place / "new").exists()


def test_pairs_that_may_not_train_are_told(place, capsys):
    (place / "porch.yaml").write_text(
        PROFILE.replace("min_prompt_tokens: 1,", "min_prompt_tokens: 999,")
    )
    assert export(place) == 2
    assert "no pair of porch that may train" in capsys.readouterr().err


def test_a_command_in_the_readme_can_be_pasted_whatever_the_profile_is_called(place):
    (place / "porch.yaml").rename(place / "my porch.yaml")
    main(["export", str(place / "my porch.yaml"), "--out", str(place / "out")])
    (line,) = [
        line
        for line in (place / "out/export/README.md").read_text().splitlines()
        if line.startswith("econchatr score")
    ]
    assert shlex.split(line)[4] == str(place / "my porch.yaml")


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_what_the_recipe_asks_can_be_scored(place, tmp_path, capsys):
    export(place)
    prices = tmp_path / "prices.yaml"
    prices.write_text(catalogue.dump(catalogue.packaged()))
    model = catalogue.packaged().model("llama-3.1-8b").answering_model
    with start(prices, tmp_path / "provider") as provider:
        asked = subprocess.run(
            [
                *(sys.executable, place / "out/export/recipe/ask.py"),
                *("--base-url", provider.base_url, "--model", model),
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    (row,) = csv.DictReader(asked.splitlines())
    assert (row["question"], row["arm"], row["model"]) == (
        "What makes a good fence?",
        "tuned",
        model,
    )
    (tmp_path / "answers.csv").write_text(asked)
    capsys.readouterr()
    assert (
        main(
            ["score", str(tmp_path / "answers.csv"), "--show", str(place / "porch.yaml"), "--json"]
        )
        == 0
    )
    assert json.loads(capsys.readouterr().out)


def test_questions_are_asked_as_the_pairs_end(place):
    export(place)
    (item,) = json.loads((place / "out/export/questions.json").read_text())
    trained = json.loads((place / "out/export/train.chat.jsonl").read_text().splitlines()[0])
    cue = trained["messages"][0]["content"].rpartition("\n\n")[2]
    assert item["messages"][0]["content"] == f"What makes a good fence?\n\n{cue}"


def test_what_was_said_before_goes_along_where_the_show_wants_it(place):
    wanted = PROFILE.replace("min_prompt_tokens: 1", "context_tokens: 60, min_prompt_tokens: 1")
    (place / "porch.yaml").write_text(wanted)
    file = place / "out/lake/pairs/year=2023/porch.2023-01.abc.parquet"
    file.parent.mkdir(parents=True)
    rows = [pair(n, "train", turn=2 * n - 40, episode_id="long") for n in range(20, 25)]
    columns = [{name: row[name] for name in SCHEMAS["pairs"].names} for row in rows]
    pq.write_table(pa.Table.from_pylist(columns, schema=SCHEMAS["pairs"]), file)
    export(place)
    lines = (place / "out/export/train.chat.jsonl").read_text().splitlines()
    lengths = [len(json.loads(line)["messages"]) for line in lines if "number 2" in line]
    assert max(lengths) == 8
