"""Words of an episode are found again in whatever kind of file they stand."""

import gzip
import html
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.erasure import fingerprint

SAID = "A wrong number looks like a stone in the rice, and “nobody” ever moved out of the house."
OTHER = "We talked about bread for an hour, and then the ovens were cold and we all went home."
OPENING = "Welcome to the show, I'm Ida Stone and this is a talk about keeping things going."
FOUND = fingerprint([OPENING, SAID], [OPENING, OTHER])


def parquet(text: str) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"n": [1], "text": [text]}), out)
    return out.getvalue()


WRITTEN = {
    "page.html": lambda text: f"<p class='x'>{html.escape(text)}</p>".encode(),
    "marked.html": lambda text: text.replace("stone", "<mark>stone</mark>").encode(),
    "pairs.jsonl": lambda text: (
        json.dumps({"messages": [{"content": f"So?\n{text}"}]}) + "\n{}\n"
    ).encode(),
    "answers.json": lambda text: json.dumps([{"answer": text}], indent=1).encode(),
    "broken.json": lambda text: f'{{"answer": "{text}"'.encode(),
    "table.csv": lambda text: f'1,"{text}"\n'.encode(),
    "table.parquet": parquet,
    "raw.gz": lambda text: gzip.compress(html.escape(text).encode()),
    "compared.html": lambda text: f"<p>5 &lt; 6, and <i>{html.escape(text)}</i></p>".encode(),
    "compared.csv": lambda text: f'1,"5 < 6, and {text}"\n'.encode(),
    "broken.html": lambda text: f"<p class=x {text}".encode(),
    "loud.txt": lambda text: text.upper().replace("“", '"').replace("”", '"').encode(),
    "latin.txt": lambda text: text.encode("cp1252"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_an_episodes_words_are_found_in_every_kind_of_file(name: str) -> None:
    assert FOUND.marks_file(name, WRITTEN[name](SAID))
    assert not FOUND.marks_file(name, WRITTEN[name](OTHER))


@pytest.mark.parametrize("name", WRITTEN)
def test_what_other_episodes_say_too_is_nobodys_trace(name: str) -> None:
    assert not FOUND.marks_file(name, WRITTEN[name](OPENING))


@given(st.lists(st.sampled_from(SAID.split()), max_size=7))
def test_fewer_than_eight_words_are_no_trace(some: list[str]) -> None:
    assert not FOUND.marks(" ".join(some))


@given(st.binary(max_size=200), st.sampled_from(["a.json", "b.jsonl", "c.html", "d.csv"]))
def test_no_file_is_too_strange_to_be_looked_through(body: bytes, name: str) -> None:
    assert not FOUND.marks_file(name, body)


def test_a_row_is_marked_by_any_of_its_texts() -> None:
    assert FOUND.marks_row({"n": 3, "answer": None, "prompt": SAID})
    assert not FOUND.marks_row({"n": 3, "answer": OTHER, "prompt": None})
