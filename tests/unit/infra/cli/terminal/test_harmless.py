"""Whatever a model, a feed or a file says, no command lets it act on the terminal."""

import io
import json
import sys
import unicodedata

import pytest

from infra.cli.query.query import show
from infra.cli.terminal.harmless import harmless, harmless_output
from infra.cli.terminal.screen import print_json, print_table, print_wrapped
from infra.cli.terminal.side_by_side import print_answers

CONTROLS = [
    chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if chr(code) not in "\t\n"
]
DIRECTIONS = [
    chr(code)
    for code in range(0x110000)
    if unicodedata.bidirectional(chr(code)) in {"LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
] + ["\u200e", "\u200f", "\u061c"]  # fmt: skip
ALL = [*CONTROLS, *DIRECTIONS, "\u2028", "\u2029"]
ATTACK = (
    "\x1b]0;mine\x07\x1b[2J\x9b31m\x1b]8;;https://x.example\x1b\\here\u202eereht\r\x00\x08"
    + "".join(ALL)
)
WAYS = {
    "print": lambda text: sys.stdout.write(f"{text}\n"),
    "error": lambda text: sys.stderr.write(f"{text}\n"),
    "pieces": lambda text: sys.stdout.writelines([text[:40], text[40:]]),
    "a paragraph": print_wrapped,
    "a paragraph to stderr": lambda text: print_wrapped(text, to_stderr=True),
    "a table": lambda text: print_table((text, "n"), [(text, 1)]),
    "JSON": lambda text: print_json({text: [text]}),
    "a query": lambda text: show([text], [[text]], "table"),
    "a query, whole": lambda text: show([text], [[text]], "full"),
    "a query as JSON": lambda text: show([text], [[text]], "json"),
    "answers": lambda text: print_answers({"tuned": {"answer": text, "prompt": text}}, None),
}  # fmt: skip


def test_every_control_and_direction_character_becomes_a_sign():
    assert len(DIRECTIONS) == 12
    for character in ALL:
        assert harmless(f"a{character}b") == "a\N{REPLACEMENT CHARACTER}b", hex(ord(character))
    kept = "a\tb\nç 日本 e\u0301 👩\u200d🔬 \ud83d\ude00"
    assert harmless(kept) == "a\tb\nç 日本 e\u0301 👩\u200d🔬 😀"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_way_of_printing_lets_text_act(capsys, way):
    with harmless_output():
        way(ATTACK)
    said = "".join(capsys.readouterr())
    assert "mine" in said
    assert [hex(ord(one)) for one in said if one in ALL] == []


def test_json_keeps_every_character_and_lets_none_act(capsys):
    print_json({"a": ATTACK})
    assert json.loads(capsys.readouterr().out) == {"a": ATTACK}


def test_a_file_of_comma_separated_values_has_the_data_as_it_is(capsys):
    with harmless_output():
        show(["a"], [["\u202e"]], "csv")
    assert capsys.readouterr().out == "a\n\u202e\n"


def test_what_an_encoding_has_not_is_no_error(monkeypatch):
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", ascii_only)
    with harmless_output():
        sys.stdout.write("café\n")
        print_table(("é", "n"), [("é", 1)])
    ascii_only.flush()
    assert ascii_only.buffer.getvalue().startswith(b"caf?\n")
    assert sys.stdout is ascii_only
