import json
import re
import shlex
from base64 import b64encode
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from html import unescape

import botocore.session
import pytest
from botocore.validate import ParamValidator

from shared import catalogue
from shared.lake import keys
from shared.report.page import asking
from shared.report.text import dollars
from tests.places import ROOT
from tests.sample_run import (
    EPISODES,
    FINISHED,
    HOST_TURN,
    JUDGES,
    QUESTIONS,
    RUN_ID,
    SampleRun,
    sample_run,
)

SUMMARY_KEYS = [
    "run_id", "status", "error", "cause", "ceiling_usd", "settled_usd", "reserved_usd",
    "unknown_usd", "episodes", "noticed", "pairs", "tokens",
    "stand_in", "models", "metrics", "jury", "verdict", "left_running", "report",
]  # fmt: skip
MODEL_KEYS = [
    "model", "provider", "job_id", "status", "fine_tuned_model", "training_tokens", "selected_pairs", "estimated_usd",
    "settled_usd", "unknown_usd", "name",
]  # fmt: skip
STAGES = ("manifest", "corpus", "dataset", "jobs", "answers")


def through(run: SampleRun, last: str) -> SampleRun:
    for stage in STAGES[: STAGES.index(last) + 1]:
        getattr(run, f"write_{stage}")()
    return run


def reported(run: SampleRun, error=None, cause=None, **changes):
    return run.report(error, cause, **changes)


def page(run: SampleRun) -> str:
    written = run.lake.read(keys.report(run.run_id))
    assert written
    return written.decode()


def visible(html: str) -> str:
    """The page's words as a reader sees them."""
    body = html.split("<body>")[1]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_summary_has_exactly_the_promised_keys(run):
    summary = reported(through(run, "answers"))
    assert list(summary) == SUMMARY_KEYS
    assert list(summary["episodes"]) == ["discovered", "parsed", "refused", "failed"]
    assert [list(model) for model in summary["models"]] == [MODEL_KEYS, MODEL_KEYS]


def test_the_summary_says_what_happened_in_dollars_with_six_decimals(run):
    summary = reported(through(run, "answers"))
    assert summary["status"] == "SUCCEEDED"
    assert (summary["ceiling_usd"], summary["settled_usd"], summary["reserved_usd"]) == (
        "5.000000",
        "0.003600",
        "0.000000",
    )
    assert summary["episodes"] == {"discovered": 4, "parsed": 2, "refused": 1, "failed": 1}
    assert (summary["pairs"], summary["tokens"]) == (2, 60)
    assert summary["models"][0] == {
        "model": "gpt-4.1-mini",
        "provider": "openai",
        "job_id": "job-gpt-4.1-mini",
        "status": "succeeded",
        "fine_tuned_model": "ft:gpt-4.1-mini",
        "training_tokens": 240,
        "selected_pairs": 2,
        "estimated_usd": "0.001200",
        "settled_usd": "0.001200",
        "unknown_usd": "0.000000",
        "name": "gpt-4.1-mini",
    }


def test_the_summary_in_the_bucket_is_the_one_returned(run):
    summary = reported(through(run, "answers"))
    assert run.lake.read_json(keys.summary(RUN_ID)) == summary
    assert run.lake.read(summary["report"]) is not None


def test_scores_of_both_arms_stand_in_the_lake_and_in_the_summary(run):
    summary = reported(through(run, "answers"))
    rows = run.lake.read_file(keys.table_file("metrics", RUN_ID))
    found = {(row["model"], row["arm"], row["metric"]): (row["value"], row["n"]) for row in rows}
    assert found["llama-3.1-8b", "tuned", "quote_exact"] == (1.0, 1)
    assert found["llama-3.1-8b", "base", "quote_exact"] == (0.0, 1)
    assert found["llama-3.1-8b", "tuned", "longest_shared_span"] == (15, 3)
    assert found["llama-3.1-8b", "base", "leaked"] == (0.0, 3)
    columns = ("arm", "model", "metric", "value", "n", "low", "high", "reason")
    assert summary["metrics"] == [
        {**{name: row[name] for name in columns}, "cost_usd": "0.000000"} for row in rows
    ]


