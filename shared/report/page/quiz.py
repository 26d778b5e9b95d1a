"""quiz.html: which of several replies is really the host's.

Who said what is in the page, but not to be read at a glance: it is folded with a key that the script knows.
"""

from collections.abc import Sequence

from shared.dataset import Arm
from shared.report.arms import ARM_NAMES
from shared.report.page.templates import script, script_hash, template
from shared.report.results.quiz import SEPARATOR, Item
from shared.run import RunSettings


def render(settings: RunSettings, items: Sequence[Item]) -> str:
    """Return the page; everything in it that came from outside is escaped."""
    return template("quiz.html.j2").render(
        run_id=settings.run_id,
        show=settings.show,
        items=items,
        with_people=any(
            ":" not in one.who and one.who != Arm.HOST for item in items for one in item.options
        ),
        arm_names=ARM_NAMES,
        disclosure=settings.disclosure,
        separator=SEPARATOR,
        script=script("quiz.js"),
        script_hash=script_hash(script("quiz.js")),
    )
