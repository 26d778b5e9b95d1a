"""The style of a run's arms in numbers, by two traditions, each with what it is worth beside it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations

from scipy.stats import spearmanr

from shared.dataset import Arm
from shared.dataset.speech.bags import Bag, Speech
from shared.evaluation.measures import RECITED_SHARE, Score, without_copied
from shared.lake.rows import ScoreRow
from shared.style.calibration import LEAST_AUC, Calibration, NoStyle, calibrate
from shared.style.placing import Dealt, dealt, place
from shared.style.traditions import CharacterNgrams, FunctionWords, Tradition

Who = tuple[str | None, str | None]
"""An arm and its model; people have none."""
Answers = Mapping[Who, Sequence[str]]
Scored = dict[Who, Score]

AGREEMENT = "style_agreement"
FEWEST_RANKED = 3
OF_THE_MEASURE: Who = (None, None)
"""What is said of a measure is said of no arm."""


def style(speech: Speech | None, answers: Answers) -> list[ScoreRow]:
    """Return the place of each arm and of held-out people by each tradition, and what each tradition is worth.

    `answers` are the texts of each arm. The same speech and answers give the same digits.
    """
    seed = speech.seed if speech else 0
    arms = {arm: dealt(said, seed) for arm, said in _samples(speech, answers).items()}
    ngrams, words = (
        list(_tradition(speech, kind(), arms)) for kind in (CharacterNgrams, FunctionWords)
    )
    found = agreement(_placed(ngrams, answers), _placed(words, answers))
    rows = [*ngrams, *words, (OF_THE_MEASURE, found)]
    return [score.row(arm, model) for (arm, model), score in rows]


def _tradition(
    speech: Speech | None, tradition: Tradition, arms: Mapping[Who, Dealt]
) -> Iterator[tuple[Who, Score]]:
    metric = tradition.metric
    try:
        if speech is None:
            raise NoStyle("nothing that the host and others said was kept with the plan")
        tried = calibrate(tradition, speech.host, speech.others, speech.seed)
    except NoStyle as why:
        for arm in arms:
            yield arm, Score(metric, None, 0, reason=str(why))
        yield OF_THE_MEASURE, Score(f"{metric}_auc", None, 0, reason=str(why))
        return
    for arm, said in arms.items():
        if tried.is_valid:
            yield arm, place(tried, said)
        else:
            yield arm, Score(metric, None, 0, reason=_tells_nobody(tried))
    yield OF_THE_MEASURE, tried.auc
    if tried.decoys is not None and tried.is_valid:
        shuffled = tried.place(tried.decoys)
        yield OF_THE_MEASURE, Score(f"{metric}_shuffled", shuffled, len(speech.host))


def _samples(speech: Speech | None, answers: Answers) -> dict[Who, list[list[str]]]:
    """What each arm said, by what goes together: an answer, an episode of the host's, a person.

    What answers copy of the speech that teaches the styles is left out: a measure that learned from it would
    take it for the host's own.
    """
    people: dict[Who, list[list[str]]] = {
        (Arm.HOST, None): _together(speech.held_out_host if speech else (), "episode_id"),
        (Arm.IMPOSTOR, None): _together(speech.held_out_others if speech else (), "speaker"),
    }
    taught = [bag.text for bag in (*speech.host, *speech.others)] if speech else []
    return {arm: [[text] for text in _own(texts, taught)] for arm, texts in answers.items()} | {
        arm: said for arm, said in people.items() if arm not in answers
    }


def _own(texts: Sequence[str], taught: Sequence[str]) -> list[str]:
    """The texts without what they copy; nothing of an arm that copies more than recital begins with."""
    own = without_copied(texts, taught)
    said, left = (sum(len(text.split()) for text in some) for some in (texts, own))
    return own if left >= (1 - RECITED_SHARE) * said else []


def _together(bags: Iterable[Bag], by: str) -> list[list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for bag in bags:
        found[getattr(bag, by)].append(bag.text)
    return list(found.values())


def _tells_nobody(tried: Calibration) -> str:
    name, auc = tried.tradition.name, tried.auc
    return (
        f"{name} do not tell this host from others beyond doubt: the AUC is {auc.value:.2f}, "
        f"{auc.low:.2f} to {auc.high:.2f}; its lower end must be {LEAST_AUC:.2f}, and chance is 0.50"
    )


def _placed(rows: Iterable[tuple[Who, Score]], answers: Answers) -> Scored:
    return {arm: score for arm, score in rows if arm in answers and score.value is not None}


def agreement(ngrams: Scored, words: Scored) -> Score:
    """Spearman's rank correlation over the arms that both traditions place; where they disagree, who with whom."""
    arms = [arm for arm in ngrams if arm in words]
    if len(arms) < FEWEST_RANKED:
        reason = (
            f"of arms with a place by both traditions {FEWEST_RANKED} are needed, not {len(arms)}"
        )
        return Score(AGREEMENT, None, 0, reason=reason)
    one, other = ([scored[arm].value for arm in arms] for scored in (ngrams, words))
    if len(set(one)) == 1 or len(set(other)) == 1:
        return Score(AGREEMENT, None, 0, reason="every arm has the same place")
    value = float(spearmanr(one, other).statistic)
    return Score(AGREEMENT, value, len(arms), reason=_disagreement(arms, ngrams, words))


def _disagreement(arms: Sequence[Who], ngrams: Scored, words: Scored) -> str | None:
    """The arms that the traditions order most differently, in words; None where they order all alike."""
    opposed = {
        pair: min(abs(_gap(ngrams, *pair)), abs(_gap(words, *pair)))
        for pair in permutations(arms, 2)
        if _gap(ngrams, *pair) > 0 > _gap(words, *pair)
    }
    if not opposed:
        return None
    clear = [pair for pair in opposed if _apart(ngrams, *pair) or _apart(words, *pair)]
    if not clear:
        return (
            f"they order {len(opposed)} of the pairs of arms otherwise, each within its intervals"
        )
    one, other = max(clear, key=lambda pair: opposed[pair])
    more = f"; so it is with {len(clear)} pairs of arms" if len(clear) > 1 else ""
    return (
        f"the traditions disagree: by {CharacterNgrams.name} {_name(one, arms)} is more like the host than "
        f"{_name(other, arms)} ({_both(ngrams, one, other)}), by {FunctionWords.name} less "
        f"({_both(words, one, other)}){more}"
    )


def _apart(scored: Scored, one: Who, other: Who) -> bool:
    """Whether the intervals of the two have nothing in common."""
    lower, upper = sorted((scored[one], scored[other]), key=lambda score: score.value or 0.0)
    return lower.high is not None and upper.low is not None and lower.high < upper.low


def _gap(scored: Scored, one: Who, other: Who) -> float:
    return (scored[one].value or 0.0) - (scored[other].value or 0.0)


def _both(scored: Scored, one: Who, other: Who) -> str:
    return f"{scored[one].value:.2f} and {scored[other].value:.2f}"


def _name(arm: Who, arms: Sequence[Who]) -> str:
    name = "untuned" if arm[0] == Arm.BASE else str(arm[0])
    return f"{name} {arm[1]}" if len({model for _, model in arms}) > 1 else name