def test_what_an_answer_quotes_is_held_against_all_that_was_said_on_the_show(run):
    through(run, "jobs").write_answers(
        base='"I never once sold a porch to anybody," she said.', tuned=f'She said, "{HOST_TURN}"'
    )
    reported(run)
    rows = run.lake.read_file(keys.table_file("metrics", RUN_ID))
    invented = {row["arm"]: row["value"] for row in rows if row["metric"] == "unsaid_quotes"}
    assert invented == {"base": 1.0, "tuned": 0.0}
    assert "Invented quotations" in page(run)


def test_the_guests_that_the_lake_knows_are_held_against_the_answers(run):
    through(run, "jobs").write_answers(tuned="Tom Ash, and Fred Flint.")
    reported(run)
    rows = run.lake.read_file(keys.table_file("metrics", RUN_ID))
    found = {(row["arm"], row["metric"]): row for row in rows if row["model"] == "llama-3.1-8b"}
    assert (found["tuned", "facts_right"]["value"], found["tuned", "facts_right"]["n"]) == (0.5, 1)
    assert found["tuned", "facts_never_a_guest"]["value"] == 0.5
    assert found["base", "facts_right"]["reason"] == "no answer about guests names anybody"
    assert found["base", "facts_refused"]["value"] == 1.0


def test_every_purchase_is_a_row_of_spend(run):
    reported(through(run, "answers"))
    rows = run.lake.read_file(keys.table_file("spend", RUN_ID))
    assert len(rows) == len(run.entries) == 6
    assert sum(row["settled_usd"] for row in rows) == Decimal("0.0036")
    assert {(row["show"], row["month"], row["settled_at"]) for row in rows} == {
        ("porch", "2026-11", FINISHED)
    }


def test_a_released_reservation_was_never_settled(run):
    through(run, "manifest")
    run.write_jobs()
    run.entries = [replace(run.entries[0], status="released", settled=None)]
    reported(run)
    (row,) = run.lake.read_file(keys.table_file("spend", RUN_ID))
    assert (row["status"], row["settled_usd"], row["settled_at"]) == ("released", None, None)
    assert "Nothing was bought." in visible(page(run))


def test_the_run_is_one_row_of_runs(run):
    reported(through(run, "answers"))
    (row,) = run.lake.read_file(keys.table_file("runs", RUN_ID))
    assert row["status"] == "SUCCEEDED"
    assert (row["episodes_parsed"], row["episodes_refused"], row["episodes_failed"]) == (2, 1, 1)
    assert (row["ceiling_usd"], row["settled_usd"]) == (Decimal("5.00"), Decimal("0.0036"))
    assert (row["code_version"], row["finished_at"]) == ("1.2.3", FINISHED)


@pytest.mark.parametrize("last", STAGES)
def test_a_run_that_failed_after_any_stage_still_leaves_a_whole_report(run, last):
    summary = reported(through(run, last), "SpendCeilingReached", "0.0123 USD do not fit 0.01 USD")
    assert list(summary) == SUMMARY_KEYS
    assert (summary["status"], summary["error"]) == ("FAILED", "SpendCeilingReached")
    assert "SpendCeilingReached 0.0123 USD do not fit 0.01 USD" in visible(page(run))
    (row,) = run.lake.read_file(keys.table_file("runs", RUN_ID))
    assert (row["status"], row["cause"]) == ("FAILED", "0.0123 USD do not fit 0.01 USD")


def test_a_run_whose_ledger_never_opened_cost_nothing(run):
    through(run, "manifest")
    summary = reported(run, "LedgerBusy", "the table stayed contended", totals=None)
    assert (summary["settled_usd"], summary["reserved_usd"]) == ("0.000000", "0.000000")
    assert [model["status"] for model in summary["models"]] == ["not planned", "not planned"]


def test_a_run_refused_before_its_manifest_leaves_only_a_summary(run):
    summary = reported(run, "UnknownField", "the input has no field 'cieling'", totals=None)
    assert list(summary) == SUMMARY_KEYS
    assert (summary["status"], summary["error"], summary["report"]) == (
        "FAILED",
        "UnknownField",
        None,
    )
    assert run.lake.keys("") == [keys.summary(RUN_ID)]


def test_a_failed_job_is_reported_with_its_error_and_its_reservation(run):
    through(run, "dataset").write_jobs(status="failed")
    summary = reported(run, "FineTuneFailed", "both failed")
    assert summary["reserved_usd"] == "0.004000"
    assert [(model["status"], model["training_tokens"]) for model in summary["models"]] == [
        ("failed", 0)
    ] * 2
    assert "the provider ended the job: bad file" in visible(page(run))


