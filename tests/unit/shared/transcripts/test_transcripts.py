"""Shapes other than EconTalk's, and any bytes at all."""

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.transcripts import Host, Transcript, TranscriptRefused, describe, read_transcript
from tests.places import GIVEN

needs_given_data = pytest.mark.skipif(
    not (GIVEN / "data").is_dir(), reason="the folder of given data is not beside the repository"
)
VERA = Host("Vera Lund", ("VL",))
SPOKEN = [
    ("Vera Lund", "Why boats & rope?"),
    ("Tom Ek", "They float. Mostly."),
    ("Vera Lund", "Ah."),
]


def read(body: str | bytes, *guests: str, host: Host = VERA) -> Transcript:
    encoded = body.encode() if isinstance(body, str) else body
    return read_transcript(encoded, content_type=None, host=host, guests=guests)


def turns(body: str | bytes, *guests: str) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in read(body, *guests).turns]


def refusal(body: str | bytes) -> str:
    with pytest.raises(TranscriptRefused) as refused:
        read(body)
    return refused.value.reason


VTT = """WEBVTT

NOTE made by hand

1
00:00.000 --> 00:02.000
<v Vera Lund>Why boats

00:02.000 --> 00:03.000
<v Vera Lund>&amp; rope?

00:03.000 --> 00:05.000 align:start
<v Tom Ek>They float. <i>Mostly.</i></v>

00:05.000 --> 00:06.000
<v Vera Lund>Ah.
"""
SRT = """1
00:00:00,000 --> 00:00:02,000
Vera Lund: Why boats
& rope?

2
00:00:03,000 --> 00:00:05,000
Tom Ek: They float.

3
00:00:04,000 --> 00:00:05,000
Mostly.

4
00:00:05,000 --> 00:00:06,000
Vera Lund: Ah.
"""
BARE_SRT = "\r\n".join(
    line.replace(",", ".") for line in SRT.splitlines() if not line.isdigit() and line
)
JSON = json.dumps(
    {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Vera Lund", "startTime": 0, "body": "Why boats"},
            {"speaker": "Vera Lund", "startTime": 1, "body": "& rope?"},
            {"speaker": "Tom Ek", "startTime": 2, "body": "They float."},
            {"startTime": 3, "body": "Mostly."},
            {"speaker": "Vera Lund", "startTime": 4, "body": "Ah."},
        ],
    }
)
CITED = """<cite>Vera Lund :</cite><time>0:00</time><p>Why boats &amp; rope?</p>
<cite>Tom Ek</cite> <p>They float.</p><p>Mostly.</p><cite>Vera Lund:</cite><time>0:05</time><p>Ah.</p>"""
MARKDOWN = """# A talk

**Vera Lund:** Why boats & [rope](https://example.org/rope)? \\[00:12\\]

**Tom Ek**: They float.

## Part two

**Break:** \\[01:44\\]

Mostly.

Vera Lund: Ah.
"""
TIMED = """Vera Lund 00:00:01
Why boats & rope?

Tom Ek – 00:00:20: They float.

(00:00:25): Mostly.

Vera Lund (00:00:30):
Ah.
"""


@pytest.mark.parametrize("body", [VTT, SRT, BARE_SRT, JSON, CITED, MARKDOWN, TIMED])
def test_the_same_talk_in_every_shape_gives_the_same_turns(body):
    assert turns(body, "Tom Ek") == SPOKEN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_the_encoding_is_found_out(encoding):
    body = "**Vera Lund:** Café?\n\n**Tom Ek:** Non – “thé”.".encode(encoding)
    assert turns(body)[1] == ("Tom Ek", "Non – “thé”.")


def test_a_wrong_charset_header_does_not_break_utf_8():
    body = "**Vera Lund:** Café?\n\n**Tom Ek:** Oui.".encode()
    found = read_transcript(body, content_type="text/html; charset=latin-1", host=VERA, guests=())
    assert found.turns[0].text == "Café?"


