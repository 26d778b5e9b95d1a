"""What was learnt here goes home with the run that bought it, with a card that says what it is."""

import json

import pytest
import yaml

from infra.local.taken_home import take_home
from shared.lake import Bucket, keys
from tests.memory_s3 import s3_in_memory
from tests.unit.infra.local.test_own import SMOL, settings

JOB = "ftjob-1"
LINES = [
    {"at": 1.0, "what": "started", "steps": 9, "step": 0, "weights": 4_884_480, "of": 134_515_008},
    {"at": 2.0, "what": "held_out", "step": 0, "loss": 3.898, "accuracy": 0.2},
    {"at": 3.0, "what": "held_out", "step": 9, "loss": 3.4561, "accuracy": 0.3},
]


@pytest.fixture
def bucket():
    with s3_in_memory("lake") as s3:
        yield Bucket(s3, "lake")


@pytest.fixture
def trainings(tmp_path):
    adapter = tmp_path / JOB / "adapter"
    adapter.mkdir(parents=True)
    config = {"base_model_name_or_path": "/a/folder/of/this/machine", "r": 16}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    (adapter / "adapter_model.safetensors").write_bytes(b"weights")
    lines = "".join(json.dumps(line) + "\n" for line in LINES)
    (tmp_path / JOB / "progress.jsonl").write_text(lines)
    return tmp_path


def test_the_adapter_lies_in_the_run_and_names_its_base_and_no_folder_of_this_machine(
    bucket, trainings
):
    run = settings("smollm2-135m")
    bucket.write_json(keys.outcome(run.run_id, "smollm2-135m"), {"job_id": JOB})
    (home,) = take_home(bucket, trainings, run)
    assert home.startswith(f"runs/{run.run_id}/")
    assert bucket.read_json(f"{home}/adapter_config.json")["base_model_name_or_path"] == SMOL
    assert bucket.read(f"{home}/adapter_model.safetensors") == b"weights"


def test_its_card_says_what_was_trained_how_the_loss_went_and_whose_words_it_does_not_say(
    bucket, trainings
):
    run = settings("smollm2-135m")
    bucket.write_json(keys.outcome(run.run_id, "smollm2-135m"), {"job_id": JOB})
    (home,) = take_home(bucket, trainings, run)
    card = bucket.read(f"{home}/README.md").decode()
    told = yaml.safe_load(card.split("---")[1])
    assert (told["base_model"], told["library_name"]) == (SMOL, "peft")
    assert "4,884,480 weights" in card
    assert "3.898 before and 3.456 after" in card
    assert "not the words of Mara Tolliver" in card
    assert "stand-in" not in card


@pytest.mark.parametrize("outcome", [None, {"job_id": None}, {"job_id": "ftjob-of-another"}])
def test_a_model_that_was_not_trained_here_is_passed_over(bucket, trainings, outcome):
    run = settings("smollm2-135m")
    if outcome is not None:
        bucket.write_json(keys.outcome(run.run_id, "smollm2-135m"), outcome)
    assert take_home(bucket, trainings, run) == []