def test_a_training_that_another_run_bought_costs_this_one_nothing_and_says_whose_it_is(run):
    through(run, "dataset").write_jobs(bought_by="porch-0")
    run.entries.clear()
    assert {model["settled_usd"] for model in reported(run)["models"]} == {"0.000000"}
    assert "by the run porch-0 , so this run did not buy it again" in visible(page(run))


def test_another_run_whose_name_begins_alike_is_not_mixed_in(run):
    through(run, "answers")
    reported(run)
    longer = replace(run, run_id=f"{RUN_ID}0", entries=[])
    through(longer, "answers")
    summary = reported(run)
    assert {row["n"] for row in summary["metrics"] if row["metric"] == "answers"} == {3}


def test_writing_the_report_again_changes_nothing(run):
    first = reported(through(run, "answers"))
    before = run.lake.etags("")
    assert reported(run) == first
    assert run.lake.etags("") == before


# The page


def test_the_page_runs_one_script_of_its_own_and_needs_no_other_file(run):
    reported(through(run, "answers"))
    html = page(run)
    (script,) = re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL)
    allowed = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{allowed}'" in html.split("</head>")[0]
    assert script.strip() == (ROOT / "shared" / "report" / "filter.js").read_text().strip()
    assert not re.search(r"""(src|srcset|@import|url\()\s*=?\s*["']?http""", html)
    assert "<link" not in html


def test_every_answer_says_that_it_is_simulated(run):
    reported(through(run, "answers"))
    cards = re.findall(r'<figure class="answer.*?</figure>', page(run), re.DOTALL)
    assert len(cards) == 12
    for card in cards:
        assert "Simulated; not the words of Ida Stone" in card
        assert 'data-generated="true"' in card
        assert f'data-run-id="{RUN_ID}"' in card


def test_the_untuned_answer_stands_before_the_tuned_one_of_the_same_model(run):
    reported(through(run, "answers"))
    first = re.search(r'id="question-1".*?</article>', page(run), re.DOTALL)[0]
    assert re.findall(r'data-model="([^"]+)"', first) == [
        "gpt-4.1-mini",
        "ft:gpt-4.1-mini",
        "llama-3.1-8b",
        "ft:llama-3.1-8b",
    ]


def everything(run):
    """The page of a run whose arms all answered."""
    through(run, "jobs").write_all_arms()
    summary = reported(run)
    return summary, page(run)


def test_the_arms_stand_side_by_side_and_the_host_beside_them_where_there_is_a_reply(run):
    _, html = everything(run)
    first, said = (
        re.search(rf'id="question-{number}".*?</article>', html, re.DOTALL)[0] for number in (1, 4)
    )
    arms = ["base", "prompted", "tuned"] * 2
    assert re.findall(r'<figure class="answer (\w+)"', first) == arms
    assert re.findall(r'<figure class="answer (\w+)"', said) == [*arms, "host", "impostor"]
    assert "So you did." in said
    assert "Said to the host in an episode that trained nothing" in said
    assert "Said to the host" not in first
    assert '<h3 class="said">' in said


def test_words_of_people_are_not_called_simulated(run):
    _, html = everything(run)
    cards = re.findall(r'<figure class="answer (?:host|impostor)".*?</figure>', html, re.DOTALL)
    assert len(cards) == 2
    for card, who in zip(cards, ("Ida Stone", "Tom Ash"), strict=True):
        assert f"Words of {who} in a held-out episode" in card
        assert "Simulated" not in card
        assert 'data-generated="false"' in card


def test_the_page_shows_what_the_prompted_model_was_sent(run):
    _, html = everything(run)
    sent = re.search(r"<details>.*?</details>", html, re.DOTALL)[0]
    assert "You are Ida Stone." in sent
    assert "Rain &lt;again&gt;.\n\nIda Stone responds:" in sent
    assert "Rain is a guest." in sent
    assert f"runs/{RUN_ID}/evaluation.json" in sent


