"""What is to be said of the style measures besides their numbers: what they are worth, and whether they agree."""

from collections.abc import Iterator, Mapping, Sequence

from shared.evaluation.measures import Number, Place
from shared.lake.rows import ScoreRow
from shared.report import text

TRADITIONS = {"style": "character n-grams", "function_words": "function words"}


def remarks(scored: Sequence[ScoreRow], found: Mapping[Place, Number]) -> list[str]:
    """Return sentences for a person, none where nothing was answered; `found` are the numbers of `scored`."""
    said = [
        sentence
        for metric, name in TRADITIONS.items()
        for sentence in (*_worth(found, metric, name), *_missing(scored, metric, name))
    ]
    return [*said, *_above(found), *_agreement(found)]


def _worth(found: Mapping[Place, Number], metric: str, name: str) -> Iterator[str]:
    auc = found.get((f"{metric}_auc", None, None))
    if auc is None:
        return
    yield (
        f"Style by {name} was tried on people and episodes that it had not heard: of two samples of 300 "
        f"words, the host’s and another’s, it picks the host’s in {text.percent(auc.value)}{_between(auc)}; "
        "guessing would be 50%."
    )
    shuffled = found.get((f"{metric}_shuffled", None, None))
    if shuffled is not None:
        yield f"The host’s own words in random order stand at {text.percent(shuffled.value)}."


def _between(number: Number) -> str:
    if number.low is None or number.high is None or number.low == number.high:
        return ""
    return f" ({text.percent(number.low)} to {text.percent(number.high)})"


def _missing(scored: Sequence[ScoreRow], metric: str, name: str) -> Iterator[str]:
    """Why an arm has no number, each reason once."""
    reasons = dict.fromkeys(
        row["reason"] for row in scored if row["metric"] == metric and row["value"] is None
    )
    for reason in reasons:
        yield f"Where style by {name} has no number: {reason}."


def _above(found: Mapping[Place, Number]) -> Iterator[str]:
    above = [
        f"{arm} {model or ''}".strip()
        for (metric, model, arm), number in found.items()
        if metric == "style" and (number.low or 0) > 1
    ]
    if above:
        yield (
            f"Beyond the host’s own held-out speech: {text.listed(above)}. The measure learned from the text "
            "that also trains, so what repeats that text looks more like the host than the host; see what is copied."
        )


def _agreement(found: Mapping[Place, Number]) -> Iterator[str]:
    rank = found.get(("style_agreement", None, None))
    if rank is None:
        return
    told = f"The rank correlation of the two over {rank.n} arms is {text.ratio(rank.value)}"
    yield f"{told}; {rank.reason or 'they order the arms alike'}."