def test_one_person_under_several_labels_is_one_speaker():
    body = (
        "**TOM EK:** One.\n\n**VL:** Two.\n\n**Tom Ek:** Three.\n\n**EK:** Four.\n\n"
        "**Vera Lund (host):** Five.\n\n**Ek: Ek:** Six.\n\n**Lund, HOST:** Seven."
    )
    assert turns(body) == [
        ("Tom Ek", "One."),
        ("Vera Lund", "Two."),
        ("Tom Ek", "Three. Four."),
        ("Vera Lund", "Five."),
        ("Tom Ek", "Six."),
        ("Vera Lund", "Seven."),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "VERA LUND: One.\n\nTOM EK: Two.\n\nLUND: Three.\n\nEK: Four.",
        "Vera Lund (VL): One.\n\nTom Ek (TE): Two.\n\nVL: Three.\n\nTE: Four.",
        "Vera: One.\n\nTom Ek: Two.\n\nVera: Three.\n\nTom: Four.",
    ],
)
def test_a_plain_label_that_returns_in_a_shorter_form_is_a_label_from_the_first_time_on(body):
    said = [text for _, text in turns(body)]
    assert said == ["One.", "Two.", "Three.", "Four."]
    who = [speaker.title() for speaker, _ in turns(body)]
    assert who == ["Vera Lund", "Tom Ek", "Vera Lund", "Tom Ek"]


def test_the_beginning_of_a_sentence_that_returns_in_a_shorter_form_is_no_label():
    body = "**Vera Lund:** Well.\n\nSo the question is: who?\n\nSo: me.\n\n**Tom Ek:** Ha."
    assert turns(body)[0][1] == "Well. So the question is: who? So: me."


def test_a_block_that_a_page_repeats_is_pointed_at():
    block = (
        "**Vera Lund:** You have said before that the fence was there when you came.\n\n"
        "**Tom Ek:** Yes.\n\n"
    )
    (warning,) = [said for said in read(block * 2).warnings if "twice" in said]
    assert warning == "turns that stand twice, word for word: 1"
    assert not [said for said in read(block).warnings if "twice" in said]


def test_words_before_a_colon_that_are_no_speaker_stay_words():
    body = (
        "**Vera Lund:** Well.\n\nThere is a saying: who, me?\n\nLocation: Oslo.\n\n**Tom Ek:** Ha."
    )
    assert turns(body)[0][1] == "Well. There is a saying: who, me? Location: Oslo."


def test_words_in_brackets_stay_and_time_marks_go():
    body = "**Vera Lund:** It is [the need] [04:10] of [Qt] [laughs].\n\n**Tom Ek:** Ha."
    assert turns(body)[0][1] == "It is [the need] of [Qt] [laughs]."


def test_roles_are_given_by_profile_title_and_evidence():
    read_roles = {turn.speaker: turn.role for turn in read(MARKDOWN).turns}
    assert read_roles == {"Vera Lund": "host", "Tom Ek": "other"}
    read_roles = {turn.speaker: turn.role for turn in read(MARKDOWN, "Thomas Ek").turns}
    assert read_roles == {"Vera Lund": "host", "Tom Ek": "guest"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\x00\x01\x02\x03\xff" * 50, "not_html"),
        (b"just a sentence", "not_html"),
        (b'{"error": "gone"}', "malformed"),
        (b'{"segments": [', "malformed"),
        (b"<html><body>hello</body></html>", "no_transcript"),
        (b"1\n00:00:00,000-->00:00:02,000\nVera Lund:" + b"Hi,Tom.Welcome." * 20, "no_spaces"),
    ],
)
def test_what_holds_no_transcript_is_refused_with_a_reason(body, reason):
    assert refusal(body) == reason


def test_a_label_with_nothing_said_parts_no_turn():
    body = "**Vera Lund:** One.\n\n**Tom Ek:**\n\n**Vera Lund:** Two.\n\n**Tom Ek:** Three."
    assert turns(body) == [("Vera Lund", "One. Two."), ("Tom Ek", "Three.")]


def test_a_title_whose_guest_has_no_letters_does_no_harm():
    assert turns(MARKDOWN, "", "!!") == SPOKEN


def test_inspection_sums_up_a_page_or_gives_its_refusal():
    seen = describe(MARKDOWN.encode(), content_type=None, host=VERA, guests=("Tom Ek",))
    assert seen.transcript is not None
    assert [(s.name, s.role, s.turns, s.words) for s in seen.speakers] == [
        ("Vera Lund", "host", 2, 5),
        ("Tom Ek", "guest", 1, 3),
    ]
    refused = describe(b"", content_type=None, host=VERA, guests=())
    assert refused.refusal is not None
    assert refused.refusal.reason == "empty"


fragments = st.sampled_from(
    [
        "<p>",
        "<b>",
        "</b>",
        "<td>",
        '<table class="ts2">',
        "<cite>",
        "</table>",
        "Vera Lund:",
        "Guest:",
        "WEBVTT\n",
        "00:00:01,000 --> 00:00:02,000\n",
        "<v Tom>",
        '{"segments": [',
        "{}",
        "]}",
        "**",
        "[00:12]",
        "\n\n",
        " ",
        "hello there",
        "'",
        "\\[",
        "&#0;",
        "�",
        "é",
        "\x00",
        ":",
        "[",
        "]",
    ]
)


