"""report.html: one file that needs no network and no other file, and without its script shows everything."""

from collections.abc import Mapping

from shared.evaluation import unanswered
from shared.evaluation.measures import LEAKED_WORDS
from shared.report import spending
from shared.report.arms import ARM_NAMES, arm_name
from shared.report.page import asking, drawings, measures, style, view
from shared.report.page.exports import Files
from shared.report.page.templates import script, script_hash, template
from shared.report.results import Report


def render(report: Report, files: Mapping[str, Files]) -> str:
    """Return the page; everything in it that came from outside is escaped.

    `files` says where the rows behind its tables lie.
    """
    record = report.record
    settings = record.settings
    return template("report.html.j2").render(
        report=report,
        run=record,
        ended=record.closing.ending,
        settings=settings,
        show=settings.show,
        files=files,
        headline=view.headline(record, report.commitment),
        bar=spending.bar(record, report.commitment),
        spending=spending.spending(record.closing.entries),
        unread=[row for row in record.episodes if row["status"] != "parsed"],
        read=[row for row in record.episodes if row["status"] == "parsed"],
        leaked_words=LEAKED_WORDS,
        arm_labels=[arm_name(settings, model, arm) for model, arm in report.arms],
        arm_names=ARM_NAMES,
        no_answer=unanswered.NO_ANSWER,
        answers_wanted=view.answers_wanted(record),
        answers_given=view.answers_given(record),
        measures=measures.measure_lines(report.arms, report.numbers),
        column_sets=measures.column_sets(report.arms),
        style_remarks=style.remarks(report.metrics, report.numbers),
        score_plots=drawings.score_plots(settings, report.arms, report.numbers),
        loss_plots=drawings.loss_plots(record),
        corpus_plots=drawings.corpus_plots(record, report.years),
        token_statistics=list(view.token_statistics(record)),
        lines_to_ask=asking.lines(record),
        script=script("filter.js"),
        script_hash=script_hash(script("filter.js")),
    )
