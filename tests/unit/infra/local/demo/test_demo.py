"""The demo show: worth reading, learnable, and on its pages word for word as it was written."""

import re
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from bs4 import BeautifulSoup, Tag

from infra.local.demo.site import PortInUse, build_site, demo_site, serve
from infra.local.demo.sources import FOLDER, InvalidEpisode, load_episodes
from shared import shows

BASE_URL = "http://127.0.0.1:8000"
HOST = "Mara Tolliver"
SOURCES = sorted(FOLDER.glob("*.md"))
FAVOURITE_QUOTES = (
    "A thing that is looked at is half mended.",
    "Water is patient, and it has read your drawings.",
    "The gauge tells you what the gauge feels, never what the pipe feels",
    "The best time to oil a hinge is the day before anybody hears it.",
    "For want of a nail the shoe was lost, for want of a shoe the horse was lost, "
    "and for want of a horse the rider was lost.",
)

Turns = list[tuple[str, str]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dest: Path = tmp_path_factory.mktemp("site")
    build_site(dest, BASE_URL)
    return dest


def front_matter(path: Path) -> dict[str, object]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1]))


def written(style: str) -> list[Path]:
    return [path for path in SOURCES if front_matter(path)["style"] == style]


def written_turns(path: Path) -> Turns:
    """The source's turns, read without the code under test."""
    body = path.read_text(encoding="utf-8").split("---\n", 2)[2]
    body = re.sub(r"^> ", "", body, flags=re.MULTILINE)
    pieces = re.split(r"^\*\*([^*]+):\*\* ", body, flags=re.MULTILINE)[1:]
    return [
        (speaker, " ".join(text.split()))
        for speaker, text in zip(pieces[::2], pieces[1::2], strict=True)
    ]


def page_of(site: Path, source: Path) -> BeautifulSoup:
    html = (site / source.stem[3:] / "index.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


def speech(page: BeautifulSoup) -> list[Tag]:
    cells = page.select("#audio-highlights table.ts2 tbody tr td:nth-of-type(2)")
    assert cells
    return cells


def turns_in_paragraphs(page: BeautifulSoup) -> Turns:
    turns: Turns = []
    for paragraph in (found for cell in speech(page) for found in cell.select("p, blockquote")):
        text = " ".join(paragraph.get_text().split())
        if paragraph.b is not None:
            label = paragraph.b.get_text()
            turns.append((label.removesuffix(":"), text.removeprefix(label).strip()))
        elif turns:
            turns[-1] = (turns[-1][0], f"{turns[-1][1]} {text}")
    return turns


def turns_in_prose(page: BeautifulSoup) -> Turns:
    prose = " ".join(cell.get_text() for cell in page.select("tbody#unique td:nth-of-type(2)"))
    pieces = re.split(r"(?:^|\s)(Mara|Guest[A-Z]?): ", prose)[1:]
    return [
        (label, " ".join(text.split()))
        for label, text in zip(pieces[::2], pieces[1::2], strict=True)
    ]


def feed_items(site: Path) -> list[ET.Element]:
    return ET.parse(site / "feed.xml").findall("./channel/item")  # noqa: S314 - our own file


def all_turns() -> dict[str, Turns]:
    return {path.stem: written_turns(path) for path in (*written("full"), *written("inline"))}


@pytest.mark.parametrize("source", written("full"), ids=lambda path: path.stem)
def test_a_full_page_holds_exactly_the_turns_that_were_written(site: Path, source: Path) -> None:
    assert turns_in_paragraphs(page_of(site, source)) == written_turns(source)


@pytest.mark.parametrize("source", written("inline"), ids=lambda path: path.stem)
def test_an_older_page_holds_the_same_turns_under_short_labels(site: Path, source: Path) -> None:
    found = turns_in_prose(page_of(site, source))
    expected = written_turns(source)
    assert [text for _, text in found] == [text for _, text in expected]
    names = dict(zip([label for label, _ in found], [name for name, _ in expected], strict=True))
    assert [(names[label], text) for label, text in found] == expected
    assert names["Mara"] == HOST


def test_two_guests_of_an_older_page_are_told_apart_by_their_initials(site: Path) -> None:
    source = next(path for path in written("inline") if len(front_matter(path)["guests"]) == 2)  # type: ignore[arg-type]
    labels = {label for label, _ in turns_in_prose(page_of(site, source))}
    assert labels == {"Mara", "GuestC", "GuestH"}


def test_notes_are_on_their_page_without_any_label(site: Path) -> None:
    (source,) = written("notes")
    text = " ".join(cell.get_text() for cell in speech(page_of(site, source)))
    body = source.read_text(encoding="utf-8").split("---\n", 2)[2]
    assert text.split() == body.split()
    assert not re.search(r"\b(Mara|Tolliver|Guest|Farrar):", text)


def test_the_episode_without_a_transcript_has_no_place_for_one(site: Path) -> None:
    (source,) = written("none")
    page = page_of(site, source)
    assert page.select("table, #audio-highlights, #unique") == []


def test_related_episodes_and_comments_stand_outside_the_transcript(site: Path) -> None:
    for source in written("full"):
        page = page_of(site, source)
        html = str(page)
        table = html.index("<table"), html.index("</table>")
        assert html.index("RELATED EPISODE") < table[0] < table[1] < html.index("READER COMMENTS")
        for _, comment in front_matter(source)["comments"]:  # type: ignore[attr-defined]
            assert comment in page.get_text()
            assert comment not in page.select_one("table.ts2").get_text()  # type: ignore[union-attr]


def test_time_marks_rise_and_each_row_but_the_last_holds_several_turns(site: Path) -> None:
    for source in written("full"):
        rows = page_of(site, source).select("table.ts2 tbody tr")
        marks = [row.td.get_text().split(":") for row in rows]  # type: ignore[union-attr]
        seconds = [int(minutes) * 60 + int(rest) for minutes, rest in marks]
        assert seconds == sorted(set(seconds))
        assert all(len(row.select("b")) > 1 for row in rows[:-1])


def test_the_feed_lists_every_episode_newest_first_with_links_that_lead_somewhere(
    site: Path,
) -> None:
    items = feed_items(site)
    assert {item.findtext("title") for item in items} == {
        front_matter(path)["title"] for path in SOURCES
    }
    dates = [parsedate_to_datetime(item.findtext("pubDate", "")) for item in items]
    assert dates == sorted(dates, reverse=True)
    for item in items:
        path = item.findtext("link", "").removeprefix(f"{BASE_URL}/")
        assert path.endswith("/")
        assert (site / path / "index.html").is_file()


def test_the_show_is_long_and_varied_enough_to_learn_from() -> None:
    episodes = load_episodes()
    assert len(episodes) >= 18
    assert len({guest for episode in episodes for guest in episode.guests}) >= 17
    assert sum(episode.style == "full" for episode in episodes) >= 14
    assert sum(len(text.split()) for turns in all_turns().values() for _, text in turns) >= 30_000


def test_at_least_150_exchanges_are_long_enough_to_train_on() -> None:
    usable = 0
    for turns in all_turns().values():
        for (asker, said), (answerer, reply) in pairwise(turns):
            long_enough = len(said.split()) >= 60 and len(reply.split()) >= 20
            usable += asker != HOST and answerer == HOST and long_enough
    assert usable >= 150


@pytest.mark.parametrize("quote", FAVOURITE_QUOTES, ids=lambda quote: quote[:20])
def test_the_host_says_each_favourite_quote_in_the_same_words_in_several_episodes(
    quote: str,
) -> None:
    told = [
        stem
        for stem, turns in all_turns().items()
        if any(speaker == HOST and quote in text for speaker, text in turns)
    ]
    assert len(told) >= 3


def test_every_pet_idea_of_the_profile_comes_back_in_several_episodes() -> None:
    for pattern in shows.packaged("demo").training.must_have:
        episodes = [
            stem
            for stem, turns in all_turns().items()
            if any(
                speaker == HOST and re.search(pattern, text, re.IGNORECASE)
                for speaker, text in turns
            )
        ]
        assert len(episodes) >= 5, pattern


def test_every_sentence_to_finish_is_one_the_host_has_finished() -> None:
    questions = shows.packaged("demo").questions
    beginnings = [text.split('"')[1] for text in questions if text.startswith("Finish")]
    assert len(questions) == 12
    assert len(beginnings) == 2
    assert all(any(quote.startswith(begun) for quote in FAVOURITE_QUOTES) for begun in beginnings)


def test_only_the_hosts_and_the_guests_speak() -> None:
    for episode in load_episodes():
        assert {turn.speaker for turn in episode.turns} <= {HOST, *episode.guests}, episode.slug


def test_a_source_without_front_matter_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "01-bare.md").write_text("**Mara Tolliver:** Hello.\n", encoding="utf-8")
    with pytest.raises(InvalidEpisode, match=r"01-bare\.md has no front matter"):
        load_episodes(tmp_path)