@given(st.one_of(st.binary(), st.lists(fragments, max_size=30).map("".join)))
def test_any_bytes_give_turns_or_a_refusal(body):
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    try:
        found = read_transcript(raw, content_type=None, host=VERA, guests=("Tom Ek",))
    except TranscriptRefused:
        return
    assert found.turns
    assert all(turn.text and turn.speaker for turn in found.turns)
    neighbours = zip(found.turns, found.turns[1:], strict=False)
    assert all(one.speaker != other.speaker for one, other in neighbours)


@needs_given_data
def test_the_podcasting_examples_parse_and_srt_agrees_with_html():
    folder = GIVEN / "data/podcast-namespace"
    found = {kind: turns((folder / f"example.{kind}").read_bytes()) for kind in ("html", "srt")}
    assert found["html"] == found["srt"]
    assert len(found["html"]) == 10
    assert turns((folder / "example.json").read_bytes()) == [
        ("Darth Vader", "I am your father."),
        ("Luke", "Nooooo"),
    ]
    assert [who for who, _ in turns((folder / "example.vtt").read_bytes())] == ["Sarah", "Gillian"]


def test_a_character_reference_is_its_character_in_markdown_but_not_within_an_address():
    body = "**Vera Lund:** I&#39;m at Ek &amp; Son&hellip; a.b/?x=1&copy=2\n\n**Tom Ek:** R&D; so."
    assert turns(body) == [
        ("Vera Lund", "I'm at Ek & Son… a.b/?x=1&copy=2"),
        ("Tom Ek", "R&D; so."),
    ]


TALKS = GIVEN / "data/founderstalk"
ADAM = Host("Adam Stacoviak", ("Adam",))
Spoken = list[tuple[str, str]]


def real_talks() -> list[Spoken]:
    return [
        [(turn.speaker, turn.text) for turn in read(path.read_bytes(), host=ADAM).turns]
        for path in sorted(TALKS.glob("*.md"))
    ]


@needs_given_data
def test_a_folder_of_real_markdown_gives_every_turn():
    """Counted without the parser: paragraphs that begin with a label, and those of breaks and outros."""
    paragraphs = [
        paragraph
        for path in TALKS.glob("*.md")
        for paragraph in re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))
    ]
    labels = [
        found[1] for p in paragraphs if (found := re.match(r"\s*\*\*([^*:]{1,60}?):?\*\*", p))
    ]
    nobody = [label for label in labels if re.match(r"(?:break|outro)\b", label, re.IGNORECASE)]
    assert (len(labels), len(labels) - len(nobody)) == (7839, 7766)
    talks = real_talks()
    assert (len(talks), sum(map(len, talks))) == (50, 7743)
    assert min(map(len, talks)) > 0


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def as_vtt(talk: Spoken) -> str:
    return "WEBVTT\n\n" + "\n\n".join(
        f"{clock(at)}.000 --> {clock(at)}.900\n<v {html.escape(who)}>{html.escape(said, quote=False)}"
        for at, (who, said) in enumerate(talk)
    )


def as_srt(talk: Spoken) -> str:
    return "\n\n".join(
        f"{at + 1}\n{clock(at)},000 --> {clock(at)},900\n{who}: {said}"
        for at, (who, said) in enumerate(talk)
    )


def as_json(talk: Spoken) -> str:
    segments = [
        {"speaker": who, "startTime": at, "body": said} for at, (who, said) in enumerate(talk)
    ]
    return json.dumps({"version": "1.0.0", "segments": segments})


def as_cited_html(talk: Spoken) -> str:
    return "\n".join(
        f"<cite>{html.escape(who)}:</cite> <time>{clock(at)}</time> <p>{html.escape(said, quote=False)}</p>"
        for at, (who, said) in enumerate(talk)
    )


def as_plain_text(talk: Spoken) -> str:
    return "\n\n".join(f"{who}: {said}" for who, said in talk)


@needs_given_data
@pytest.mark.parametrize("shape", [as_vtt, as_srt, as_json, as_cited_html, as_plain_text])
def test_real_talks_give_the_same_turns_in_every_shape(shape):
    for talk in real_talks():
        found = read(shape(talk), host=ADAM).turns
        assert [(turn.speaker, turn.text) for turn in found] == talk