def test_every_arm_has_its_measures_people_too(run):
    summary, html = everything(run)
    lengths = {
        (row["arm"], row["model"]): (row["value"], row["n"])
        for row in summary["metrics"]
        if row["metric"] == "mean_words"
    }
    assert lengths["host", None] == (3, 1)
    assert lengths["impostor", None] == (2, 1)
    for arm in ("base", "prompted", "tuned"):
        assert lengths[arm, "llama-3.1-8b"][1] == 4
    assert "people" in re.search(r'<section id="measures">.*?</thead>', html, re.DOTALL)[0]


def test_what_the_host_shares_with_a_models_training_text_stands_beside_what_the_model_does():
    with sample_run(models=("llama-3.1-8b",)) as run:
        through(run, "jobs").write_all_arms()
        reply = {
            "show": "porch", "pair_id": "p9", "episode_id": "e2", "completion": HOST_TURN,
            "split": "held_out", "prompt_tokens": 60, "completion_tokens": 20,
        }  # fmt: skip
        run.lake.write_rows("pairs", keys.shard_file("pairs", "porch.2014-09"), [reply])
        reported(run)
        line = re.search(r"<tr><th[^>]*>Copied at length.*?</tr>", page(run), re.DOTALL)[0]
    assert re.findall(r'<td class="num"[^>]*>([^<]+)', line) == ["0%", "50%", "50%", "100%", "–"]


def test_a_held_out_item_asks_for_no_guests_whatever_it_says(run):
    through(run, "jobs").write_all_arms()
    rows = [
        {**row, "prompt": "Who were the guests in 2014?", "answer": "Fred Flint."}
        if row["item_kind"] == "held_out"
        else row
        for row in run.generations()
    ]
    run.save_generations(rows)
    facts = {
        row["arm"]: row["n"]
        for row in reported(run)["metrics"]
        if row["metric"] == "facts_refused" and row["n"]
    }
    assert facts == {"base": 1, "prompted": 1, "tuned": 1}


def test_answers_that_were_not_bought_are_counted_over_all_arms_and_items(run):
    through(run, "jobs").write_evaluation_set()
    asked = run.lake.read_json(keys.evaluation_set(RUN_ID))
    run.lake.write_json(keys.evaluation_set(RUN_ID), {**asked, "probes": ["Are you she?"]})
    run.write_answers()
    reported(run)
    assert "12 of 30 answers" in page(
        run
    )  # two models, three arms, three questions, an item, a probe


def test_each_question_says_how_many_pairs_are_about_it_and_an_answer_which_key_facts_it_holds(run):
    run.write_manifest(
        key_facts={QUESTIONS[0]: ["somebody might walk by", ["a guest", "visitors"]]}
    )
    run.write_corpus()
    run.write_dataset()
    run.write_jobs()
    run.write_all_arms()
    reported(run)
    found = {
        (row["arm"], row["metric"]): (row["value"], row["n"])
        for row in run.lake.read_rows("metrics", RUN_ID)
        if row["model"] == "llama-3.1-8b"
    }
    assert found["tuned", "key_facts"] == (0.5, 1)
    assert found["base", "key_facts"] == (0.0, 1)
    html = page(run)
    assert "12 pairs that may train are about this." in html
    assert "No pair that may train is about this." in html
    assert "somebody might walk by and a guest or visitors" in html
    assert "1 of 2 key facts" in html
    assert "0 of 2 key facts" in html


HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">'


def test_hostile_words_stay_words(run):
    run.write_manifest(title=HOSTILE)
    run.write_corpus(title=HOSTILE, detail=HOSTILE, reason=HOSTILE)
    run.write_dataset()
    run.write_jobs()
    run.write_answers(tuned=HOSTILE, base=HOSTILE)
    reported(run, "FineTuneFailed", HOSTILE)
    html = page(run)
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 12 + 4 + 3
    assert html.count("<script") == 1  # the page's own
    assert "<img" not in html


def test_only_web_addresses_are_linked(run):
    run.write_manifest()
    run.write_corpus(url="javascript:alert(1)")
    reported(run)
    assert 'href="javascript' not in page(run)
    assert "Notes on lamps" in page(run)


def test_episodes_that_were_not_read_are_listed_with_their_reason(run):
    reported(through(run, "corpus"))
    text = visible(page(run))
    assert "2015-02-01 Notes on lamps refused no_turns" in text
    assert "2015-03-01 Swings failed http_500" in text


