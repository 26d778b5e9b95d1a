"""A profile for a show that nobody described: the host is right, and what is written plans as it is."""

import re

import pytest

from infra.cli import inputs
from infra.cli.init import sampling
from infra.cli.init.profile import _pattern
from infra.cli.init.proposing import phrases, proposal
from infra.cli.init.sampling import EPISODES, sample
from infra.cli.main import main
from infra.cli.terminal.side_by_side import evenly
from infra.local.demo.site import build_site, serve
from shared.words import words
from tests.places import GIVEN

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
GUESTS = ("Tom Ash", "Lea Roe", "Bo Lind", "Uma Ray", "Eli Fox")


@pytest.fixture(autouse=True)
def no_delay(monkeypatch):
    """The site is our own."""
    monkeypatch.setattr(sampling, "DELAY_SECONDS", 0.0)


def vtt(guest, at):
    """A talk with captions, in which the host says "mind the gap between" each time, and "I think so"."""
    lines = [
        ("Ida Stone", f"Welcome, {guest}. Mind the gap between porch number {at} and the street."),
        (
            guest,
            f"I think so. The street has {at} lamps, and I counted each of them twice last week.",
        ),
        ("Ida Stone", f"I think so too. And why did you count lamp {at}?"),
        (
            guest,
            f"Because lamp {at} was the only one that nobody had ever seen lit in all those years.",
        ),
    ]
    cues = (
        f"00:0{n}:00.000 --> 00:0{n}:50.000\n<v {who}>{text}</v>\n"
        for n, (who, text) in enumerate(lines)
    )
    return "WEBVTT\n\n" + "\n".join(cues)


@pytest.fixture
def talks(tmp_path):
    folder = tmp_path / "Porch_talks"
    folder.mkdir()
    for at, guest in enumerate(GUESTS):
        (folder / f"2024-0{at + 1}-01 {guest}.vtt").write_text(vtt(guest, at))
    (folder / "cover.jpg").write_bytes(b"\xff\xd8")
    return folder


def planned(path):
    """The settings of a dry run of the profile as it was written."""
    show = inputs.show_profile(str(path))
    document = inputs.run_input("{}", show, {"ceiling_usd": "10.00"}, {"dry_run": True})
    return inputs.check(document, show, inputs.models_and_prices(None), "1000.00")


