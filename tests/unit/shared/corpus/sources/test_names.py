"""File names as people write them: dates in every common form, and what beside transcripts is none."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.corpus.reading import _guests
from shared.corpus.sources.names import (
    date_in,
    day_first,
    is_transcript_file,
    kind_of,
    passed_over,
    title_in,
    words_in,
)
from shared.corpus.sources.titles import guests_from_title
from shared.lake import keys
from shared.report.data_quality import findings
from tests.unit.shared.corpus.sources.test_sources import PREFIX, TALK, collect_show, files, of_name

MARCH = datetime(2024, 3, 5, tzinfo=UTC)
FORMS = [
    "{0:%Y-%m-%d} harbour.srt",
    "{0:%Y-%m-%d}-harbour.srt",
    "{0:%Y_%m_%d}_harbour.srt",
    "{0:%Y.%m.%d}.harbour.srt",
    "{0:%Y %m %d} harbour.srt",
    "{0:%Y%m%d}.srt",
    "harbour{0:%Y%m%d}.srt",
    "GMT{0:%Y%m%d}-150000_Recording.vtt",
    "{0:%Y-%m-%dT%H-%M-%S}.vtt",
    "{0:%Y}-{0.month}-{0.day} harbour.srt",
    "harbour ({0:%Y-%m-%d}).srt",
    "harbour [{0:%Y-%m-%d}].srt",
    "{0:%B} {0.day}, {0:%Y}.txt",
    "{0:%b}-{0:%d}-{0:%Y}.txt",
    "{0:%b} {0.day} {0:%Y} - harbour.txt",
    "{0.day} {0:%B} {0:%Y}.txt",
    "{0.day}th of {0:%B} {0:%Y}.txt",
    "{0:%d}{0:%b}{0:%Y}.txt",
    "{0:%d}-{0:%b}-{0:%Y}_final.txt",
    "{0:%Y}-{0:%b}-{0:%d}.txt",
    "{0:%Y} {0:%B} {0.day}.txt",
    "{0:%d.%m.%Y} harbour.txt",
    "{0:%Y}/{0:%m}/{0:%d}/harbour.html",
    "ep 12 - {0:%Y-%m-%d} - harbour.srt",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_date_is_read_in_every_common_form(form):
    assert date_in(form.format(MARCH)) == MARCH


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS))
def test_every_day_is_read_in_every_form(day, form):
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert date_in(form.format(moment)) == moment


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("March 2024.txt", (2024, 3, 1)),
        ("2024-03.txt", (2024, 3, 1)),
        ("2024 Mar.txt", (2024, 3, 1)),
        ("25-12-2024.txt", (2024, 12, 25)),
        ("12-25-2024.txt", (2024, 12, 25)),
        ("12_25_2024.txt", (2024, 12, 25)),
        ("03-03-2024.txt", (2024, 3, 3)),
    ],
)
def test_a_date_with_one_meaning_is_read(name, day):
    assert date_in(name) == datetime(*day, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    ["03-04-2024.txt", "3 4 2024.txt", "2024.txt", "ep 2024.txt", "summer2024.txt", "1080p.txt", "99-99-2024.txt",
     "2024-13-40.txt", "marching 12.txt", "decade 3.txt", "mayor 2.txt", "1-2-3.txt", "20240.txt", "version 2.0.1"],
)  # fmt: skip
def test_what_is_no_date_or_could_be_two_is_none(name):
    assert date_in(name) is None


def test_a_folder_tells_which_number_is_the_day():
    assert day_first(["03-04-2024.txt", "25-04-2024.txt"]) is True
    assert day_first(["03-04-2024.txt", "04-25-2024.txt"]) is False
    assert day_first(["03-04-2024.txt", "25-04-2024.txt", "04-25-2024.txt"]) is None
    assert date_in("03-04-2024.txt", True) == datetime(2024, 4, 3, tzinfo=UTC)
    assert date_in("03-04-2024.txt", False) == datetime(2024, 3, 4, tzinfo=UTC)


BESIDE = {
    "audio": ["ep1.mp3", "ep1.M4A", "s/ep1.wav", "a.ogg", "a.opus", "a.flac", "a.aac", "a.aiff", "a.wma", "a.m4b"],
    "video": ["a.mp4", "a.MOV", "a.mkv", "a.webm", "a.avi", "a.m4v", "a.wmv", "a.mpg", "a.mpeg", "a.ogv"],
    "pictures": ["a.jpg", "a.JPEG", "a.png", "a.gif", "a.webp", "a.svg", "a.heic", "a.bmp", "a.tiff", "a.psd"],
    "other": ["a.zip", "a.css", "a.js", "a.py", "a.tar", "a.yaml", "a.db", "a.xlsx", "a.url", "a.tmp"],
    "": ["a.md", "a.txt", "a.srt", "a.vtt", "a.json", "a.html", "a.docx", "a.pdf", "a", "a.xsl", "a.rtf", "a.sbv"],
}  # fmt: skip


@pytest.mark.parametrize("kind", BESIDE)
def test_what_is_no_transcript_is_told_by_its_kind(kind):
    assert {kind_of(name) for name in BESIDE[kind]} == {kind}


def test_what_nobody_means_is_not_even_counted():
    names = [
        ".DS_Store",
        "LICENSE",
        "README.md",
        "a/.git/x.mp3",
        "__MACOSX/a.mp3",
        "Thumbs.db",
        "desktop.ini",
        "a/",
    ]
    assert passed_over(names) == {}


def test_audio_and_pictures_beside_transcripts_are_counted_and_cost_nothing(lake):
    lake.write(f"{PREFIX}2024-03-05 Tom Ash on Boats.md", TALK)
    for number in range(6):
        lake.write(f"{PREFIX}s1/ep{number}.mp3", b"\xff\xfb" * 100)
    lake.write(f"{PREFIX}cover.png", b"\x89PNG")
    lake.write_json(PREFIX + keys.PASSED_OVER, {"audio": 2, "video": 1})
    found = collect_show(lake, files(fetch={"max_bytes": 1000}))
    assert found.discovered == 1
    (row,) = of_name(lake).values()
    assert (row["published"], row["title"]) == (MARCH, "Tom Ash on Boats (md)")
    (told,) = findings([row], lake.read_json(keys.discovery("r1")))[-1:]
    assert told.sentence == "passed over beside the transcripts: 8 audio files, 1 picture, 1 video"


@pytest.mark.parametrize(
    "title",
    ["Taproot on hardware wallets", "Notes on Rain", "Thoughts on Tides", "Hands on Rope", "Live on Stage",
     "Lightning on mobile", "Back on Track", "The Tides on Mars", "More on mud", "On Tides", "Turning on the light"],
)  # fmt: skip
def test_a_title_that_names_a_subject_names_no_guest(title):
    assert guests_from_title(title, ("Vera Lund",), full_names=True) == ()


@pytest.mark.parametrize(
    ("named", "heard", "guests"),
    [
        (["Hardware Wallets"], ["Tom Ash"], ["Tom Ash"]),
        (["Tom Ash"], ["Tom Ash", "Lea Roe"], ["Tom Ash"]),
        (["Thomas Ash"], ["Tom Ash"], ["Thomas Ash"]),
        (["Tom Ash", "Lea Roe"], ["Roe"], ["Tom Ash", "Lea Roe"]),
        ([], ["Tom Ash"], ["Tom Ash"]),
        (["Tom Ash"], [], ["Tom Ash"]),
    ],
)
def test_who_speaks_goes_before_a_title_that_names_nobody_who_does(named, heard, guests):
    assert _guests(named, heard) == guests


def test_pages_of_a_mirror_are_called_by_their_folder():
    path = "example.org/2021/03/tom-ash-on-rain/index.html"
    assert title_in(path).startswith("tom ash on rain (")
    assert words_in(path) == "tom ash on rain"
    assert words_in("2021-03-01 Tom Ash on Rain.html") == "Tom Ash on Rain"


def test_what_a_browser_saves_beside_a_page_is_no_transcript():
    assert is_transcript_file("Rain.html")
    assert not is_transcript_file("Rain_files/saved_resource.html")