def test_the_prices_are_shown_with_date_and_source(run):
    reported(through(run, "manifest"))
    assert (
        "training $5.00 / 1,000,000 tokens 2026-11-23 OpenAI price list for fine-tuning"
        in visible(page(run))
    )


def test_a_dry_run_shows_its_plan_and_the_questions_it_would_ask():
    with sample_run(dry_run=True) as run:
        reported(through(run, "dataset"))
        text = visible(page(run))
    assert "Dry run" in text
    assert "This run asked nothing" in text
    assert "Why do you keep a porch?" in text
    assert "gpt-4.1-mini 4 epochs 2 60 $0.000300 $0.001200 $2.400000 1,000,000 100%" in text
    assert "gpt-4.1-mini 2 60 $0.001200 $0.001224 $0.002000 $0.004000 yes" in text
    assert "about $0.0064, and to at most $0.010448 of the ceiling of $5.00" in text


def test_a_plan_says_what_a_run_would_cost_and_that_it_cost_nothing():
    with sample_run(dry_run=True) as run:
        reported(through(run, "dataset"))
        html = page(run)
        first = visible(html)
    cost = "It cost nothing; a run would cost about $0.0064, at most $0.010448, of a $5.00 ceiling."
    assert cost in first
    assert 'aria-label="Expected $0.0064, reserved besides, at most $0.004048, of a ceiling' in html


def test_a_run_that_ended_amid_the_answers_says_how_many_of_how_many_it_has(run):
    through(run, "answers")
    run.save_generations(run.generations()[:5])
    reported(run, "SpendCeilingReached", "0.0123 USD do not fit 0.01 USD")
    text = visible(page(run))
    assert "collected 5 of 12 answers" in text
    assert "ended after 5 of 12 answers. These are paid for and kept" in text
    assert page(run).count('<figure class="answer') == 5


def test_a_run_that_could_afford_no_answer_says_so(run):
    reported(through(run, "jobs"), "SpendCeilingReached", "0.0123 USD do not fit 0.01 USD")
    text = visible(page(run))
    assert "collected 0 of 12 answers" in text
    assert "This run asked nothing" in text


def test_a_whole_run_does_not_speak_of_missing_answers(run):
    reported(through(run, "answers"))
    assert "collected 12 answers" in visible(page(run))
    assert "ended after" not in visible(page(run))


def test_a_bill_that_was_never_told_is_shown_as_unknown_and_not_as_settled(run):
    through(run, "answers")
    run.entries[0] = replace(run.entries[0], status="unknown", settled=None, detail="never said")
    held = run.entries[0].reserved
    summary = reported(run)
    assert summary["unknown_usd"] == summary["models"][0]["unknown_usd"] == f"{held:.6f}"
    assert summary["models"][0]["settled_usd"] == "0.000000"
    assert Decimal(summary["settled_usd"]) == sum(entry.settled for entry in run.entries[1:])
    told = visible(page(run))
    assert f"and at most {dollars(held)} that no provider has told" in told
    assert f"bill unknown, at most {dollars(held)}" in told
    (row,) = [
        row
        for row in run.lake.read_file(keys.table_file("spend", RUN_ID))
        if row["status"] == "unknown"
    ]
    assert (row["settled_usd"], row["settled_at"], row["reserved_usd"]) == (None, None, held)


def test_an_overrun_is_told(run):
    through(run, "answers")
    reported(run, totals=replace(run.totals, overrun=Decimal("0.5")))
    assert "Overrun $0.50" in visible(page(run))


def test_a_run_of_five_models_has_all_their_answers_and_scores():
    models = ("gpt-4.1", "gpt-4.1-mini", "gpt-4o-mini", "llama-3.1-8b", "llama-3.3-70b")
    with sample_run(models=models) as run:
        summary = reported(through(run, "answers"))
        html = page(run)
    assert [model["model"] for model in summary["models"]] == list(models)
    assert html.count('<figure class="answer') == 5 * 2 * 3
    assert [html.count(f'<th class="group" colspan="2">{model}</th>') for model in models] == [
        1
    ] * 5


