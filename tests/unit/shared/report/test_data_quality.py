"""What was noticed reaches a person in plain words, worst first, each with the way out."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import web
from shared.corpus.reading import ParserStumbled
from shared.corpus.records import DUPLICATE, NEAR_DUPLICATE
from shared.report.data_quality import REASONS, findings
from shared.transcripts import Host, read_transcript
from shared.transcripts.records import RefusalReason


def row(title="Rain", status="parsed", reason=None, *warnings):
    return {
        "title": title,
        "url": f"http://127.0.0.1:1/{title}",
        "status": status,
        "reason": reason,
        "warnings": list(warnings) or None,
    }


def silent(most="Tom Ash"):
    return f"the host, Ida Stone, never speaks; who speaks most: {most}"


def said(rows, discovery=None):
    return [found.sentence for found in findings(rows, discovery)]


def test_a_silent_host_comes_first_with_who_speaks_instead():
    rows = [
        row("A", "parsed", None, silent("Tom Ash, Lea Roe"), "unknown speakers: Tom Ash"),
        row("B", "parsed", None, silent("Tom Ash")),
        row("C", "refused", "no_labels"),
    ]
    first, second, third = findings(rows)
    assert first.sentence == (
        "the host, Ida Stone, never speaks in any episode; who speaks most: Tom Ash, Lea Roe"
    )
    assert "aliases" in first.way_out
    assert first.examples == ("A", "B")
    assert (second.sentence, second.kind) == (
        "1 episode refused: nobody's name stands before what is said",
        "no_labels",
    )
    assert third.kind == "unknown"


def test_a_host_who_is_silent_in_some_episodes_is_said_to_be_so():
    rows = [row("A", "parsed", None, silent()), row("B"), row("C")]
    assert said(rows)[0].startswith("the host, Ida Stone, never speaks in 1 episode of 3;")


def test_more_episodes_of_the_same_weight_come_before_fewer():
    rows = [row(str(n), "refused", "empty") for n in range(3)]
    rows += [row(str(n), "failed", "unreachable") for n in range(5)]
    assert [found.episodes for found in findings(rows)] == [5, 3]


@pytest.mark.parametrize(
    "reason",
    [
        *get_args(RefusalReason),
        *(
            kind.reason
            for kind in (web.Unreachable, web.AddressRefused, web.TooLarge, web.NotFound)
        ),
        *(web.BadResponse.reason, ParserStumbled.reason, DUPLICATE, NEAR_DUPLICATE),
    ],
)
def test_every_reason_there_is_has_plain_words_and_a_way_out(reason):
    (found,) = findings([row("A", "refused", reason)])
    assert reason in REASONS
    assert "_" not in found.sentence
    assert found.way_out.endswith(".")
    assert not [
        word for word in ("table.ts2", "CSS", "parser error", "None") if word in found.sentence
    ]


def test_a_reason_from_a_later_version_is_told_too():
    (found,) = findings([row("A", "failed", "brand_new")])
    assert "brand_new" in found.kind
    assert found.way_out


WARNED = {
    "stray_labels": "inside turns stand what may be speakers' labels: Ann Low",
    "old_copy": "read from the copy of 2026-11-01, because the site is down",
    "cut_off": "the transcript may be cut off: it says [more to come]",
    "in_vain": "http://127.0.0.1:1/a.vtt was offered and refused: No speaker is named",
    "host_share": "the host speaks 91% of the words",
    "silent_guest": "named in the title but never speaking: Tom Ash",
    "doubled": "turns that stand twice, word for word: 3",
    "unknown": "unknown speakers: Ann Low",
    "host_silent": silent(),
}


@pytest.mark.parametrize("kind", WARNED)
def test_every_kind_of_warning_is_told_with_its_episodes(kind):
    (found,) = findings([row("A", "parsed", None, WARNED[kind]), row("B")])
    assert (found.kind, found.episodes, found.examples) == (kind, 1, ("A",))


def test_a_warning_of_no_kind_we_know_is_told_as_it_is():
    (found,) = findings([row("A", "parsed", None, "the talk hums")])
    assert found.sentence == "1 episode: the talk hums"


def test_what_the_source_could_not_give_and_what_was_passed_over_is_told():
    record = {"notes": ["Page 2 of the feed is left out"], "passed_over": {"audio": 6, "other": 0}}
    assert said([row()], record) == [
        "Page 2 of the feed is left out",
        "passed over beside the transcripts: 6 audio files",
    ]


def test_a_run_without_trouble_has_nothing_to_tell():
    assert findings([row("A"), row("B")], {"notes": [], "passed_over": {}}) == []
    assert findings([]) == []


@given(
    st.lists(
        st.builds(
            row,
            st.text(max_size=5),
            st.sampled_from(["parsed", "refused", "failed"]),
            st.sampled_from([None, *REASONS]),
            st.sampled_from([*WARNED.values(), "odd"]),
        )
    )
)
def test_every_episode_that_was_not_read_is_counted_once(rows):
    found = findings(rows)
    lost = sum(one["status"] != "parsed" for one in rows)
    unread = [one for one in found if " refused: " in one.sentence or " failed: " in one.sentence]
    assert sum(one.episodes for one in unread) == lost


def test_the_parser_says_who_speaks_where_the_host_does_not():
    talk = b"**Tom Ash:** Why?\n\n**Lea Roe:** It falls and falls.\n\n**Tom Ash:** Ah.\n\n**Lea Roe:** Yes.\n"
    read = read_transcript(talk, content_type=None, host=Host("Ida Stone"), guests=())
    (found,) = [
        one
        for one in findings([row("A", "parsed", None, *read.warnings)])
        if one.kind == "host_silent"
    ]
    assert found.sentence.endswith("never speaks in any episode; who speaks most: Lea Roe, Tom Ash")


def test_what_the_profile_asks_for_in_vain_is_told_before_small_things():
    rows = [row("A", "parsed", None, "unknown speakers: Tom Ash")]
    first, second, third = findings(
        rows, {"in_vain": ["`exclude: ^best of`"]}, {"in_vain": ["`must_have: prairie`"]}
    )
    assert first.sentence == "`exclude: ^best of` in the profile matches nothing"
    assert second.sentence == "`must_have: prairie` in the profile matches nothing"
    assert second.way_out == "Correct it, or strike it out."
    assert third.kind == "unknown"
