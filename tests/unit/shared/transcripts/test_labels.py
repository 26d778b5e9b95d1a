"""What is a speaker's label and what is not, in whatever shape: kinds A, B, D to H, K, L and N."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.transcripts import Host, TranscriptRefused, read_transcript

IDA = Host("Ida Stone", ("Ida",))
ASKED = ["Did you bring it with you?", "I did, it is in the bucket.", "Show me.", "Here it is."]


def read(text, *guests, host=IDA, speakers=None):
    return read_transcript(
        text.encode(), content_type=None, host=host, guests=guests, speakers=speakers or {}
    )


def turns(text, *guests, **more):
    return [(turn.speaker, turn.text) for turn in read(text, *guests, **more).turns]


def roles(text, *guests, **more):
    return {turn.speaker: turn.role for turn in read(text, *guests, **more).turns}


def refusal(text):
    with pytest.raises(TranscriptRefused) as refused:
        read(text)
    return refused.value


def plain(who):
    return "\n\n".join(f"{name}: {said}" for name, said in zip(who, ASKED, strict=True))


def bold(who):
    return "\n\n".join(f"**{name}:** {said}" for name, said in zip(who, ASKED, strict=True))


def vtt(who):
    cues = (
        f"{n}\n00:00:0{n}.000 --> 00:00:0{n + 1}.000\n{name}: {said}"
        for n, (name, said) in enumerate(zip(who, ASKED, strict=True))
    )
    return "WEBVTT\n\n" + "\n\n".join(cues)


SHAPES = pytest.mark.parametrize("shape", [plain, bold, vtt])

# A: labels no name pattern likes

ODD = [
    *("Rolf Quill (he/him)", "Rolf Quill | Acme", "@rolfq", "Speaker #2", "Guest #1"),
    *('Rolf "Muddy" Quill', "Rolf Quill [guest]", "Rolf Quill 🌿", "2Quill", "Rolf/Berta"),
    *("Rolf Quill (on the phone, from Ohio)", "PS", "Question", "Answer", "Time", "Part"),
    *("Title", "Date", "Note", "Paul …✌", "$STDOUT", "0x5fbc1a", "???"),
    "Rolf Quill of the Ditch and Drain Company",
    *("Rolf Quill (They/Them)", "Dr. Rolf Quill, PhD", "roasbeef", "Rolf Quill – guest", "Q"),
    *(
        "Rolf Quill 🧑🏽‍🌾",
        "Unknown Speaker 3",
        "Caller from Ohio",
        "R. Q.",
        "Jean-Luc d’Ys",
        "Müller",
    ),
    *("SPEAKER_01", "spk_1", "Rolf Quill • Mudworks", "Rolf Quill (she/they) 🌿", "李明"),
]


@SHAPES
@pytest.mark.parametrize("odd", ODD)
def test_any_label_that_returns_between_others_is_one(shape, odd):
    read_turns = turns(shape(["Ida Stone", odd, "Ida Stone", odd]))
    assert [said for _, said in read_turns] == ASKED
    assert [who for who, _ in read_turns][::2] == ["Ida Stone", "Ida Stone"]
    assert len({who for who, _ in read_turns}) == 2


@SHAPES
@pytest.mark.parametrize(
    "alias",
    ["Ida Stone (she/her)", "The Porch Lady", "ida!", "porch-host", "Stone of The Porch", "Ida S. ☕",
     "Question", "Ida, of course", "Madame la Présidente", "I.S.?"],
)  # fmt: skip
def test_the_profiles_own_aliases_help_whatever_their_form(shape, alias):
    host = Host("Ida Stone", (alias,))
    assert turns(shape([alias, "Rolf Quill"] * 2), host=host)[::2] == [
        ("Ida Stone", ASKED[0]),
        ("Ida Stone", ASKED[2]),
    ]


# B: a name in bold that stands once


@pytest.mark.parametrize(
    "once",
    ["Rolf", "Karl Hut", "Berta", "Mx. Quill", "Jean-Luc", "Ann de Vries", "Caller 3", "Unknown", "Ötzi",
     "Rolf (from Ohio)", "Tom & Jerry", "Guest"],
)  # fmt: skip
def test_a_name_in_bold_with_a_colon_is_a_speaker_though_it_stands_once(once):
    body = (
        f"**Ida Stone:** We asked you to call in.\n\n**{once}:** I brought mud, and it took me a whole "
        "day to find it.\n\n**Ida Stone:** Thanks."
    )
    assert [said for _, said in turns(body)] == [
        "We asked you to call in.",
        "I brought mud, and it took me a whole day to find it.",
        "Thanks.",
    ]


@pytest.mark.parametrize("once", ["Rolf", "Karl Hut", "Ann de Vries", "Unknown"])
@pytest.mark.parametrize("shape", [plain, vtt])
def test_a_caller_between_two_turns_of_one_person_is_a_speaker_in_any_shape(shape, once):
    assert [
        said for _, said in turns(shape(["Ida Stone", once, "Ida Stone", "Rolf Quill"]))
    ] == ASKED


@pytest.mark.parametrize(
    "bold_text",
    ["**SHOUT OUT**: to all of you.", "**Note:** it was wet.", "**Show me what you have got.**",
     "**But why?** I ask.", "**The question is: who** digs?", "**https://example.org**: a page",
     "**5:30**: we met.", "**so:** me.", "**Links:** none.", "**What is it, then?**",
     "**It is wet here, and it was wet all day, and it will be wet:** so it goes."],
)  # fmt: skip
def test_other_words_in_bold_are_no_speaker(bold_text):
    body = f"**Ida Stone:** Well.\n\n{bold_text}\n\n**Rolf Quill:** Ha.\n\n**Ida Stone:** Yes."
    assert [who for who, _ in turns(body)] == ["Ida Stone", "Rolf Quill", "Ida Stone"]


# D: speech that no label covers

DITCHES = "Well I never thought you would ask me that, but my father dug them and so do I."


@pytest.mark.parametrize("times", [30, 35, 60, 200])
@pytest.mark.parametrize("shape", [plain, bold])
def test_a_label_or_two_over_a_long_unlabelled_talk_cover_nothing(times, shape):
    body = (
        "Ida Stone: Welcome, I am your host and this is the porch.\n\n"
        "Ida Stone: Today I talk to a man who digs ditches.\n\n"
    ) + f"{DITCHES}\n\n" * times
    refused = refusal(body)
    assert refused.reason == "no_labels"
    assert f"Labels stand over 19 of {19 + 18 * times} words" in str(refused)


FORMS = ["{}: {}", "**{}:** {}", "**{}** {}", "{} 00:00:01\n{}", "[00:00:01] {}: {}", "{} (00:01): {}",
         "{}:\n{}", "### {}\n\n{}", "> **{}:** {}", "- **{}:** {}", "*{}:* {}", "{}：{}"]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_labels_in_any_form_cover_no_long_unlabelled_talk(form):
    """Neither after them nor before them, nor in the middle, with a label at either end."""
    lead = [
        form.format("Ida Stone", "Welcome."),
        form.format("Rolf Quill", "I am glad to be here."),
    ]
    unlabelled = [DITCHES.replace("ditches", f"{n} ditches") for n in range(40)]
    for body in (lead + unlabelled, unlabelled + lead, lead[:1] + unlabelled + lead):
        refused = refusal("\n\n".join(body))
        assert refused.reason in ("no_labels", "not_html")
        assert "abels" in str(refused)


@pytest.mark.parametrize("form", FORMS)
def test_one_long_answer_among_labels_in_any_form_is_its_speakers(form):
    """Five paragraphs by one person are a story, whatever they are labelled with."""
    story = [form.format("Rolf Quill", DITCHES), *[DITCHES] * 4]
    talk = [form.format(("Ida Stone", "Rolf Quill")[n % 2], DITCHES) for n in range(12)]
    found = read("\n\n".join([*talk, form.format("Ida Stone", "Go on."), *story]))
    assert [len(turn.text.split()) for turn in found.turns] == [18] * 12 + [2, 90]


@pytest.mark.parametrize("before", [24, 40, 80])
@pytest.mark.parametrize("stale", [20, 22])
def test_a_talk_whose_labels_stop_keeps_what_they_cover_and_says_what_is_left_out(before, stale):
    labelled = "\n\n".join(
        f"{('Ida Stone', 'Rolf Quill')[n % 2]}: {DITCHES}" for n in range(before)
    )
    read_talk = read(labelled + f"\n\n{DITCHES}" * stale)
    assert len(read_talk.turns) == before
    assert all(turn.text == DITCHES for turn in read_talk.turns)
    assert any(f"{18 * stale} words" in warning for warning in read_talk.warnings)


@pytest.mark.parametrize("paragraphs", [1, 2, 3, 4, 5, 8, 12, 15])
def test_paragraphs_that_go_on_are_the_speakers(paragraphs):
    body = ""
    for n in range(8):
        body += (
            f"{('Ida Stone', 'Rolf Quill')[n % 2]}: {DITCHES}\n\n" + f"{DITCHES}\n\n" * paragraphs
        )
    read_talk = read(body)
    assert [len(turn.text.split()) for turn in read_talk.turns] == [18 * (paragraphs + 1)] * 8


def test_what_stands_before_the_first_label_is_told_of():
    body = f"{DITCHES} " * 3 + "\n\n" + plain(["Ida Stone", "Rolf Quill"] * 2) + f" {DITCHES}" * 4
    assert any("before the first label" in warning for warning in read(body).warnings)


# G: a line that begins with words and a time; bold sentences


@pytest.mark.parametrize(
    "line",
    [
        "We met at 5:30 by the mill, and I was already wet.",
        "August 1, 2017 around 12:30 it rained.",
        "So I was working 0:15 and then 0:20 more.",
        "Start time 12:00 is what it says.",
        "Estamos a las 5:30 en la casa.",
        "Quill 3:16 is the line that I know by heart.",
        "It was 10:45 (or 10:50) when he came.",
        "to end users. (00:12:44) and so on.",
        "The Mill 5:30 to 6:30 is open.",
        "In the end - at 6:15 - we left.",
        "I said 7:20: not a minute later.",
    ],
)
def test_a_sentence_with_a_time_is_no_speaker_and_keeps_its_time(line):
    body = f"Ida Stone: Well.\n\nRolf Quill: So.\n\n{line}\n\nIda Stone: Yes.\n\nRolf Quill: No."
    (_, said) = turns(body, "Rolf Quill")[1]
    kept = line.replace("(00:12:44) ", "")
    assert said == f"So. {kept}"


def test_a_time_after_a_label_stays_in_the_speech():
    body = (
        "Ida Stone: When?\n\nRolf Quill: 5:30 in the summer\n\nIda Stone: Ah.\n\nRolf Quill: 6:15"
    )
    assert turns(body)[1] == ("Rolf Quill", "5:30 in the summer")


@given(
    st.integers(1, 23), st.integers(0, 59), st.sampled_from(["at", "around", "until", "by", "past"])
)
def test_hard_wrapped_speech_with_times_has_no_other_speakers(hour, minute, word):
    body = (
        f"Ida Stone: When did it all begin, and was it\n{word} {hour}:{minute:02} or so\n\n"
        f"Rolf Quill: I met them {word}\n{hour}:{minute:02} by the mill and they were\n"
        f"wet, so we {word} {hour}:{minute:02}\nwent home.\n\nIda Stone: Yes.\n\nRolf Quill: No."
    )
    assert [who for who, _ in turns(body)] == ["Ida Stone", "Rolf Quill"] * 2
    assert turns(body)[1][1].count(f"{hour}:{minute:02}") == 2


# K: initials of names with a particle


@pytest.mark.parametrize(
    ("name", "short"),
    [("Jan de Boer", "JdB"), ("Jan Boer", "JB"), ("Ana van der Laan", "AvdL"), ("Ugo di Pietro", "UdP"),
     ("Leo von Ahn", "LvA"), ("Ine ten Hag", "ItH"), ("Eva del Rio", "EdR"), ("Max zu Wied", "MzW"),
     ("Ali bin Said", "AbS"), ("Ada la Cour", "AlC"), ("Ib af Geijer", "IaG")],
)  # fmt: skip
@pytest.mark.parametrize("defined", [True, False])
@SHAPES
def test_initials_are_the_host_with_and_without_a_definition(name, short, defined, shape):
    first = f"{name} ({short})" if defined else short
    read_turns = turns(shape([first, "Rolf Quill", short, "Rolf Quill"]), host=Host(name))
    assert [who for who, _ in read_turns] == [name, "Rolf Quill"] * 2


# L: the host under other labels


@pytest.mark.parametrize(
    "label",
    ["Host", "HOST", "Ida Stone (she/her)", "Ida Stone | The Porch", "Host (Ida Stone)", "Ida S.", "I. Stone",
     "Stone, Ida", "Ída", "ida_stone", "Ida Stone (The Porch)", "Ida Stone 0", "Ída Stone", "IDA STONE, HOST",
     "Ida Stone - Host", "Host - Ida Stone", "Ida Stone [host]", "Ida Stone 🎙️", "STONE",
     "Dr. Ida Stone", "Ida M. Stone"],
)  # fmt: skip
@SHAPES
def test_the_host_is_found_under_another_form_of_the_name(label, shape):
    found = roles(shape([label, "Rolf Quill"] * 2))
    assert found == {"Ida Stone": "host", "Rolf Quill": "guest"}


def test_a_host_who_is_named_leaves_the_label_host_to_somebody_else():
    found = roles(plain(["Ida Stone", "Host", "Ida Stone", "Host"]))
    assert found == {"Ida Stone": "host", "Host": "other"}


@pytest.mark.parametrize("label", ["SPEAKER_00", "Speaker 1", "spk_0", "Speaker A", "Unknown", "Speaker #2",
                                   "Guest 2", "A", "Voice 3", "Participant 4"])  # fmt: skip
@SHAPES
def test_nameless_speakers_are_turns_and_the_profile_may_say_who_they_are(label, shape):
    talk = shape([label, "Rolf Quill"] * 2)
    assert [who for who, _ in turns(talk)] == [label, "Rolf Quill"] * 2
    assert roles(talk, speakers={label: "Ida Stone"}) == {
        "Ida Stone": "host",
        "Rolf Quill": "guest",
    }
    assert roles(talk, speakers={label: "Berta Wulf"})["Berta Wulf"] == "guest"


# N: small things


@pytest.mark.parametrize("label", ["Song", "Clip", "FireHydrant Clip", "Promo", "Trailer", "Selection 1",
                                   "Extract begins", "Advertisement", "Sponsor", "Ad"])  # fmt: skip
def test_what_is_played_in_is_nobodys(label):
    body = (
        f"**Ida Stone:** Listen.\n\n**{label}:**\n\nMud, mud, glorious mud.\n\nNothing like it.\n\n"
        "**Rolf Quill:** Ha.\n\n**Ida Stone:** Yes."
    )
    assert turns(body)[0] == ("Ida Stone", "Listen.")
    assert [who for who, _ in turns(body)] == ["Ida Stone", "Rolf Quill", "Ida Stone"]


@pytest.mark.parametrize(
    "trailer",
    ["Transcribed by https://otter.ai", "Made with Descript", "*Transcribed by https://otter.ai*",
     "This editable transcript was computer generated and might contain errors. People can also change the "
     "text after it was created.", "Transcription ended after 00:42:11", "Meeting ended after 00:41:03 👋",
     "Transcript by Rev.com", "Transcribed with https://otter.ai", "Subtitles by example.com",
     "Made with Descript https://descript.com", "00:06 The part about mud", "[00:06] The part about mud",
     "1:02:03 Mud", "Captions by amara.com"],
)  # fmt: skip
def test_what_programs_and_chapter_lists_add_is_in_no_turn(trailer):
    assert turns(plain(["Ida Stone", "Rolf Quill"] * 2) + f"\n\n{trailer}\n")[-1][1] == ASKED[-1]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("See [mud](https://example.org/Mud_(soil)) now.", "See mud now."),
        ("See [mud](https://example.org/a) now.", "See mud now."),
        (r"So [\\00:27:10.07\\] it was.", "So it was."),
        (r"So \[00:27:10.07\] it was.", "So it was."),
        ("So [04:10] it was.", "So it was."),
        ("[mud](a_(b)_(c)) so.", "mud so."),
        ("![mud](a.png) so.", "mud so."),
        ("It is `mud` so.", "It is mud so."),
        ("I &amp; you.", "I & you."),
        ("So (00:01:21): it was.", "So it was."),
    ],
)
def test_what_is_said_is_kept_without_its_markup(written, said):
    assert turns(f"**Ida Stone:** {written}\n\n**Rolf Quill:** Ha.")[0][1] == said


@pytest.mark.parametrize(
    ("said", "told"),
    [("No: it was wet.", False), ("Well: it was wet.", False), ("So: it was wet.", False),
     ("Berta: it was wet.", True), ("Berta Wulf: it was wet.", True), ("Note: it was wet.", False)],
)  # fmt: skip
def test_a_name_before_a_colon_inside_a_turn_is_told_and_no_other_word_is(said, told):
    body = plain(["Ida Stone", "Rolf Quill"] * 2) + f"\n\nIda Stone: Yes. {said} Ah. {said}"
    assert any("may be speakers' labels" in warning for warning in read(body).warnings) is told
