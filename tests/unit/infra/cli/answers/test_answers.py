"""`econchatr score`: answers from anywhere, and a sentence for every file that holds none."""

import json

import pytest

from infra.cli.answers import answer_file
from infra.cli.main import main
from shared.lake import keys
from shared.lake.tables import parquet
from tests.unit.shared.style import worlds

PROFILE = """
name: porch
title: The Porch
feed: http://127.0.0.1:1/feed.xml
host: {name: Ida Stone}
quotes: ["A porch is a room that forgives the weather."]
"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Porch</title>
<item><title>Tom Ek on Rain</title><link>https://example.org/1</link>
<pubDate>Mon, 06 Jan 2014 00:00:00 GMT</pubDate></item>
<item><title>Vera Lund on Ek</title><link>https://example.org/2</link>
<pubDate>Mon, 05 Jan 2015 00:00:00 GMT</pubDate></item>
</channel></rss>"""
QUOTE = '"Finish the following sentence: ""A porch is a room"'
GUESTS = "Who were guests of The Porch in 2014?"


@pytest.fixture
def score(tmp_path, capsys):
    (tmp_path / "porch.yaml").write_text(PROFILE)
    (tmp_path / "feed.xml").write_text(FEED)

    def scored(body, *options):
        file = tmp_path / "answers.csv"
        file.write_bytes(body if isinstance(body, bytes) else body.encode())
        options = [option.replace("FEED", str(tmp_path / "feed.xml")) for option in options]
        code = main(["score", str(file), "--show", str(tmp_path / "porch.yaml"), *options])
        return code, capsys.readouterr()

    return scored


@pytest.fixture
def rows(score):
    def found(body, *options):
        code, told = score(body, "--json", *options)
        assert code == 0, told.err
        return json.loads(told.out)

    return found


def by_metric(rows, **arm):
    return {row["metric"]: row for row in rows if arm.items() <= row.items()}


def test_quotes_and_guests_are_scored_arm_by_arm(rows):
    body = (
        "Question,Answer,Arm,Model\n"
        f"{QUOTE},that forgives the weather.,tuned,m1\n"
        f"{QUOTE},with a roof.,base,m1\n"
        f"{GUESTS},Tom Ek,tuned,m1\n"
        f'{GUESTS},"Lund, Fred Flint",base,m1\n'
    )
    found = rows(body, "--feed", "FEED")
    tuned, base = by_metric(found, arm="tuned", model="m1"), by_metric(found, arm="base")
    assert (tuned["quote_exact"]["value"], tuned["quote_exact"]["n"]) == (1.0, 1)
    assert base["quote_exact"]["value"] == 0.0
    assert 0 < base["quote_edit_ratio"]["value"] < 1
    assert tuned["facts_right"]["value"] == 1.0
    assert [
        base[f"facts_{kind}"]["value"] for kind in ("right", "other_year", "never_a_guest")
    ] == [*(0.0, 0.5, 0.5)]
    assert all({"metric", "arm", "model", "value", "n"} <= row.keys() for row in found)


def test_without_arms_there_is_one_and_without_a_feed_a_row_says_why(rows):
    found = by_metric(rows(f"question,answer\n{GUESTS},Tom Ek\n"), arm=None, model=None)
    assert found["facts_right"]["value"] is None
    assert "give its feed" in found["facts_right"]["reason"]


def test_a_table_for_a_person_says_why_where_there_is_no_number(score):
    code, told = score(f"question,answer\n{GUESTS},Tom Ek\n")
    assert code == 0
    assert "mean_words" in told.out
    assert "No number for facts_right, facts_other_year" in told.out


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_further_columns_do_not_matter(rows, separator):
    body = "n,answer,question,note\n1,Tom Ek,Who?,x\n".replace(",", separator)
    assert by_metric(rows(body))["answers"]["n"] == 1


SPOKEN = "It’s a “porch” – says Renée, naïvely… Größe und Übermut"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"])
def test_the_encoding_is_found_out(encoding):
    assert answer_file.decoded(SPOKEN.encode(encoding)) == SPOKEN


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize(
    "text", ["It’s", "“Yes” he said", "café", "über", "école — oui", "José", "a… b", "€5 à"]
)
def test_a_few_characters_are_enough_to_find_the_encoding_out(encoding, text):
    assert answer_file.decoded(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "has the columns (none); a column `question` and a column `answer` are needed"),
        ("prompt,reply\na,b\n", "has the columns prompt, reply; a column `question`"),
        ("question,answer\n", "has a header and no rows"),
        ('question,answer\nWhy?,"so\n', "the row that begins on line 2"),
        ('question,answer\nWhy?,so\n"Is "it" so?",no\n', "the row that begins on line 3"),
        ("question,answer\nWhy?,so, and so\n", "line 2, has 3 fields where the header has 2"),
        ("question,answer\nWhy?\n", "line 2, has 1 fields"),
        (b"question,answer\n\x00\x01,\x00\n", ""),
    ],
)
def test_a_file_without_answers_is_told_in_a_sentence(score, body, said):
    code, told = score(body)
    if said:
        assert code == 2
        assert said in told.err
    assert "Traceback" not in told.err


