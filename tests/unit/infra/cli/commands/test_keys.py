"""Keys: kept by the system's own store, never shown, found by the address that is asked."""

import io

import keyring
import pytest
from click.testing import CliRunner
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoStore
from keyring.errors import PasswordSetError

from infra.cli.main import econchatr, main
from infra.local import keys
from infra.local.laptop import STAND_IN_KEY, api_key
from shared import catalogue
from shared.errors import NoApiKey

KNOWN = catalogue.packaged()
NEBIUS, ELSEWHERE = "https://api.tokenfactory.nebius.com/v1/", "https://api.example.org/v1/"
CANARY = "sk-canary-0123456789"


class Store(KeyringBackend):
    """A store in memory, of keyring's own kind."""

    priority: float = 5
    name = "store of this test"

    def __init__(self):
        super().__init__()
        self.held = {}

    def get_password(self, service, username):
        return self.held.get((service, username))

    def set_password(self, service, username, password):
        self.held[service, username] = password

    def delete_password(self, service, username):
        del self.held[service, username]


class Locked(Store):
    """One that takes nothing."""

    def set_password(self, service, username, password):  # noqa: ARG002
        raise PasswordSetError("locked")


class InTheClear(Store):
    """One that keeps its secrets where anybody may read them."""

    priority = 0.5


@pytest.fixture
def store(monkeypatch):
    for name in (keys.VARIABLE, "NEBIUS_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    before, store = keyring.get_keyring(), Store()
    keyring.set_keyring(store)
    yield store
    keyring.set_keyring(before)


def run(monkeypatch, words, typed=""):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return main(["keys", *words])


def test_a_key_that_was_piped_in_is_kept_and_never_shown(store, monkeypatch, capsys):
    assert run(monkeypatch, ["set", "nebius"], f"{CANARY}\n") == 0
    assert run(monkeypatch, ["list"]) == 0
    said = capsys.readouterr()
    assert "The key for nebius is in the store of this test" in said.out
    assert CANARY not in said.out + said.err
    assert api_key(NEBIUS, KNOWN) == CANARY


def test_a_key_that_is_typed_is_not_echoed(store, monkeypatch):
    monkeypatch.setattr(
        "click.testing._NamedTextIOWrapper.isatty", lambda self: True, raising=False
    )
    told = CliRunner().invoke(econchatr, ["keys", "set", "openai"], input=f"{CANARY}\n")
    assert told.exit_code == 0, told.output
    assert "API key for openai" in told.output
    assert CANARY not in told.output
    assert keys.kept("openai") == CANARY


def test_a_providers_own_key_goes_before_one_that_stands_for_any(store, monkeypatch, capsys):
    monkeypatch.setenv(keys.VARIABLE, "of-openai")
    assert api_key(NEBIUS, KNOWN) == "of-openai"
    store.set_password("econchatr", "nebius", "kept")
    assert api_key(NEBIUS, KNOWN) == "kept"
    monkeypatch.setenv("NEBIUS_API_KEY", "given")
    assert api_key(NEBIUS, KNOWN) == "given"
    assert run(monkeypatch, ["list"]) == 0
    said = capsys.readouterr().out
    assert "NEBIUS_API_KEY, then the store of this test, then OPENAI_API_KEY" in said
    assert "given" not in said


@pytest.mark.parametrize("address", ["https://api.openai.com/v1/", ELSEWHERE])
def test_the_environment_goes_before_the_store(store, monkeypatch, address):
    for name in ("openai", "api.example.org", "nebius"):
        store.set_password("econchatr", name, "kept")
    assert api_key(address, KNOWN) == "kept"
    monkeypatch.setenv("NEBIUS_API_KEY", "of-another")
    assert api_key(address, KNOWN) == "kept"
    monkeypatch.setenv(keys.VARIABLE, "given")
    assert api_key(address, KNOWN) == "given"


def test_a_provider_without_a_key_is_named_with_its_variable_and_the_command(store):
    with pytest.raises(
        NoApiKey, match=r"for nebius; set NEBIUS_API_KEY .* `econchatr keys set nebius`"
    ):
        api_key(NEBIUS, KNOWN)


@pytest.mark.parametrize(("name", "own"), [("openai", "OPENAI"), ("my-own gpu", "MY_OWN_GPU")])
def test_a_providers_variable_is_named_after_it(name, own):
    assert keys.variable(name) == f"{own}_API_KEY"


def test_an_address_of_nobodys_has_its_key_under_its_host(store, monkeypatch):
    assert run(monkeypatch, ["set", "api.example.org"], CANARY) == 0
    assert api_key(ELSEWHERE, KNOWN) == CANARY
    with pytest.raises(NoApiKey, match="econchatr keys set nebius"):
        api_key(NEBIUS, KNOWN)


def test_a_provider_on_this_machine_needs_none_and_is_sent_none_of_the_store(store):
    store.set_password("econchatr", "127.0.0.1", CANARY)
    assert api_key("http://127.0.0.1:8000/v1/", KNOWN) == STAND_IN_KEY


def test_a_key_is_forgotten_once(store, monkeypatch, capsys):
    store.set_password("econchatr", "nebius", CANARY)
    for said in ("Forgot key for nebius", "There is no key for nebius"):
        assert run(monkeypatch, ["forget", "nebius"]) == 0
        assert said in capsys.readouterr().out
    assert store.held == {}


@pytest.mark.parametrize("typed", ["", "two words", "schlüssel", "x" * 5000, "\n"])
def test_what_is_no_key_is_refused_without_being_repeated(store, monkeypatch, capsys, typed):
    assert run(monkeypatch, ["set", "nebius"], typed) == 2
    said = capsys.readouterr().err
    assert "what was given holds no API key" in said
    assert not typed.strip() or typed not in said
    assert store.held == {}


def test_a_name_of_nobodys_is_refused_with_the_names_there_are(store, monkeypatch, capsys):
    assert run(monkeypatch, ["set", "nebus"], CANARY) == 2
    said = capsys.readouterr().err
    assert "'nebus' is none of openai, nebius, own; did you mean nebius?" in said


@pytest.mark.parametrize("backend", [NoStore(), Locked(), InTheClear()])
def test_a_machine_without_a_store_says_so_and_keeps_no_file_instead(
    store, monkeypatch, capsys, tmp_path, backend
):
    keyring.set_keyring(backend)
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, ["set", "nebius"], CANARY) == 2
    said = capsys.readouterr().err
    assert "NEBIUS_API_KEY" in said
    assert CANARY not in said
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NoApiKey):
        api_key(NEBIUS, KNOWN)