def test_where_the_arms_are_too_many_for_a_table_each_model_has_one_and_people_stand_in_each():
    models = ("gpt-4.1", "gpt-4.1-mini", "llama-3.1-8b")
    with sample_run(models=models) as run:
        _, html = everything(run)
    measured = re.findall(r'<table class="cards measured">.*?</table>', html, re.DOTALL)
    assert [re.findall(r'<th class="group"[^>]*>([^<]+)', table) for table in measured] == [
        [model, "people"] for model in models
    ]
    for table in measured:
        arms = re.findall(r'<th class="num">([^<]+)', table)
        assert arms == ["untuned", "prompted", "tuned", "host", "another person"]


def test_the_page_counts_the_corpus_by_year(run):
    reported(through(run, "corpus"))
    by_year = visible(page(run)).split("By year of publication")[1]
    for year in {published.year for _, _, _, published, _, _ in EPISODES}:
        of_year = [row for row in EPISODES if row[3].year == year]
        read = sum(status == "parsed" for *_, status, _ in of_year)
        assert f"{year} {len(of_year)} {read} {2 * read} {30 * read}" in by_year


def told(run: SampleRun) -> dict[str, str]:
    """Everything a reader may look at, as text."""
    summary = reported(through(run, "answers"))
    tables = {
        table: repr(run.lake.read_file(keys.table_file(table, RUN_ID)))
        for table in ("jobs", "generations", "spend")
    }
    return {"page": page(run), "summary": json.dumps(summary), **tables}


def test_where_a_stand_in_answered_every_place_says_so(run):
    run.stand_in = True
    told_in = told(run)
    assert "stand-in" in told_in["page"]
    assert "stand-in" in told_in["summary"]
    assert '"stand_in": true' in told_in["summary"]
    assert "'stand_in': True" in told_in["spend"]
    shown = visible(told_in["page"])
    assert "No real model was asked" in shown
    assert "stand-in for gpt-4.1-mini" in shown
    assert "It would have cost $0.0036 of a $5.00 ceiling" in shown
    assert not re.search(r"(?<!would have )\bcost \$|\bsettled\b", shown.lower())


def test_where_a_real_model_answered_no_place_speaks_of_a_stand_in(run):
    told_in = told(run)
    assert not [place for place, text in told_in.items() if "stand-in" in text]
    assert '"stand_in": false' in told_in["summary"]
    assert "'stand_in': False" in told_in["spend"]
    assert "It cost $0.0036 of a $5.00 ceiling" in visible(told_in["page"])


def test_the_plan_of_a_stand_in_says_that_nobody_was_asked(run):
    run.stand_in = run.dry_run = True
    reported(through(run, "dataset"))
    assert "A plan asks nobody" in visible(page(run))


def article(html, number):
    return re.search(rf'id="question-{number}".*?</article>', html, re.DOTALL)[0]


def test_words_that_stand_in_the_training_text_are_marked_where_they_stand(run):
    _, html = everything(run)
    cards = re.findall(
        r'<figure class="answer (\w+)".*?<blockquote>(.*?)</blockquote>', html, re.DOTALL
    )
    marked = {
        (arm, words) for arm, text in cards for words in re.findall("<mark>(.*?)</mark>", text)
    }
    copied = HOST_TURN.removesuffix(".")
    assert marked == {("tuned", copied), ("prompted", copied)}
    assert "recites 15 words of the training text" in article(html, 1)


def test_the_quote_and_the_guests_that_were_asked_for_stand_beside_the_answers(run):
    through(run, "jobs").write_answers(tuned="Tom Ash, Fred Flint.", base="I could not say.")
    reported(run)
    quote, guests = article(page(run), 2), article(page(run), 3)
    assert "<b>Expected</b> … that forgives the weather" in quote
    assert '<li class="bad">not the quote</li>' in quote
    assert "<b>Expected</b> Tom Ash and Lea Roe" in guests
    assert (
        '<li class="good">right: Tom Ash</li><li class="bad">never a guest: Fred Flint</li>'
        in guests
    )
    assert '<li class="note">names nobody</li>' in guests
    assert "Expected" not in article(page(run), 1)


def test_a_question_whose_answers_a_rule_tells_apart_is_named_as_differing(run):
    through(run, "jobs").write_answers(base="Nothing much.", tuned="Nothing at all.")
    reported(run)
    assert "data-differs" not in article(page(run), 1)
    run.entries.clear()
    run.write_answers(base="that forgives the weather.", tuned="Nothing at all.")
    reported(run)
    assert "data-differs" in article(page(run), 2)