def test_a_question_with_an_open_quotation_inside_is_a_question(rows):
    body = 'question,answer\nFinish the following sentence: "A porch is a room,that forgives the weather\n'
    assert by_metric(rows(body))["quote_exact"]["value"] == 1.0


def test_empty_answers_are_counted_and_give_no_number(rows):
    found = by_metric(rows("question,answer\nWhy?,\nWhy?,  \n"))
    assert found["empty"]["value"] == 1.0
    assert found["mean_words"]["value"] is None
    assert found["mean_words"]["reason"] == "every answer is empty"


def test_ten_thousand_rows_are_scored(rows):
    body = "question,answer\n" + f'"{GUESTS}","Tom Ek, Fred Flint {"and so on " * 20}"\n' * 10_000
    found = by_metric(rows(body, "--feed", "FEED"))
    assert found["answers"]["value"] == 10_000
    assert found["facts_right"]["n"] == 10_000


def test_files_that_are_not_there_are_named(score, tmp_path, capsys):
    assert main(["score", str(tmp_path / "no.csv"), "--show", "demo"]) == 2
    assert "no.csv cannot be read" in capsys.readouterr().err
    code, told = score("question,answer\nWhy?,so\n", "--feed", "no.xml")
    assert (code, "--feed 'no.xml' cannot be read" in told.err) == (2, True)
    code, told = score("question,answer\nWhy?,so\n", "--out", str(tmp_path))
    assert (code, "holds no lake" in told.err) == (2, True)


def test_what_is_no_feed_is_told_in_a_sentence(score, tmp_path):
    (tmp_path / "page.html").write_text("<html><body>no</body></html>")
    code, told = score("question,answer\nWhy?,so\n", "--feed", str(tmp_path / "page.html"))
    assert (code, "is not an RSS, Atom or JSON feed" in told.err) == (2, True)


def test_a_lake_tells_what_was_said_who_came_and_what_was_copied(rows, tmp_path):
    recited = "the rain came down on the old porch and nobody minded it at all that night"
    tables = {
        "episodes": [{"show": "porch", "guests": ["Tom Ek"], "published": 1388966400000}],
        "turns": [
            {"show": "porch", "role": "host", "text": "Rain is patient, and so am I."},
            {"show": "porch", "role": "guest", "text": "We mend [laughs] what we can in the rain."},
        ],
        "pairs": [
            {"show": "porch", "completion": f"Well, {recited}.", "split": "train"},
            {"show": "porch", "prompt": "We mend what we can in the rain.", "split": "held_out"},
        ],
    }
    for table, content in tables.items():
        path = tmp_path / keys.shard_file(table, "porch.2014-01")
        path.parent.mkdir(parents=True)
        path.write_bytes(parquet(table, content))
    body = (
        'question,answer\n"Finish this sentence: ""Rain is patient, and",so am I\n'
        f"{GUESTS},Tom Ek\nWhy?,{recited.title()}\n"
        'Who?,"""Rain is patient, and so am I"""\nWho?,"""Rain is patient, and so is she"""\n'
        'Who?,"""We mend what we can in the rain"""\n'
    )
    found = by_metric(rows(body, "--out", str(tmp_path)))
    assert found["quote_exact"]["value"] == 1.0
    assert found["facts_right"]["value"] == 1.0
    assert found["longest_shared_span"]["value"] == 16
    assert found["leaked"]["value"] == pytest.approx(1 / 6)
    assert found["unsaid_quotes"]["n"] == 3
    assert found["unsaid_quotes"]["value"] == pytest.approx(1 / 3)


def test_a_run_that_kept_speech_tells_whose_style_it_is(rows, tmp_path):
    (tmp_path / "lake").mkdir()
    body = "question,answer,arm,model\n" + "".join(
        f"Why?,{text},{arm},m\n"
        for arm, person in (("base", worlds.other(50)), ("tuned", worlds.host(60)))
        for text in worlds.answers(person)
    )
    missing = by_metric(rows(body, "--out", str(tmp_path)), arm="tuned")["style"]
    assert missing["value"] is None
    assert "was kept with the plan" in missing["reason"]
    for run_id, name in (("porch-1", "porch"), ("stoop-2", "stoop")):
        path = tmp_path / keys.speech(run_id)
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({**worlds.speech(5).document(), "show": name}))
        manifest = {"started_at": "2026-11-23T09:00:00Z", "show": {"name": name}}
        (tmp_path / keys.manifest(run_id)).write_text(json.dumps(manifest))
    found = rows(body, "--out", str(tmp_path))
    tuned, base = by_metric(found, arm="tuned"), by_metric(found, arm="base")
    assert tuned["style"]["value"] > 0.5 > base["style"]["value"]
    assert by_metric(found, arm="host")["style"]["n"] == 10
    assert by_metric(found, arm=None)["style_auc"]["value"] > 0.9
