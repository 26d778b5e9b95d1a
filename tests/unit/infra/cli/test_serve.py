"""What is served from this machine, and to whom."""

import pytest

from infra.cli.serve import api_key, chosen, serve_models
from infra.local import own
from infra.local.own import TunerMissing
from shared import catalogue
from shared.errors import InvalidField

KNOWN = catalogue.packaged()


@pytest.fixture(autouse=True)
def _no_key_of_ones_own(monkeypatch):
    monkeypatch.delenv("OWN_API_KEY", raising=False)
    monkeypatch.setattr("infra.cli.serve.kept", lambda _: None)


def test_without_a_name_all_models_of_this_machine_are_served():
    assert [model.model for model in chosen(KNOWN, [])] == ["smollm2-135m"]


def test_a_service_s_model_is_none_of_this_machine():
    with pytest.raises(InvalidField, match=r"'gpt-4.1' is none that this machine tunes"):
        chosen(KNOWN, ["gpt-4.1"])


def test_a_key_is_made_up_once_and_kept_where_its_owner_alone_reads_it(tmp_path):
    key, place = api_key(tmp_path)
    assert api_key(tmp_path) == (key, place)
    assert len(key) > 32
    assert (tmp_path / "api-key").stat().st_mode & 0o077 == 0


def test_the_users_own_key_goes_before(tmp_path, monkeypatch):
    monkeypatch.setenv("OWN_API_KEY", "mine")
    assert api_key(tmp_path) == ("mine", "OWN_API_KEY")
    assert list(tmp_path.iterdir()) == []


def test_without_the_tuner_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(own, "TUNER", tmp_path)
    with pytest.raises(TunerMissing, match="run `make tuner` first"):
        serve_models(KNOWN, [], tmp_path / "state", 0)
    assert not (tmp_path / "state").exists()
