"""From pages to Parquet with turns, tokens and pairs, against tokenizing the same text alone and a plain notebook."""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

from shared import tokens
from shared.corpus.likeness import sketch
from shared.corpus.reading import turn_rows
from shared.dataset.pairs import pairs_of
from shared.lake.tables import parquet
from shared.shows import Training
from shared.transcripts import Host, read_transcript
from tests import talks
from tests.bench.growth import median_cpu_seconds, peak_mb

REPEATS = 3
EPISODES, MORE_EPISODES = 50, 200
TURNS = 160
TRAINING = Training(must_have=("fence", "prairie", "humility"))
HOST = Host(talks.HOST)
MEGABYTE = 1_000_000
LABEL = re.compile(r"^([A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3}):\s*")


def measured() -> dict[str, float]:
    """Ratios of medians of processor time from one run; memory in megabytes, of a process of its own."""
    pages = list(written(EPISODES))
    said = [turn["text"] for page in pages for turn in turns_of(page)]
    alone = median_cpu_seconds(lambda: [tokens.count(text) for text in said], REPEATS)
    ours = median_cpu_seconds(lambda: built(pages), REPEATS)
    plain = median_cpu_seconds(lambda: notebook(pages), REPEATS)
    small, large = (
        peak_mb(f"from tests.bench.corpus import build_each; build_each({count})")
        for count in (EPISODES, MORE_EPISODES)
    )
    return {
        "episodes": EPISODES,
        "megabytes": round(sum(map(len, pages)) / MEGABYTE, 2),
        "tokens": sum(map(tokens.count, said)),
        "episodes_per_second": round(EPISODES / ours, 1),
        "megabytes_per_second": round(sum(map(len, pages)) / MEGABYTE / ours, 2),
        "over_tokenizing": round(ours / alone, 2),
        "faster_than_plain": round(plain / ours, 2),
        "peak_mb": large,
        "peak_mb_grown_with_four_times_the_episodes": large - small,
    }


def written(episodes: int) -> Iterator[bytes]:
    """Pages in EconTalk's structure, of invented talks."""
    for number in range(episodes):
        rows = "".join(
            f"<tr><td>0:33</td><td><p><b>{who}:</b> {text}</p></td></tr>"
            for who, text in talks.invented(number, TURNS)
        )
        yield f'<html><body><table class="ts2">{rows}</table></body></html>'.encode()


def built(pages: Sequence[bytes]) -> bytes:
    """What *Scrape episodes* and *Build dataset* make of pages: turns and pairs as Parquet."""
    files = []
    for number, page in enumerate(pages):
        turns = turns_of(page)
        sketch(turn["text"] for turn in turns)
        pairs = pairs_of(turns, "porch", f"e{number}", TRAINING)
        files += [parquet("turns", turns), parquet("pairs", (pair.row() for pair in pairs))]
    return b"".join(files)


def turns_of(page: bytes) -> list[dict[str, Any]]:
    """A page's rows of `turns`."""
    transcript = read_transcript(page, content_type="text/html", host=HOST, guests=(talks.GUEST,))
    return turn_rows("porch", "e", transcript)


def notebook(pages: Sequence[bytes]) -> bytes:
    """The same as such notebooks do it: BeautifulSoup, a regular expression, pandas row by row."""
    rows = []
    for number, page in enumerate(pages):
        for paragraph in (
            BeautifulSoup(page, "html.parser").find("table", class_="ts2").find_all("p")
        ):
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
        if row["speaker"] == talks.HOST and before["episode"] == row["episode"]:
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


def build_each(episodes: int) -> None:
    """Build page by page, as a batch does."""
    for page in written(episodes):
        built([page])
