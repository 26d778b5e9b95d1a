import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from infra.cli import inputs
from shared import catalogue, shows
from shared.errors import BadInput, InvalidField, MissingPrice, UnknownField, UnknownShow
from tests.unit.shared.run.porch import SHOW

PORCH = shows.parse(SHOW, "test")
CEILING = {"ceiling_usd": "5.00"}


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "porch.yaml"
    path.write_text(yaml.safe_dump(SHOW), encoding="utf-8")
    return path


def run_input(text, options=None, **defaults):
    return inputs.run_input(text, PORCH, defaults, options or {})


def test_a_show_is_named_or_is_a_file(profile):
    assert inputs.show_profile("demo").name == "demo"
    assert inputs.show_profile(str(profile)) == PORCH


def test_a_profile_file_may_have_any_name(profile):
    other = profile.rename(profile.with_name("profile"))
    assert inputs.show_profile(str(other)) == PORCH


@pytest.mark.parametrize(
    "name", ["nosuch", ".", "nosuch.yaml", "a" * 300, "../demo", "", "\0.yaml"]
)
def test_a_show_that_is_not_there_is_refused_by_its_name(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownShow, match=re.escape(repr(name))):
        inputs.show_profile(name)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"name: [", b"- porch", b"", b"name: porch"])
def test_a_file_that_is_no_profile_is_refused_by_its_name(tmp_path, content):
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises((UnknownShow, InvalidField), match=r"mine\.yaml"):
        inputs.show_profile(str(path))


def test_the_input_is_json_with_the_show_inline():
    document = run_input('{"ceiling_usd": "5.00"}')
    assert document == {**CEILING, "show": inputs.inline(PORCH)}


def test_options_go_before_what_the_input_says_and_defaults_after():
    told = run_input(
        '{"ceiling_usd": "5.00", "limit": 3}', {"limit": 9}, ceiling_usd="1.00", n_epochs=2
    )
    assert (told["ceiling_usd"], told["limit"], told["n_epochs"]) == ("5.00", 9, 2)


def test_an_option_that_is_no_amount_is_refused_as_the_input_is():
    with pytest.raises(InvalidField, match=r"^--ceiling is"):
        run_input("{}", {"ceiling_usd": "$5"})


def test_the_input_may_be_in_a_file(tmp_path):
    path = tmp_path / "input.json"
    path.write_text(json.dumps(CEILING), encoding="utf-8")
    assert run_input(f"@{path}") == run_input(json.dumps(CEILING))


def test_the_input_may_name_the_same_show():
    document = run_input('{"show": "porch", "ceiling_usd": "5.00"}')
    assert document["show"] == inputs.inline(PORCH)


@pytest.mark.parametrize("other", ['"demo"', "null", '{"name": "porch"}', "[]"])
def test_the_input_may_not_name_another_show(other):
    with pytest.raises(InvalidField, match="--show is porch"):
        run_input(f'{{"show": {other}}}')


@pytest.mark.parametrize("text", ["", "{", "ceiling_usd=5.00", "[]", '"5.00"', "5", "null", "NaN"])
def test_an_input_that_is_no_json_object_is_refused_with_what_to_write(text):
    with pytest.raises(InvalidField, match=r"--input .* \{\"ceiling_usd\": \"5\.00\"\}"):
        run_input(text)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_an_input_file_that_cannot_be_read_is_refused_by_its_name(tmp_path, content):
    path = tmp_path / "input.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidField, match=r"input\.json"):
        run_input(f"@{path}")


@given(st.text(max_size=60))
@example("@\0")
def test_whatever_is_typed_as_input_is_taken_or_refused_in_a_sentence(text):
    try:
        assert isinstance(run_input(text, **CEILING), dict)
    except BadInput as refusal:
        assert "input" in str(refusal)  # noqa: PT017 - most text is refused, some is JSON


def test_a_field_that_stands_twice_is_refused_because_nobody_knows_which_is_meant():
    with pytest.raises(InvalidField, match="'ceiling_usd' stands a second time"):
        run_input('{"ceiling_usd": "5.00", "ceiling_usd": "5000.00"}')


@pytest.mark.parametrize("amount", ["0", "-1.00", "1e3", "$5", "5.0000001", "five"])
@pytest.mark.parametrize("field", ["ceiling_usd", "max_cost_per_model_usd"])
def test_an_amount_that_is_none_is_refused_with_its_line_in_the_file(tmp_path, field, amount):
    path = tmp_path / "input.json"
    path.write_text(json.dumps({"n_epochs": 4, **CEILING, field: amount}, indent=1))
    line = 3 if field == "ceiling_usd" else 4
    with pytest.raises(InvalidField) as refusal:
        run_input(f"@{path}")
    assert f"line {line}: {field} is {amount!r}; write" in str(refusal.value)


