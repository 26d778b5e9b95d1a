"""EconTalk's structures: pages written here, and the reconstructed and generated ones at hand."""

import json
import subprocess
import sys
from datetime import date

import pytest

from shared.transcripts import Host, TranscriptRefused, read_transcript
from tests.places import GIVEN

needs_given_data = pytest.mark.skipif(
    not (GIVEN / "data").is_dir(), reason="the folder of given data is not beside the repository"
)
VERA = Host("Vera Lund", ("Vera",))


def row(text: str, time: str = "0:33") -> str:
    return f"<tr><td>{time}</td><td>{text}</td></tr>"


def page(*rows: str, anchor: str = "<tbody>", table: str = 'class="ts2"') -> str:
    return (
        "<html><body><h4>Ann Other on Tides</h4><p>Ann Other talks with host Vera Lund...</p>"
        f"<table {table}><tr><th>Time</th><th>Podcast Episode Highlights</th></tr>"
        f"{anchor}{''.join(rows)}</tbody></table><h3>COMMENTS (1 to date)</h3>"
        "<p>Kim writes:</p><p>Vera Lund: the best.</p></body></html>"
    )


def turns(html: str, *guests: str, host: Host = VERA) -> list[tuple[str, str]]:
    read = read_transcript(html.encode(), content_type=None, host=host, guests=guests)
    return [(turn.speaker, turn.text) for turn in read.turns]


def refusal(html: str, *guests: str) -> str:
    with pytest.raises(TranscriptRefused) as refused:
        turns(html, *guests)
    assert len(str(refused.value)) > 20
    return refused.value.reason


def test_a_paragraph_per_turn_with_full_names():
    html = page(
        row(
            "<p>Intro. [Recording date: May 5th, 2021.]</p><p><b>Vera Lund:</b> Why boats?</p>"
            "<p><b>Tom Ek:</b> They float.</p>"
        )
    )
    assert turns(html, "Tom Ek") == [("Vera Lund", "Why boats?"), ("Tom Ek", "They float.")]


@pytest.mark.parametrize(
    "label",
    [
        "<b>Tom Ek:</b>",
        "<strong>Tom Ek</strong>:",
        "<span><b>Tom Ek</b></span> :",
        "<i>Tom&nbsp;Ek:</i>",
    ],
)
def test_the_label_may_stand_in_any_inline_element_with_the_colon_inside_or_after(label):
    html = page(row(f"<p><b>Vera Lund:</b> Why?</p><p>{label} They float.</p>"))
    assert turns(html, "Tom Ek")[-1] == ("Tom Ek", "They float.")


def test_continuation_paragraphs_and_quotations_belong_to_the_speaker_above():
    html = page(
        row(
            "<p><b>Vera Lund:</b> I quote:</p><blockquote>All <i>flows</i>.</blockquote><p>Hm?</p>"
        ),
        row("<p>And then?</p><p><b>Tom Ek:</b> Yes.</p>", "9:12"),
    )
    assert turns(html, "Tom Ek")[0] == ("Vera Lund", "I quote: All flows. Hm? And then?")


def test_a_bold_remark_that_is_no_name_stays_in_the_text():
    html = page(
        row("<p><b>Vera Lund:</b> Look.</p><p><b>Note:</b> it moved.</p><p>Tom Ek: Ah.</p>")
    )
    assert turns(html, "Tom Ek") == [("Vera Lund", "Look. Note: it moved."), ("Tom Ek", "Ah.")]


def test_running_prose_is_cut_at_the_labels_of_the_closed_list_only():
    html = page(
        row(
            "Intro. [Recording date: August 1, 2013.] Vera: You list three: oak, ash, and: elm. "
            "Guest: There is a saying: who, me? I said, 'Vera: look!' He said: 'No.'Vera: Fair."
            "Guest: Very."
        ),
        anchor='<tbody id="unique">',
    )
    assert turns(html, "Tom Ek") == [
        ("Vera Lund", "You list three: oak, ash, and: elm."),
        ("Tom Ek", "There is a saying: who, me? I said, 'Vera: look!' He said: 'No.'"),
        ("Vera Lund", "Fair."),
        ("Tom Ek", "Very."),
    ]


def test_two_guests_are_told_apart_by_the_initial_of_the_surname():
    html = page(row("Lund: Well? GuestC: Yes. GuestH: No. Guest: Perhaps."))
    assert turns(html, "Ann Cole", "Bob Hunt") == [
        ("Vera Lund", "Well?"),
        ("Ann Cole", "Yes."),
        ("Bob Hunt", "No."),
        ("Guest", "Perhaps."),
    ]


@pytest.mark.parametrize(
    "html",
    [
        page(row("Vera: A? Guest: B."), table='class="ts2"'),
        page(row("Vera: A? Guest: B."), table="", anchor="<tbody id=unique>"),
        '<div class="x audio-highlight"><p>Hide Highlights</p><p>Vera: A? Guest: B.</p></div>',
        '<div id="audio-highlights"><p>Vera: A? Guest: B.</p></div>',
        page(row("Vera: A? Guest: B."), table='border="1"'),
    ],
)
def test_the_transcript_is_found_by_each_selector_and_nothing_around_it_enters(html):
    assert turns(html, "Tom Ek") == [("Vera Lund", "A?"), ("Tom Ek", "B.")]


