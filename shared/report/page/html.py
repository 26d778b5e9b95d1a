"""report.html: one file that needs no network and no other file, and without its script shows everything."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Template
from markupsafe import Markup

from shared import templates
from shared.evaluation import measures, scoring
from shared.evaluation.verdicts import Verdict
from shared.report import jury, text
from shared.report.data_quality import findings
from shared.report.page import answers, asking, drawings, style, view
from shared.report.page.answers import Copied
from shared.report.page.choice import Choice
from shared.report.page.exports import Files
from shared.report.page.years import corpus_by_year
from shared.report.record import RunRecord
from shared.report.summary import Scored, episode_counts, model_line

HERE = Path(__file__).parents[1]


@cache
def template(name: str) -> Template:
    """A page's template, in which everything is escaped that is not our own."""
    environment = templates.environment(HERE)
    environment.filters.update(
        usd=text.dollars,
        usd_column=text.dollars_in_a_column,
        integer=text.integer,
        percent=text.percent,
        moment=text.moment,
        web_address=text.web_address,
    )
    return environment.get_template(name)


@cache
def script(name: str) -> Markup:
    """One of our own scripts, to stand in a page."""
    return Markup((HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - ours, no outside text


def script_hash(source: str) -> str:
    """How a page's policy names the only script that it lets run."""
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"


def render(
    record: RunRecord,
    scored: Scored,
    facts: scoring.Known,
    copied: Copied,
    choice: Choice,
    files: Mapping[str, Files],
    verdict: Verdict,
    *,
    no_quiz: str = "",
) -> str:
    """The page; everything in it that came from outside is escaped.

    `files` says where the rows behind its tables lie, `verdict` what the run was for and came to.
    `no_quiz` says why there is no quiz beside the page.
    """
    settings = record.settings
    columns = view.arms(record)
    return template("report.html.j2").render(
        run=record,
        settings=settings,
        show=settings.show,
        verdict=verdict,
        no_quiz=no_quiz,
        choice=choice,
        files=files,
        headline=view.headline(record),
        bar=view.bar(record),
        together=view.commitment(record.plans),
        spending=view.spending(record),
        models=[model_line(record, model) for model in settings.models],
        counts=episode_counts(record),
        noticed=findings(record.episodes, record.discovery, record.dataset),
        unread=[row for row in record.episodes if row["status"] != "parsed"],
        read=[row for row in record.episodes if row["status"] == "parsed"],
        corpus_by_year=corpus_by_year(record),
        questions=answers.questions(record, facts, copied),
        leaked_words=measures.LEAKED_WORDS,
        arms=columns,
        arm_labels=[drawings.arm_name(record, model, arm) for model, arm in columns],
        answers_wanted=view.answers_wanted(record),
        answers_given=view.answers_given(record),
        shown=record.evaluation or {"card": "", "exchanges": ()},
        arm_names=view.ARM_NAMES,
        measures=view.measures(record, scored),
        column_sets=view.column_sets(record),
        jury=jury.lines(record) if record.judgements else [],
        style_remarks=style.remarks(scored),
        score_plots=drawings.score_plots(record, scored),
        loss_plots=drawings.loss_plots(record),
        corpus_plots=drawings.corpus_plots(record),
        token_statistics=list(view.token_statistics(record)),
        lines_to_ask=asking.lines(record),
        disclosure=settings.disclosure,
        script=script("filter.js"),
        script_hash=script_hash(script("filter.js")),
    )
