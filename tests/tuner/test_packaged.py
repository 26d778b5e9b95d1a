"""The model that `make tuner` brings speaks English, and a few steps on a talk teach it something."""

import csv
import io

import pytest

from tests.tuner.conftest import PACKAGED
from tests.tuner.support import BASE, tuning
from tests.unit.infra.local.provider.support import EXAMPLES, chat_lines


@pytest.fixture(scope="module")
def packaged(tmp_path_factory):
    with tuning(PACKAGED, tmp_path_factory.mktemp("packaged") / "state") as running:
        yield running


def test_it_answers_in_english(packaged):
    said = packaged.says(BASE, "What is the capital of France?", max_tokens=20)
    assert "Paris" in said


def test_its_loss_on_what_it_was_not_shown_falls(packaged):
    held_out = packaged.upload(chat_lines(EXAMPLES[-2:]))
    wishes = {"n_epochs": 3, "batch_size": 4, "learning_rate": 0.001}
    job = packaged.create(
        chat_lines(EXAMPLES[:10]), model=BASE, hyperparameters=wishes, validation_file=held_out
    )
    ended = packaged.ended(job.id)
    assert ended.status == "succeeded", ended.error
    results = packaged.client.files.content(ended.result_files[0]).text
    losses = [
        float(row["valid_loss"])
        for row in csv.DictReader(io.StringIO(results))
        if row["valid_loss"]
    ]
    print(f"held-out loss {losses[0]:.3f} before, {losses[-1]:.3f} after")
    assert losses[-1] < losses[0]
    assert packaged.says(ended.fine_tuned_model)