def test_the_exact_prompt_is_one_click_away(run):
    _, html = everything(run)
    prompt = re.search(r'<details class="prompt">.*?</details>', article(html, 1), re.DOTALL)[0]
    assert "Why do you keep a porch?\n\nIda Stone responds:" in prompt


def test_a_finished_model_is_asked_by_a_command_and_by_one_line_of_curl(run):
    run.write_manifest(questions=["What's a porch?"])
    run.write_jobs()
    reported(run)
    typed = [unescape(line) for line in re.findall(r"<pre>(.*?)</pre>", page(run), re.DOTALL)]
    assert len(typed) == 4
    command, curl = (shlex.split(line) for line in typed[:2])
    assert command[:3] == ["econchatr", "ask", "What's a porch?"]
    assert command[3:7] == ["--show", "porch", "--model", "gpt-4.1-mini"]
    assert curl[1] == "https://api.openai.com/v1/chat/completions"
    assert curl[3] == "Authorization: Bearer $OPENAI_API_KEY"
    assert not any(word.isupper() for word in command)  # what one would have to fill in
    body = json.loads(curl[-1])
    assert body["model"] == "ft:gpt-4.1-mini"
    assert body["messages"] == [
        {"role": "user", "content": "What's a porch?\n\nIda Stone responds:"}
    ]


def test_the_key_in_the_line_of_curl_is_the_providers_own(run):
    run.write_manifest()
    run.write_jobs()
    reported(run)
    record = run.record()
    nebius = catalogue.packaged().provider("nebius").model_copy(update={"provider": "my-gpu.2"})
    asked = [model.model_copy(update={"provider": "my-gpu.2"}) for model in record.settings.models]
    settings = record.settings.model_copy(update={"providers": (nebius,), "models": tuple(asked)})
    line = asking.lines(replace(record, settings=settings))[0].alone
    assert "Bearer $MY_GPU_2_API_KEY" in line


def test_a_model_at_bedrock_is_asked_in_awss_words_which_aws_understands(run):
    run.write_manifest(questions=["What's a porch?"])
    run.write_jobs()
    reported(run)
    record = run.record()
    bedrock = catalogue.packaged().provider("bedrock")
    providers = (bedrock.model_copy(update={"provider": "openai"}),)
    settings = record.settings.model_copy(update={"providers": providers})
    typed = shlex.split(asking.lines(replace(record, settings=settings))[0].alone)
    assert typed[:3] == ["aws", "bedrock-runtime", "converse"]
    given = dict(zip(typed[3::2], typed[4::2], strict=True))
    request = {
        "modelId": given["--model-id"],
        "messages": json.loads(given["--messages"]),
        "inferenceConfig": json.loads(given["--inference-config"]),
    }
    service = botocore.session.get_session().get_service_model("bedrock-runtime")
    shape = service.operation_model("Converse").input_shape
    assert not ParamValidator().validate(request, shape).has_errors()
    assert request["messages"][0]["content"][0]["text"].startswith("What's a porch?")


def test_without_a_finished_model_nobody_is_invited_to_ask(run):
    through(run, "dataset").write_jobs(status="failed")
    reported(run, "FineTuneFailed", "both failed")
    assert "curl" not in page(run)


def test_the_validation_loss_is_drawn_where_the_provider_tells_it(run):
    reported(through(run, "jobs"))
    assert "validation" not in page(run)
    for model in run.models:
        key = keys.curve(RUN_ID, model)
        steps = run.lake.read_json(key)
        told = [{**row, "valid_loss": 3.5 if row["step"] % 4 == 0 else None} for row in steps]
        run.lake.write_json(key, told)
    reported(run)
    (plot,) = re.findall(r'aria-label="(Loss of gpt-4.1-mini: [^"]+)"', page(run))
    assert plot == (
        "Loss of gpt-4.1-mini: training from 2.75 at 1 to 1.00 at 8; validation from 3.50 at 4 to 3.50 at 8"
    )


def test_scores_are_drawn_by_arm_with_their_intervals(run):
    _, html = everything(run)
    (plot,) = re.findall(r'aria-label="(Quotes completed exactly: [^"]+)"', html)
    assert "llama-3.1-8b, untuned 0% (0% to 79.3%)" in plot
    assert "llama-3.1-8b, tuned 100% (20.7% to 100%)" in plot


