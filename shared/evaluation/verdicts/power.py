"""What a jury will be able to see, said before anything is bought."""

from shared.evaluation.measures.intervals import MOST_VISIBLE, visible_rate
from shared.evaluation.verdicts.records import counted, percent

MORE = (10, 20, 50)
"""Episodes that would be enough to see more."""


def power(items: int, episodes: int) -> str:
    """Return which win rates judged pairs tell from even ones; empty where nothing is judged."""
    if not items:
        return ""
    pairs = f"{counted(items, 'held-out pair')} of {counted(episodes, 'episode')}"
    own = visible_rate(items, episodes)
    sees = (
        f"will tell a win rate of {percent(own)} or more from an even one"
        if own
        else f"will tell no win rate below {percent(MOST_VISIBLE)} from an even one"
    )
    each = items / episodes
    more = [
        f"{round(each * many)} of {many} episodes {percent(rate)}"
        for many in MORE
        if many > episodes and (rate := visible_rate(round(each * many), many))
    ]
    would = f"; {', '.join(more)}" if more else ""
    return f"The jury of this plan, on {pairs}, {sees}, four times of five{would}."
