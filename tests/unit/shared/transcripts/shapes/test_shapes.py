"""One invented talk in every shape: each is read exactly, or refused with a reason that names what is missing."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.transcripts import Host, TranscriptRefused, heading_of, read_transcript
from tests.talks import GUEST, HOST, MATTER, SHAPES, cues, docx_of, invented, lines, page, timed

IDA = Host(HOST, ("Ida",))


def read(body, *guests, speakers=None, selector=""):
    return read_transcript(
        body, content_type=None, host=IDA, guests=guests, speakers=speakers or {}, selector=selector
    )


def refusal(body):
    with pytest.raises(TranscriptRefused) as refused:
        read(body)
    return refused.value


def misread(body, talk):
    """Words lost, words added, and turns given to somebody else or cut elsewhere."""
    turns = [(turn.speaker, turn.text) for turn in read(body).turns]
    speakers = list(dict.fromkeys(who for who, _ in turns))
    expected = [(speakers[n % 2], said) for n, (_, said) in enumerate(talk)]
    had, got = (Counter(word for _, said in one for word in said.split()) for one in (talk, turns))
    wrong = sum(one != other for one, other in zip(turns, expected, strict=False))
    return (had - got).total(), (got - had).total(), wrong + abs(len(turns) - len(expected))


def test_there_are_more_than_sixty_shapes():
    assert len(SHAPES) > 60


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_talk_is_read_exactly_in_this_shape(shape, seed):
    talk = invented(seed)
    body = SHAPES[shape](talk)
    if shape == "initials":
        talk = [(HOST, "Hello."), (GUEST, "Hello."), *talk]
    assert misread(body, talk) == (0, 0, 0)


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(set(SHAPES) - {"initials"})), st.integers(3, 10_000), st.integers(4, 20)
)
def test_any_talk_is_read_exactly_in_any_shape(shape, seed, pairs):
    talk = invented(seed, 2 * pairs)
    assert misread(SHAPES[shape](talk), talk) == (0, 0, 0)


ODD = ["It was 5:30 when he came.", "5:30 is early.", "10:30 PM is late.", "Note: this is wet.", "Mud", "Mm-hm.",
       "Yes: no: yes.", "(laughs) So.", "[crosstalk] I mean it.", "“Quoted: yes,” he said.", "Well - I think so.",
       "I - no.", "Time: 5:30.", "Rolf", "...and then?", "Part two", "Rolf Quill said: no.", "Ida, you said: dig.",
       "The mill (the old one) burned.", "Hello, I'm Rolf Quill.",
       "Mud—wet mud—is all.", "[The] hedge is mine."]  # fmt: skip


@settings(max_examples=100)
@given(st.sampled_from(sorted(set(SHAPES) - {"initials"})), st.sampled_from(ODD))
def test_a_turn_may_begin_with_what_looks_like_a_time_a_label_or_a_cue(shape, odd):
    talk = invented(3, 12)
    talk[5] = (talk[5][0], odd)
    assert misread(SHAPES[shape](talk), talk) == (0, 0, 0)


NAMELESS = {"machine labels", "speaker as a number", "Deepgram utterances", "Deepgram paragraphs", "AssemblyAI",
            "AWS Transcribe", "AWS Transcribe, labels with the words", "TTML with words", "Azure",
            "Speechmatics", "Google", "letters, as in court"}  # fmt: skip


@pytest.mark.parametrize("shape", sorted(set(SHAPES) - NAMELESS - {"with an affiliation"}))
def test_the_host_is_the_host_in_this_shape(shape):
    found = {turn.speaker: turn.role for turn in read(SHAPES[shape](invented(4))).turns}
    assert list(found.values()) == ["host", "guest"]
    assert next(iter(found)) == HOST


@pytest.mark.parametrize("shape", sorted(NAMELESS))
def test_the_profile_says_who_is_who_where_a_service_does_not(shape):
    body = SHAPES[shape](invented(4))
    first, second = dict.fromkeys(turn.speaker for turn in read(body).turns)
    named = read(body, speakers={first: HOST, second: GUEST})
    assert {turn.speaker: turn.role for turn in named.turns} == {HOST: "host", GUEST: "guest"}


# What names no speaker is refused, and the reason says so


@pytest.mark.parametrize(
    "form",
    ["{said}", "{t} {said}", "[{t}] {said}", "- {said}", "> {said}", "## Part {n}\n\n{said}", "{n}. {said}",
     "**{said}**", "*{said}*", "<p>{html}</p>", "<h3>Part {n}</h3><p>{html}</p>", "<li>{html}</li>"],
)  # fmt: skip
def test_text_without_speakers_is_refused(form):
    refused = refusal(lines(form)(invented(1)))
    assert refused.reason in ("no_labels", "no_transcript", "not_html", "notes_only")
    assert any(word in str(refused) for word in ("speaker", "Labels", "labels"))


@pytest.mark.parametrize(
    "form",
    ["{said}\n— {who}", "{said}\n- {who}", "> {said}\n>\n> — {who}", "{said}\n\n— {who}",
     "<blockquote><p>{html}</p><cite>{who}</cite></blockquote>",
     "<blockquote>{html}<br><cite>— {who}</cite></blockquote>", "{said}\n{who}", "{said}\n\n**{who}**",
     "<p>{html}</p><p><b>{who}</b></p>", "<div><p>{html}</p><p class='name'>{who}</p></div>"],
)  # fmt: skip
def test_a_name_below_what_is_said_is_no_label_of_what_comes_next(form):
    refused = refusal(lines(form)(invented(1)))
    assert any(word in str(refused) for word in ("speaker", "labels", "names"))


BOXES = ["ad", "ad-slot google", "adsbygoogle", "advertisement", "promo", "sponsor-box", "inline-cta", "toc",
         "newsletter-signup", "wp-block-buttons", "pullquote", "sharedaddy", "jp-relatedposts", "entry-meta",
         "subscription-widget-wrap", "site-banner"]  # fmt: skip


@pytest.mark.parametrize("box", BOXES)
def test_a_box_in_the_middle_of_a_talk_is_in_no_turn(box):
    talk = invented(8)
    form = f'<p><b>{{who}}:</b> {{html}}</p><div class="{box}"><p>Sign up today</p></div>'
    assert misread(page(form)(talk), talk) == (0, 0, 0)


def test_a_remark_in_italics_below_the_talk_is_in_no_turn():
    talk = invented(9)
    remark = "<p><em>This transcript was made by a machine, which hears what it likes; excuse it.</em></p>"
    body = page("<p><b>{who}:</b> {html}</p>", ("<div>", f"{remark}</div>"))(talk)
    assert misread(body, talk) == (0, 0, 0)


def test_a_label_that_a_word_processor_cut_up_is_one_label():
    talk = invented(10)
    form = "<p><b>{first}</b><b> {surname}</b><b>:</b> {html}</p>"
    assert misread(page(form)(talk), talk) == (0, 0, 0)


@pytest.mark.parametrize("kind", ["vtt", "srt", "sbv"])
@pytest.mark.parametrize("every", [False, True])
def test_captions_without_speakers_are_refused(kind, every):
    refused = refusal(cues("", kind=kind, every=every)(invented(1)))
    assert refused.reason in ("no_labels", "notes_only")
    assert "No speaker is named" in str(refused)


def test_changes_of_speaker_without_a_name_are_refused():
    refused = refusal(cues(">> ", kind="srt")(invented(1)))
    assert refused.reason == "no_labels"
    assert ">>" in str(refused)


@pytest.mark.parametrize(
    "document",
    [{"segments": [{"text": "Mud."}]}, {"transcription": [{"text": "Mud."}]}, [{"text": "Mud."}],
     {"results": {"channels": [{"alternatives": [{"transcript": "mud", "words": [{"word": "mud"}]}]}]}},
     {"utterances": [{"transcript": "mud", "speaker": None}]}, {"monologues": [{"elements": [{"value": "mud"}]}]},
     {"results": {"transcripts": [{"transcript": "mud"}], "items": []}}, [{"speaker": "", "text": "mud"}],
     [{"speaker": [], "text": "mud"}], {"segments": [{"speaker": True, "text": "mud"}]}],
)  # fmt: skip
def test_json_without_speakers_says_that_nobody_is_named(document):
    refused = refusal(json.dumps(document).encode())
    assert refused.reason in ("no_labels", "notes_only")
    assert "No speaker is named" in str(refused)


@pytest.mark.parametrize(
    "document",
    [{}, [], {"error": "gone"}, {"segments": []}, {"events": [{"segs": [{"utf8": "mud"}]}]}, [1, 2], [[[]]],
     {"segments": {"a": 1}}, {"a": {"b": {"c": {"d": {"e": {"f": {"g": []}}}}}}}, {"speakers": [{"name": 1}]}],
)  # fmt: skip
def test_json_with_nothing_said_is_malformed(document):
    assert refusal(json.dumps(document).encode()).reason in ("malformed", "not_html")


# A tag in text, kind E


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("You type <div> and then your name.", "You type <div> and then your name."),
        ("I am glad you came.<br>", "I am glad you came."),
        ("I am glad<br/> you came.", "I am glad you came."),
        ("So <em>very</em> glad.", "So very glad."),
        ("You write <p> first.", "You write <p> first."),
        ("It is <table> or <td>, I forget.", "It is <table> or <td>, I forget."),
        ("A < b and b > c.", "A < b and b > c."),
        ("<b>Mud</b> it is.", "Mud it is."),
        ("Use <html> once.", "Use <html> once."),
        ("It said <time> was up.", "It said <time> was up."),
        ("H<sub>2</sub>O, I think.", "H2O, I think."),
        ("In <span class='x'>mud</span> we trust.", "In mud we trust."),
    ],
)
@pytest.mark.parametrize("form", ["{}: {}", "**{}:** {}"])
def test_a_tag_in_text_is_no_page(written, said, form):
    body = "\n\n".join(form.format(who, text) for who, text in
                       [(HOST, "Well?"), (GUEST, written), (HOST, "I see."), (GUEST, "Yes.")])  # fmt: skip
    assert [turn.text for turn in read(body.encode()).turns] == ["Well?", said, "I see.", "Yes."]


# What front matter says, kind F


def test_front_matter_names_the_title_the_day_and_the_people():
    body = SHAPES["front matter"](invented(2))
    assert heading_of(body, None) == "Mud: a talk"
    found = read(body)
    assert str(found.recorded) == "2023-04-05"
    assert {turn.speaker: turn.role for turn in found.turns} == {HOST: "host", GUEST: "guest"}


@pytest.mark.parametrize(
    "matter",
    [MATTER, "---\ntitle: Mud: a talk\nurl: https://example.org/a\n---\n", "---\ntags:\n- a\n- b\n---\n",
     '+++\ntitle = "Mud"\n+++\n', "---\nmedia: https://example.org/a.mp3\nmedia2: b\n...\n",
     "---\r\ntitle: Mud\r\n---\r\n", "\ufeff---\ntitle: Mud\n---\n", "---\ntitle: [\n---\n",
     "---\nspeakers:\n  - name: Rolf Quill\n    url: https://example.org\n---\n",
     "---\nguests: Rolf Quill, Berta\n---\n",
     "---\n? {a: b}\ntitle: Mud\n---\n", "---\na: &a [x,x]\nb: [*a,*a]\ntitle: Mud\n---\n"],
)  # fmt: skip
def test_front_matter_is_nobodys_speech(matter):
    talk = invented(3)
    assert misread(matter.encode() + lines("{who}: {said}")(talk), talk) == (0, 0, 0)


@pytest.mark.parametrize(
    "link",
    ["Book: https://example.org/book", "slides: https://example.org/a.pdf", "MuSig paper: https://example.org/b",
     "Video: www.example.org", "url: https://example.org", "Witness script: the one in the mud",
     "Twitter: @rolfq", "Goal: https://example.org/goal", "Media: a.mp3", "Paper: example.org/paper.html",
     "Start time: 5:30"],
)  # fmt: skip
def test_a_label_that_only_addresses_follow_is_nobody(link):
    talk = invented(5, 8)
    body = lines("{who}: {said}")(talk) + f"\n{link}\n\n{link}\n".encode()
    assert {turn.speaker for turn in read(body).turns} == {HOST, GUEST}


# Captions, kind H


def test_a_cue_of_two_speakers_is_two_turns():
    body = timed(
        [(1, f"- {HOST}: Did you?\n- {GUEST}: I did."), (4, f"- {HOST}: Ah.\n- {GUEST}: Yes.")],
        "srt",
    )
    assert [(turn.speaker, turn.text) for turn in read(body).turns] == [
        (HOST, "Did you?"), (GUEST, "I did."), (HOST, "Ah."), (GUEST, "Yes.")]  # fmt: skip


@pytest.mark.parametrize("words", range(3, 14))
@pytest.mark.parametrize("note", ["", " (host)", " (she/her)"])
def test_labels_anywhere_in_a_cue_are_found(words, note):
    talk = invented(words)
    text = " ".join(f"{who}{note}: {said}" for who, said in talk).split()
    made = [(n, " ".join(text[n : n + words])) for n in range(0, len(text), words)]
    assert misread(timed(made, "srt"), talk) == (0, 0, 0)


def test_genuine_repetition_in_captions_stays():
    said = [(HOST, "No."), (GUEST, "No. No."), (HOST, "Yes."), (GUEST, "Yes.")]
    body = timed([(n, f"{who}: {text}") for n, (who, text) in enumerate(said)], "vtt")
    assert [turn.text for turn in read(body).turns] == ["No.", "No. No.", "Yes.", "Yes."]


# Pages


PAGES = [shape for shape in SHAPES if shape.startswith("page: ")]


@pytest.mark.parametrize("shape", PAGES)
def test_no_menu_blurb_or_comment_is_in_a_turn(shape):
    said = " ".join(turn.text for turn in read(SHAPES[shape](invented(6))).turns)
    for foreign in (
        "Home",
        "fences",
        "Great show",
        "Thank you, Kim",
        "subscribe",
        "rights",
        "This week",
    ):
        assert foreign not in said


NOTES = "<p>We talk about mud, hedges and the price of spades.</p>"


@pytest.mark.parametrize(
    "inside",
    [NOTES, f"{NOTES}<p><strong>Guest:</strong> Rolf Quill</p><p><strong>Host:</strong> Ida Stone</p>",
     f"<h2>Links</h2>{NOTES}<ul><li><b>Book:</b> Mud</li><li><b>Film:</b> More Mud</li></ul>",
     "<dl><dt>Mud</dt><dd>Wet earth.</dd><dt>Hedge</dt><dd>A row of shrubs.</dd></dl>",
     "<p><strong>Price:</strong> 5 a bag.</p><p><strong>Color:</strong> Brown.</p>" * 4,
     "<p><b>Why mud?</b></p><p>Because it is there, and I like it.</p>" * 6, f"<h3>Rolf Quill</h3>{NOTES}" * 2,
     "<p>Posted by Ida Stone</p>" + NOTES * 9, "<p>0:00 Hello</p><p>1:30 Mud</p><p>12:00 Bye</p>",
     "<table><tr><td>Monday</td><td>Rain</td></tr><tr><td>Tuesday</td><td>Mud</td></tr></table>",
     f"{NOTES}<div id='comments'><p><b>Ida Stone:</b> Thanks!</p><p><b>Rolf Quill:</b> No, thank you!</p></div>" * 3],
)  # fmt: skip
def test_a_page_without_speakers_is_refused_in_a_podcasters_words(inside):
    menu = "<nav><a href='/'>Home</a></nav>"
    page = f"<html><body>{menu}<main><h1>Mud</h1>{inside}</main></body></html>"
    refused = refusal(page.encode())
    assert refused.reason == "no_transcript"
    assert "speakers" in str(refused)


def test_the_profile_may_name_where_on_a_page_the_transcript_stands():
    talk = invented(7)
    said = "".join(f"<p>{who}: {text}</p>" for who, text in talk)
    page = (
        "<html><body><p>Ida Stone: a</p><p>Rolf Quill: b</p>"
        f"<div class='related talk'>{said}</div><p>Ida Stone: c</p></body></html>"
    )
    found = read(page.replace("&", "&amp;").encode(), selector=".talk")
    assert [turn.text for turn in found.turns] == [text for _, text in talk]
    with pytest.raises(TranscriptRefused, match="nothing at '#gone'"):
        read(page.encode(), selector="#gone")


# Bombs


def test_a_document_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("shared.transcripts.shapes.office.MAX_XML_BYTES", 100_000)
    refused = refusal(docx_of("<w:p/>" * 50_000))
    assert refused.reason == "malformed"
    assert "100,000 bytes" in str(refused)


ENTITIES = '<!DOCTYPE x [<!ENTITY a "mud">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>"  # fmt: skip


@pytest.mark.parametrize("root", ["tt", "transcript", "transcripts"])
def test_xml_that_declares_entities_is_refused(root):
    body = f'<?xml version="1.0"?>{ENTITIES}<{root}><line speaker="&j;">&j;</line></{root}>'
    assert refusal(body.encode()).reason in ("malformed", "no_transcript")
    assert refusal(f"<{root}>{'<p>' * 5000}".encode()).reason == "malformed"


@pytest.mark.parametrize("body", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 100, b"%PDF-1.7"])
def test_what_cannot_be_read_is_refused(body):
    assert refusal(body).reason in ("malformed", "not_html")