def test_a_folder_of_captions_becomes_a_profile_that_plans_without_an_edit(talks, tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    assert main(["init", str(talks), "--file", str(path)]) == 0
    assert "The host seems to be Ida Stone, who speaks in 5 of 5." in capsys.readouterr().out
    show = planned(path).show
    assert (show.host.name, show.name, show.title) == ("Ida Stone", "mine", "Porch Talks")
    assert show.transcripts == str(talks)


def test_the_same_file_is_not_written_twice(talks, tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text("mine")
    assert main(["init", str(talks), "--file", str(path)]) == 2
    assert path.read_text() == "mine"
    assert "is there already" in capsys.readouterr().err


def test_a_title_with_quotation_marks_colons_and_a_name_of_none_is_no_trouble(talks, tmp_path):
    path = tmp_path / "mine.yaml"
    assert main(["init", str(talks), "--file", str(path), "--title", 'It\'s: "日本" # 5']) == 0
    assert planned(path).show.title == 'It\'s: "日本" # 5'


def test_a_feed_becomes_a_profile_and_tells_what_cannot_be_read(tmp_path, capsys):
    site = tmp_path / "site"
    with serve(site) as base_url:
        build_site(site, base_url)
        path = tmp_path / "mine.yaml"
        assert main(["init", f"{base_url}/feed.xml", "--file", str(path)]) == 0
        show = planned(path).show
    assert show.host.name == "Mara Tolliver"
    assert show.feed == f"{base_url}/feed.xml"
    assert "# Not read, of the sample:" in path.read_text()
    assert "Ottoline Farrar on Public Clocks: No speaker is named" in path.read_text()
    assert (show.title, show.name) == ("A Tin of Odd Screws", "mine")


def test_a_single_page_becomes_a_profile_of_that_page(tmp_path):
    site = tmp_path / "site"
    with serve(site) as base_url:
        build_site(site, base_url)
        page = sorted(one.parent.name for one in site.glob("*/index.html"))[0]
        path = tmp_path / "mine.yaml"
        assert main(["init", f"{base_url}/{page}/", "--file", str(path)]) == 0
        assert planned(path).show.urls == (f"{base_url}/{page}/",)


@pytest.mark.parametrize(
    "content", [None, "Rain fell. Nobody spoke, and the lamps were lit one by one."]
)
def test_what_has_no_talk_in_it_is_refused_in_a_sentence(tmp_path, capsys, content):
    folder = tmp_path / "empty"
    folder.mkdir()
    if content:
        (folder / "notes.txt").write_text(content)
    assert main(["init", str(folder), "--file", str(tmp_path / "mine.yaml")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "no folder with transcripts" in said or "nobody's words were found" in said
    assert not (tmp_path / "mine.yaml").exists()


@pytest.mark.skipif(
    not (GIVEN / "data" / "founderstalk").is_dir(), reason="the given data is not there"
)
def test_of_real_talks_the_host_is_found():
    proposed = proposal(sample(str(GIVEN / "data" / "founderstalk")))
    assert proposed.host.name == "Adam Stacoviak"
    assert proposed.host.episodes == EPISODES


def test_what_the_host_says_again_and_again_is_proposed_and_filler_is_not():
    filler = "i think so " * 40
    texts = [
        f"{filler} {own} mind the gap between {own}s {filler}" for own in ("cat", "dog", "cow")
    ]
    assert phrases(texts) == ["mind the gap between"]
    assert phrases(texts[:2]) == []


def test_the_sample_reaches_from_the_first_to_the_last():
    assert evenly(range(100), 3) == [0, 49, 99]
    assert evenly("ab", 3) == ["a", "b"]
    assert evenly("a", 3) == ["a"]


def show_of(folder, labels, seeds=range(8), form="**{}:** {}", chatty=1):
    """A folder of talks in which the first of two labels greets, asks and says goodbye, and the other talks more."""
    folder.mkdir()
    for at in seeds:
        host, guest = labels(at) if callable(labels) else labels
        said = [(host, f"Welcome to the porch, this is talk {at}.")]
        for n in range(6):
            said += [
                (host, f"And what about lamp {at} {n}?"),
                (guest, f"It burned in year {n}. " * (3 * chatty)),
            ]
        said += [(host, "Thank you for all that, and until next week.")]
        text = "\n\n".join(form.format(who, one) for who, one in said)
        (folder / f"2024-0{at + 1}-01 talk.md").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("labels", "host"),
    [
        (("Q", "A"), "Q"),
        (("Presentadora", "Invitado"), "Presentadora"),
        (("Moderatorin", "Gast"), "Moderatorin"),
        (("Ida Stone", "Rolf Quill"), "Ida Stone"),
        (("Zoe Vane", "Abe Roe"), "Zoe Vane"),
    ],
)
@pytest.mark.parametrize("chatty", [1, 9])
def test_the_host_is_who_greets_asks_and_says_goodbye_however_much_the_other_talks(
    tmp_path, labels, host, chatty
):
    assert (
        proposal(sample(str(show_of(tmp_path / "talks", labels, chatty=chatty)))).host.name == host
    )


def test_speakers_that_are_numbers_are_cautioned_of(tmp_path, capsys):
    talks = show_of(
        tmp_path / "talks", lambda at: ("Speaker 1", "Speaker 2")[:: 1 if at % 2 else -1]
    )
    assert main(["init", str(talks), "--file", str(tmp_path / "mine.yaml")]) == 0
    assert "mean another person in each file" in capsys.readouterr().out


def test_doubt_is_said_with_the_other_name_and_the_host_can_be_told(tmp_path, capsys):
    talks = show_of(
        tmp_path / "talks", lambda at: ("Ida Stone", "Rolf Quill")[:: 1 if at % 2 else -1]
    )
    assert main(["init", str(talks), "--file", str(tmp_path / "a.yaml")]) == 0
    assert "write it with --host" in capsys.readouterr().out
    told = ["init", str(talks), "--file", str(tmp_path / "b.yaml"), "--host", "rolf quill"]
    assert main(told) == 0
    assert "The host is Rolf Quill" in capsys.readouterr().out
    assert planned(tmp_path / "b.yaml").show.host.name == "Rolf Quill"
    assert main([*told[:4], str(tmp_path / "c.yaml"), "--host", "Nobody Here"]) == 2
    assert not (tmp_path / "c.yaml").exists()


def test_chats_and_chapters_beside_transcripts_are_passed_over(talks):
    (talks / "meeting_saved_chat.txt").write_text("14:00:01 From Ida to Everyone: hello")
    (talks / "2024-01-01 Tom Ash.chapters.json").write_text("{}")
    assert sample(str(talks)).n_episodes == len(GUESTS)


@pytest.mark.parametrize(
    "said",
    [
        "mind the co-host's gap",
        "Well, mind the half-open gate",
        "so: mind -- the gap!",
        "mind it’s gap",
    ],
)
def test_a_pattern_matches_what_its_phrase_comes_from(said):
    phrase = " ".join(words(said))
    assert re.search(_pattern(phrase), said, re.IGNORECASE)