PASTED = (f"{CANARY}\n", f" {CANARY}\r\n", f'"{CANARY}"', f"“{CANARY}”", f"\ufeff{CANARY}")


@pytest.mark.parametrize("pasted", PASTED)
def test_a_key_is_clean_wherever_it_is_read(store, monkeypatch, pasted):
    monkeypatch.setenv(keys.VARIABLE, pasted)
    for address in (NEBIUS, ELSEWHERE, "http://127.0.0.1:8000/v1/"):
        assert api_key(address, KNOWN) == CANARY
    store.set_password("econchatr", "nebius", pasted)
    monkeypatch.delenv(keys.VARIABLE)
    assert api_key(NEBIUS, KNOWN) == CANARY
    assert run(monkeypatch, ["set", "openai"], pasted) == 0
    assert store.held["econchatr", "openai"] == CANARY


@pytest.mark.parametrize("wrong", ["sk-canary two", "sk-canary\nsecond", "sk-canary-schlüssel"])
def test_what_is_no_key_is_named_by_its_variable_before_anything_is_asked(
    store, monkeypatch, capsys, wrong
):
    monkeypatch.setenv("NEBIUS_API_KEY", wrong)
    with pytest.raises(NoApiKey, match=r"^NEBIUS_API_KEY holds no API key") as refused:
        api_key(NEBIUS, KNOWN)
    assert "canary" not in str(refused.value)
    assert run(monkeypatch, ["list"]) == 2
    assert "canary" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("configured", ["no.such.backend.Keyring", "keyring", "no_such"])
def test_a_store_that_is_configured_and_gone_is_told_by_where_it_is_configured(
    monkeypatch, capsys, configured
):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", configured)
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    assert run(monkeypatch, ["set", "nebius"], CANARY) == 2
    said = capsys.readouterr().err
    assert "PYTHON_KEYRING_BACKEND" in said
    assert "NEBIUS_API_KEY" in said
    assert keys.kept("nebius") is None


def test_bedrock_has_no_key_to_keep(store, monkeypatch, capsys):
    assert run(monkeypatch, ["set", "bedrock"], CANARY) == 2
    assert "is none of" in capsys.readouterr().err