def test_the_recording_date_is_read_in_the_forms_pages_use():
    for printed in ("Sept. 5th, 2023", "September 5 2023", "September 5, 20 23"):
        html = page(row(f"Intro. [Recording date {printed}.] Vera: A? Guest: B."))
        read = read_transcript(html.encode(), content_type=None, host=VERA, guests=())
        assert read.recorded == date(2023, 9, 5)
    html = page(row("Intro. [Recording date: Summer 2013.] Vera: A? Guest: B."))
    assert read_transcript(html.encode(), content_type=None, host=VERA, guests=()).recorded is None


def test_notes_and_unlabelled_speech_are_refused_with_their_own_reasons():
    notes = row("Intro. Boats. Oak from Oregon; tar from Riga. Why? Prices; tariffs. Small lobby.")
    assert refusal(page(notes)) == "notes_only"
    assert refusal(page(row("So, you like boats. I do. And do you sail? I do."))) == "no_labels"


def test_notes_with_a_few_labels_in_the_middle_are_still_refused():
    notes = [row("Tariffs of 1922; oak; tar from Riga; dispersed cost. " * 9) for _ in range(4)]
    labelled = row("Rope; hemp. Vera: Why hemp? Ek: It lasts. Vera: I see. More notes; prices.")
    assert refusal(page(*notes, labelled, *notes), "Tom Ek") == "notes_only"


def test_a_page_without_or_with_an_empty_transcript_says_so():
    assert refusal("<html><body><p>Vera Lund: the best.</p></body></html>") == "no_transcript"
    assert refusal(page()) == "no_transcript"


def test_warnings_name_unknown_and_silent_people_and_a_cut():
    html = page(row("Vera: A? Guest: B. GuestZ: C [more to come, 44:02]"))
    read = read_transcript(html.encode(), content_type=None, host=VERA, guests=("A Cole", "B Hunt"))
    text = " ".join(read.warnings)
    assert "GuestZ" in text
    assert "A Cole, B Hunt" in text
    assert "cut off" in text


@needs_given_data
@pytest.mark.parametrize(
    ("name", "guests", "expected"),
    [
        ("mt-2013-russ-guest", ("Jane Doe",), 10),
        ("mt-2014-two-guests", ("Ann Cole", "Bob Hunt"), 7),
        ("wp-2007-notes-no-speakers", ("Jane Doe",), "notes_only"),
        ("wp-2012-01-no-labels", ("Jane Doe",), "no_labels"),
        ("wp-2023-full-names", ("Jane Doe",), 6),
    ],
)
def test_each_reconstructed_era_reads_as_its_comment_says(name, guests, expected):
    html = (GIVEN / "data/econtalk/pages" / f"{name}.html").read_text()
    russ = Host("Russ Roberts", ("Russ",))
    if isinstance(expected, str):
        assert refusal(html, *guests) == expected
    else:
        spoken = turns(html, *guests, host=russ)
        assert len(spoken) == expected
        assert {who for who, _ in spoken} <= {"Russ Roberts", "Guest", *guests}
        assert not any("great show" in text or "the best" in text for _, text in spoken)


@needs_given_data
@pytest.mark.parametrize("style", ["wp", "mt", "mixed"])
def test_real_speech_in_the_sites_structure_gives_exactly_its_turns(style, tmp_path):
    generator, source = GIVEN / "tools/make_site.py", GIVEN / "data/founderstalk"
    host = Host("Adam Stacoviak", ("Adam",))
    subprocess.run(
        [sys.executable, generator, source, tmp_path, "--host", host.name, "--style", style],
        check=True,
        capture_output=True,
    )
    for line in (tmp_path / "truth.jsonl").read_text().splitlines():
        truth = json.loads(line)
        html = (tmp_path / truth["url"].split("/")[-2] / "index.html").read_text()
        if truth["style"] == "notes":
            assert refusal(html, truth["guest"]) == "notes_only"
        else:
            expected = [tuple(turn) for turn in truth["turns"]]
            assert turns(html, truth["guest"], host=host) == expected


def warned(html: str, *guests: str) -> str:
    read = read_transcript(html.encode(), content_type=None, host=VERA, guests=guests)
    return " ".join(read.warnings)


def test_names_that_stay_inside_running_prose_are_pointed_at():
    html = page(
        row(
            "Vera: A? Guest: Because. Milton P. Frye: Nobody told you of me. Vera: C. He said: 'No.'"
        ),
        row("Vera: Note: It is so. Then: this. Tom: Yes. Guest: D.", "1:04:21"),
    )
    assert "labels: Milton P. Frye" in warned(html, "Tom Ek")
    assert "Note" not in warned(html, "Tom Ek")


def test_a_page_whose_labels_are_all_known_has_no_such_warning():
    assert warned(page(row("Vera: Why: because. Guest: He said: 'Tom Ek: look!'")), "Tom Ek") == ""


@pytest.mark.parametrize("end", ["and then", "because of the,", "so I"])
def test_a_transcript_that_ends_in_the_middle_of_a_sentence_may_be_cut_off(end):
    assert "cut off" in warned(page(row(f"Vera: A? Guest: B, {end}")), "Tom Ek")


@pytest.mark.parametrize("end", ["so.", "so?", "'so.'", "so [laughs]", "so--", "(so)", "so…"])
def test_a_transcript_that_ends_like_speech_is_whole(end):
    assert "cut off" not in warned(page(row(f"Vera: A? Guest: B, {end}")), "Tom Ek")