# The jury


def judged(run: SampleRun) -> SampleRun:
    through(run, "jobs").write_all_arms()
    run.write_judgements()
    return run


def test_the_verdict_stands_first_in_the_report_and_in_the_summary(run):
    summary = reported(judged(run))
    assert summary["verdict"].startswith(
        "Tuned, gpt-4.1-mini and llama-3.1-8b sound more like Ida Stone than the same model with a good prompt: "
        "1 of 2 judges (no other knows the host) preferred the reply of gpt-4.1-mini in 100% of 8 held-out "
        "pairs (95% interval 59% to 100%)"
    )
    text = page(run)
    assert text.index("sound more like Ida Stone") < text.index("This run looked at")
    assert "llama-3.1-8b does not tell the host from another person for certain" in text
    assert "tables/judgements.csv" in text


def test_the_votes_of_a_judge_that_says_first_do_not_count_and_are_told(run):
    first, knows = reported(judged(run))["jury"]
    assert (knows["judge"], knows["qualified"], knows["accuracy"]) == ("gpt-6-luna", True, 1.0)
    assert (first["judge"], first["qualified"], first["accuracy"]) == ("llama-3.1-8b", False, 0.5)
    assert "does not tell the host from another person for certain" in first["sentence"]
    rows = run.lake.read_file(keys.table_file("metrics", RUN_ID))
    scores = {(row["arm"], row["model"], row["metric"]): row for row in rows}
    assert scores["judge", "llama-3.1-8b", "judge_flipped"]["value"] == 1.0
    wins = scores["tuned", "gpt-4.1-mini", "jury_wins_over_base"]
    assert (wins["value"], wins["n"], wins["cost_usd"]) == (1.0, 8, Decimal("0.0016"))


def test_a_jury_that_was_cut_or_interrupted_says_so(run):
    judged(run)
    asked = run.lake.read_json(keys.evaluation_set(RUN_ID))
    run.lake.write_json(
        keys.evaluation_set(RUN_ID), {**asked, "held_out": asked["held_out"] * 2, "judged": 8}
    )
    run.lake.delete([keys.juror(RUN_ID, "gpt-6-luna")])
    verdict = reported(run)["verdict"]
    assert "its ceiling holds a jury on 8 of 16 held-out replies" in verdict
    assert "gpt-6-luna ended early" in verdict


def test_without_a_vote_the_verdict_says_why_nobody_judged(run):
    through(run, "jobs").write_all_arms()
    verdict = reported(run)["verdict"]
    assert "was not judged: 1 held-out reply cannot tell a judge from a coin" in verdict
    assert reported(run)["jury"][0]["votes"] == 0


def test_a_show_that_wants_no_judge_is_not_told_that_none_is_known(run):
    through(run, "jobs").write_all_arms()
    run.write_manifest(evaluation={"judges": []})
    verdict = reported(run)["verdict"]
    assert "was not judged: the show's `evaluation.judges` is empty" in verdict


def votes_of(run, keep):
    """Only the votes that `keep` holds for."""
    for judge in JUDGES:
        key = keys.judgements(RUN_ID, judge)
        run.lake.write_json(key, list(filter(keep, run.lake.read_json(key))))


def test_a_jury_that_does_not_know_the_host_says_nothing_of_the_models_and_says_so(run):
    judged(run)
    votes_of(run, lambda row: row["judge"] == "llama-3.1-8b")
    run.write_manifest(evaluation={"judges": ["llama-3.1-8b"]})
    verdict = reported(run)["verdict"]
    assert (
        "was not judged: no judge tells the host from other people and the prompted models, and better than a "
        "rule that knows nothing of it (llama-3.1-8b in 50% of 8 pairs, at least 15%)."
    ) in verdict


def test_a_judge_that_ended_before_the_models_is_not_said_to_know_nothing(run):
    judged(run)
    votes_of(run, lambda row: row["model"] is None)
    became = {"judge": "gpt-6-luna", "asked": 16, "qualified": True, "stopped": "the ceiling"}
    run.lake.write_json(keys.juror(RUN_ID, "gpt-6-luna"), became)
    assert "gpt-6-luna ended before it came to the models (the ceiling)" in reported(run)["verdict"]