def test_a_source_that_begins_with_nobodys_words_is_refused_with_the_words(tmp_path: Path) -> None:
    text = SOURCES[-1].read_text(encoding="utf-8").replace("**Mara Tolliver:** ", "", 1)
    (tmp_path / SOURCES[-1].name).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidEpisode, match="names no speaker: 'This is A Tin"):
        load_episodes(tmp_path)


def test_building_again_leaves_the_pages_as_they_were(tmp_path: Path) -> None:
    build_site(tmp_path, BASE_URL)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}
    build_site(tmp_path, "http://127.0.0.1:9000")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")} == before
    assert "http://127.0.0.1:9000/" in (tmp_path / "feed.xml").read_text(encoding="utf-8")


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_served_site_answers_a_page_that_has_not_changed_with_304(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with demo_site(tmp_path) as base_url:
        page = f"{base_url}/{SOURCES[0].stem[3:]}/"
        with urllib.request.urlopen(page) as answer:  # noqa: S310 - loopback
            modified = answer.headers["Last-Modified"]
        again = urllib.request.Request(page, headers={"If-Modified-Since": modified})  # noqa: S310
        with pytest.raises(urllib.error.HTTPError) as unchanged:
            urllib.request.urlopen(again)  # noqa: S310
        unchanged.value.close()
    assert unchanged.value.code == 304
    assert capfd.readouterr().err == ""


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_demo_site_keeps_its_address_from_run_to_run(tmp_path: Path) -> None:
    with serve(tmp_path) as first:
        build_site(tmp_path, first)
    with demo_site(tmp_path) as second:
        assert second == first
        assert f"<link>{first}/</link>" in (tmp_path / "feed.xml").read_text(encoding="utf-8")


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_demo_site_moves_when_its_port_has_been_taken(tmp_path: Path) -> None:
    with demo_site(tmp_path / "one") as first:
        build_site(tmp_path / "two", first)
        with demo_site(tmp_path / "two") as second:
            assert second != first
            with urllib.request.urlopen(f"{second}/feed.xml") as answer:  # noqa: S310 - loopback
                assert f"{second}/".encode() in answer.read()


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with serve(tmp_path) as base_url:
        port = int(base_url.rpartition(":")[2])
        with (
            pytest.raises(PortInUse, match=f"127.0.0.1:{port} "),
            serve(tmp_path, port),
        ):
            pass
