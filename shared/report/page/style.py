"""What is to be said of the style measures besides their numbers: what they are worth, and whether they agree."""

from collections.abc import Iterator, Sequence

from shared.report import text
from shared.report.record import Row

TRADITIONS = {"style": "character n-grams", "function_words": "function words"}


def remarks(scored: Sequence[Row]) -> list[str]:
    """Sentences for a person; none where nothing was answered."""
    of_the_measure = {row["metric"]: row for row in scored if row["arm"] is None}
    said = [
        sentence
        for metric, name in TRADITIONS.items()
        for sentence in (*_worth(of_the_measure, metric, name), *_missing(scored, metric, name))
    ]
    return [*said, *_above(scored), *_agreement(of_the_measure.get("style_agreement"))]


def _worth(rows: dict[str, Row], metric: str, name: str) -> Iterator[str]:
    auc = rows.get(f"{metric}_auc")
    if auc is None or auc["value"] is None:
        return
    low, high = auc["low"], auc["high"]
    between = f" ({text.percent(low)} to {text.percent(high)})" if low != high else ""
    yield (
        f"Style by {name} was tried on people and episodes that it had not heard: of two samples of 300 "
        f"words, the host’s and another’s, it picks the host’s in {text.percent(auc['value'])}{between}; "
        "guessing would be 50%."
    )
    shuffled = rows.get(f"{metric}_shuffled")
    if shuffled is not None:
        yield f"The host’s own words in random order stand at {text.percent(shuffled['value'])}."


def _missing(scored: Sequence[Row], metric: str, name: str) -> Iterator[str]:
    """Why an arm has no number, each reason once."""
    reasons = dict.fromkeys(
        row["reason"] for row in scored if row["metric"] == metric and row["value"] is None
    )
    for reason in reasons:
        yield f"Where style by {name} has no number: {reason}."


def _above(scored: Sequence[Row]) -> Iterator[str]:
    arms = [row for row in scored if row["metric"] == "style" and (row["low"] or 0) > 1]
    if arms:
        who = text.listed([f"{row['arm']} {row['model'] or ''}".strip() for row in arms])
        yield (
            f"Beyond the host’s own held-out speech: {who}. The measure learned from the text that also "
            "trains, so what repeats that text looks more like the host than the host; see what is copied."
        )


def _agreement(row: Row | None) -> Iterator[str]:
    if row is None or row["value"] is None:
        return
    found = f"The rank correlation of the two over {row['n']} arms is {text.ratio(row['value'])}"
    yield f"{found}; {row['reason'] or 'they order the arms alike'}."