def test_a_field_that_does_not_exist_is_refused_with_its_line_in_the_file(tmp_path):
    path = tmp_path / "input.json"
    path.write_text('{"ceiling_usd": "5.00",\n"cieling_usd": "5.00"}')
    with pytest.raises(UnknownField, match="line 2: the input has no field 'cieling_usd'"):
        run_input(f"@{path}")


def test_a_file_indented_with_tabs_is_refused_without_its_line(tmp_path):
    path = tmp_path / "input.json"
    path.write_text('{\n\t"ceiling_usd": "-5.00"}')
    with pytest.raises(InvalidField, match="usable: ceiling_usd is"):
        run_input(f"@{path}")


def test_a_show_comes_back_from_inline_as_it_was():
    for name in shows.packaged_names():
        show = shows.packaged(name)
        assert shows.parse(json.loads(json.dumps(inputs.inline(show))), "inline") == show


def own_catalogue(tmp_path, **changes):
    entry = catalogue.packaged().model("gpt-4.1-mini").model_dump(mode="json", exclude_none=True)
    path = tmp_path / "prices.yaml"
    path.write_text(yaml.safe_dump({"as_of": "2026-11-23", "models": [{**entry, **changes}]}))
    return path


def test_without_a_catalogue_of_ones_own_the_packaged_one_holds():
    assert inputs.models_and_prices(None) == catalogue.packaged()


def test_ones_own_entry_takes_the_place_of_the_packaged_one(tmp_path):
    models = inputs.models_and_prices(own_catalogue(tmp_path, margin_percent=77))
    assert models.model("gpt-4.1-mini").margin_percent == 77
    assert models.model("gpt-4o") == catalogue.packaged().model("gpt-4o")


def test_a_missing_price_is_refused_before_anything_starts(tmp_path):
    models = inputs.models_and_prices(own_catalogue(tmp_path, prices=[]))
    document = run_input(json.dumps({**CEILING, "models": ["gpt-4.1-mini"]}))
    with pytest.raises(MissingPrice, match=r"gpt-4\.1-mini has no price for training"):
        inputs.check(document, PORCH, models, "100.00")


def test_a_price_list_that_is_not_usable_says_where(tmp_path):
    with pytest.raises(InvalidField, match=r"prices\.yaml.*line \d+.*margin_percent"):
        inputs.models_and_prices(own_catalogue(tmp_path, margin_percent=-1))


@pytest.mark.parametrize("name", ["nosuch.yaml", ""])
def test_a_price_list_that_cannot_be_read_is_refused_by_its_name(tmp_path, name):
    with pytest.raises(InvalidField, match="--catalogue"):
        inputs.models_and_prices(tmp_path / name)


def test_what_the_first_state_would_refuse_is_refused_now():
    with pytest.raises(UnknownField, match="cieling_usd"):
        inputs.check({"cieling_usd": "5.00"}, PORCH, catalogue.packaged(), "100.00")


@pytest.mark.parametrize("amount", ["0", "-1.00", "1e3", "$5", "5.0000001", "", "nan", "1,000"])
def test_an_amount_that_is_none_is_refused_by_its_field(amount):
    models = catalogue.packaged()
    document = {"show": inputs.inline(PORCH), "ceiling_usd": amount}
    with pytest.raises(InvalidField, match="ceiling_usd is"):
        inputs.check(document, PORCH, models, "100.00")
    with pytest.raises(InvalidField, match="--month-ceiling-usd is"):
        inputs.check({**document, **CEILING}, PORCH, models, amount)


@pytest.mark.parametrize(
    "address", [None, "http://127.0.0.1:9/v1/", "https://api.openai.com/v1/", "http://[::1]:9/"]
)
def test_an_address_that_can_be_asked_is_taken(address):
    inputs.check_address(address)


@pytest.mark.parametrize("address", ["http://[", "api.openai.com", "ftp://x/", "http://", "x"])
def test_an_address_that_cannot_be_asked_is_refused(address):
    with pytest.raises(InvalidField, match="--openai-base-url"):
        inputs.check_address(address)


def test_packaged_profiles_need_no_file_beside_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("demo").mkdir()
    assert inputs.show_profile("demo").name == "demo"


@pytest.mark.parametrize("who", ["me:canary@", "canary@", ""])
def test_no_secret_stands_in_an_address(who):
    with pytest.raises(InvalidField, match="user name, a password") as refused:
        inputs.check_address(f"https://{who}api.example.org/v1/{'' if who else '?key=canary'}")
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://api.example.org/v1/",
        "http://127.0.0.1@api.example.org/v1/",
        "http://10.0.0.7:8000/v1/",
    ],
)
def test_no_key_goes_to_another_machine_in_the_clear(address):
    with pytest.raises(InvalidField, match="in the clear; write https://"):
        inputs.check_address(address)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:11434", "[::1]:8000"])
def test_a_provider_on_this_machine_may_be_asked_over_http(host):
    inputs.check_address(f"http://{host}/v1/")
