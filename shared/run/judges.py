"""Who judges a run's answers: those whom the show names, else the catalogue's own, one of a family."""

from collections.abc import Sequence
from datetime import date

from shared import catalogue
from shared.catalogue import Catalogue, Model
from shared.errors import MissingPrice, ModelShutdown, PriceTooOld
from shared.shows import ShowProfile


def judges(
    show: ShowProfile, known: Catalogue, tuned: Sequence[Model], today: date
) -> tuple[Model, ...]:
    """Return the judges, cheapest first where nobody is named.

    By default those at a provider of a tuned model, for which there is a key. Raises UnknownModel,
    MissingPrice or ModelShutdown for a named one that cannot judge.
    """
    named = show.evaluation.judges
    if named is not None:
        chosen = tuple(known.model(name, "evaluation.judges") for name in dict.fromkeys(named))
        for judge in chosen:
            catalogue.check_lifetime(judge, today, show.horizon_days)
            _check_prices(known, judge, today, show)
        return chosen
    here = {model.provider for model in tuned}
    able = [
        model
        for model in known.models
        if model.judge and model.provider in here and _can_judge(known, model, today, show)
    ]
    able.sort(key=lambda model: (_price(model), model.model))
    return tuple({model.family or model.model: model for model in reversed(able)}.values())[::-1]


def _price(judge: Model) -> tuple[object, object]:
    read, written = judge.price("base_input"), judge.price("base_output")
    return read.of_tokens(1_000_000), written.of_tokens(1_000_000)


def _check_prices(known: Catalogue, judge: Model, today: date, show: ShowProfile) -> None:
    provider = known.provider(judge.provider)
    catalogue.check_prices(judge, provider, catalogue.JUDGING, today, show.max_price_age_days)


def _can_judge(known: Catalogue, model: Model, today: date, show: ShowProfile) -> bool:
    try:
        catalogue.check_lifetime(model, today, show.horizon_days)
        _check_prices(known, model, today, show)
    except (ModelShutdown, MissingPrice, PriceTooOld):
        return False
    return True
