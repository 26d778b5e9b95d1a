"""report.html: one file that needs no script, no network and no other file."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from shared.dataset import findings
from shared.report import text, view
from shared.report.collect import RunRecord
from shared.report.summary import Scored, episode_counts, model_line

HERE = Path(__file__).parent


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,  # answers, titles and errors are other people's words
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        usd=text.dollars,
        integer=text.integer,
        percent=text.percent,
        moment=text.moment,
        web_address=text.web_address,
    )
    return environment.get_template("report.html.j2")


def render(record: RunRecord, scored: Scored) -> str:
    """The page; everything in it that came from outside is escaped."""
    settings = record.settings
    return _template().render(
        run=record,
        settings=settings,
        show=settings.show,
        headline=view.headline(record),
        bar=view.bar(record),
        together=view.commitment(record.plans),
        spending=view.spending(record),
        models=[model_line(record, model) for model in settings.models],
        counts=episode_counts(record),
        noticed=findings(record.episodes, record.discovery),
        unread=[row for row in record.episodes if row["status"] != "parsed"],
        read=[row for row in record.episodes if row["status"] == "parsed"],
        corpus_by_year=view.corpus_by_year(record),
        questions=view.questions(record),
        arms=view.arms(record),
        answers_wanted=view.answers_wanted(record),
        answers_given=view.answers_given(record),
        shown=record.evaluation or {"card": "", "exchanges": ()},
        arm_names=view.ARM_NAMES,
        measures=view.measures(record, scored),
        token_statistics=list(view.token_statistics(record)),
        curves=view.curves(record),
        curve_size=(view.CURVE_WIDTH, view.CURVE_HEIGHT),
        disclosure=settings.disclosure,
    )
