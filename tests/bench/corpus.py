"""From pages to Parquet with turns, tokens and pairs, against tokenizing the same text alone and a plain notebook."""

import io
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

from shared import tokens
from shared.corpus.reading import turn_rows
from shared.dataset import boilerplate, held_out
from shared.dataset.pairs import pairs_of
from shared.lake.tables import parquet, rows_of
from shared.shingles import in_order, sketch
from shared.shows import Training
from shared.transcripts import Host, TranscriptRefused, read_transcript
from tests import talks
from tests.bench.growth import median_cpu_seconds, peak_mb
from tests.places import GIVEN

REPEATS = 3
SMALL, MIDDLE, LARGE = 50, 500, 2_000
TURNS = 160
TRAINING = Training(must_have=("fence", "prairie", "humility"))
MEGABYTE = 1_000_000
LABEL = re.compile(r"^([A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3}):\s*")
INTERVIEWS, MAKE_SITE = GIVEN / "data" / "founderstalk", GIVEN / "tools" / "make_site.py"
THIRD_WORD = re.compile(rb"(?: [\w',.]+){3}(?= )")
HOST = Host("Adam Stacoviak" if INTERVIEWS.is_dir() else talks.HOST)


def measured() -> dict[str, float | str]:
    """Ratios of processor time from one run; memory in megabytes, each of a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        pages = list(written(SMALL, Path(folder)))
        said = [turn["text"] for page in pages for turn in turns_of(page)]
        alone = median_cpu_seconds(lambda: [tokens.count(text) for text in said], REPEATS)
        ours = median_cpu_seconds(lambda: build(pages, Path(folder)), REPEATS)
        plain = median_cpu_seconds(lambda: notebook(pages), REPEATS)
        many = list(written(LARGE, Path(folder)))
        # Other words have more tokens, so copies stand against copies.
        few = many[SMALL : 2 * SMALL]
        grown = median_cpu_seconds(lambda: build(many, Path(folder)), 1) / median_cpu_seconds(
            lambda: build(few, Path(folder)), REPEATS
        )
    code = "from tests.bench.corpus import build_anew; build_anew({})"
    peaks = {count: peak_mb(code.format(count)) for count in (SMALL, MIDDLE, LARGE)}
    return {
        "pages": "real interviews" if INTERVIEWS.is_dir() else "invented talks",
        "episodes": SMALL,
        "megabytes": round(sum(map(len, pages)) / MEGABYTE, 2),
        "tokens": sum(map(tokens.count, said)),
        "episodes_per_second": round(SMALL / ours, 1),
        "megabytes_per_second": round(sum(map(len, pages)) / MEGABYTE / ours, 2),
        "over_tokenizing": round(ours / alone, 2),
        "faster_than_plain": round(plain / ours, 2),
        f"per_episode_{LARGE}_over_{SMALL}": round(grown * SMALL / LARGE, 2),
        **{f"peak_mb_{count}": peak for count, peak in peaks.items()},
        "peak_mb": max(peaks.values()),
    }


def written(episodes: int, folder: Path) -> Iterator[bytes]:
    """Pages in EconTalk's structure, of real interviews where they are given, else of invented talks."""
    if not INTERVIEWS.is_dir():
        for number in range(episodes):
            rows = "".join(
                f"<tr><td>0:33</td><td><p><b>{who}:</b> {text}</p></td></tr>"
                for who, text in talks.invented(number, TURNS)
            )
            yield f'<html><body><table class="ts2">{rows}</table></body></html>'.encode()
        return
    interviews = len(list(INTERVIEWS.glob("*.md")))
    site = folder / f"site-{episodes}"
    options = ("--host", HOST.name, "--repeat", str(-(-episodes // interviews)))
    command: list[str | Path] = [sys.executable, MAKE_SITE, INTERVIEWS, site, *options]
    subprocess.run(command, check=True, capture_output=True)
    truth = (site / "truth.jsonl").read_text("utf-8").splitlines()[:episodes]
    for number, line in enumerate(truth):
        slug = json.loads(line)["url"].rstrip("/").rpartition("/")[2]
        page = (site / slug / "index.html").read_bytes()
        yield _with_other_words(page, number // interviews) if number >= interviews else page


def _with_other_words(page: bytes, copy: int) -> bytes:
    """A copy in which every third word is another, so that no span of it stands elsewhere."""
    letters = "".join("abcdefghij"[int(digit)] for digit in str(copy)).encode()
    return THIRD_WORD.sub(rb"\g<0>" + letters, page)


def build(pages: Iterable[bytes], folder: Path) -> None:
    """What *Scrape episodes* and *Build dataset* make of pages: turns and pairs as Parquet, a file an episode."""
    files = []
    for number, page in enumerate(pages):
        turns = turns_of(page)
        sketch(turn["text"] for turn in turns)
        files.append(folder / f"turns-{number}.parquet")
        files[-1].write_bytes(parquet("turns", turns))
    step = -(-len(files) // held_out.MOST_EPISODES) or 1
    recurring = boilerplate.recurring_shingles(map(read, files[::step]))
    sieve = boilerplate.Sifter(in_order(recurring))
    for number, file in enumerate(files):
        turns = rows_of("turns", file.read_bytes(), ("role", "text", "n_tokens"))
        pairs = pairs_of(turns, "porch", f"e{number}", TRAINING, "train", sieve)
        rows = (pair.row() for pair in pairs)
        file.with_stem(f"pairs-{number}").write_bytes(parquet("pairs", rows))


def read(file: Path) -> list[str]:
    """The texts of a file of `turns`."""
    return [row["text"] for row in rows_of("turns", file.read_bytes(), ("text",))]


def turns_of(page: bytes) -> list[dict[str, Any]]:
    """A page's rows of `turns`; none where it is refused."""
    with suppress(TranscriptRefused):
        return turn_rows(
            "porch", "e", read_transcript(page, content_type=None, host=HOST, guests=())
        )
    return []


def notebook(pages: Sequence[bytes]) -> bytes:
    """The same as such notebooks do it: BeautifulSoup, a regular expression, pandas row by row."""
    rows = []
    for number, page in enumerate(pages):
        table = BeautifulSoup(page, "html.parser").find("table", class_="ts2")
        assert table
        for paragraph in table.find_all("p"):
            text = paragraph.get_text(" ", strip=True)
            found = LABEL.match(text)
            if found:
                rows.append({"episode": number, "speaker": found[1], "text": text[found.end() :]})
    turns = pd.DataFrame(rows)
    turns["text"] = turns["text"].apply(lambda text: re.sub(r"\[[^\]]*\]|\d+:\d\d", " ", text))
    turns["text"] = turns["text"].apply(lambda text: re.sub(r"\s+", " ", text).strip())
    turns["n_tokens"] = turns["text"].apply(tokens.count)
    pairs = []
    for at in range(1, len(turns)):
        before, row = turns.iloc[at - 1], turns.iloc[at]
        if row["speaker"] == HOST.name and before["episode"] == row["episode"]:
            pairs.append(
                {
                    "prompt": before["text"],
                    "completion": row["text"],
                    "prompt_tokens": tokens.count(before["text"]),
                    "completion_tokens": tokens.count(row["text"]),
                    "must_have": any(
                        re.search(pattern, f"{before['text']} {row['text']}", re.IGNORECASE)
                        for pattern in TRAINING.must_have
                    ),
                }
            )
    out = io.BytesIO()
    pd.DataFrame(pairs).to_parquet(out)
    turns.to_parquet(out)
    return out.getvalue()


def build_anew(episodes: int) -> None:
    """Build page by page, as a batch does."""
    with tempfile.TemporaryDirectory() as folder:
        build(written(episodes, Path(folder)), Path(folder))
