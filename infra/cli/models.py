"""`econchatr models`: what can be tuned, where, at what price and until when; cheapest for a corpus first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from infra.cli.confirm import what_the_key_may
from infra.cli.terminal.screen import print_table
from infra.local.folder import objects_in
from infra.machine.runs import RunStore
from shared import catalogue, money
from shared.catalogue import Catalogue, Model, Price, Provider, Purpose, training_costs
from shared.errors import InvalidField, ModelShutdown
from shared.lake import keys
from shared.shows import ShowProfile

OLD = timedelta(days=90)
MILLION = 1_000_000
PRICES: tuple[Purpose, ...] = ("training", "base_input", "base_output", "input", "output")


@dataclass(frozen=True, slots=True)
class Offer:
    """One model as it can be bought today; `refusal` says why it cannot, empty where it can.

    `cost` is the training of `tokens` tokens, all epochs together.
    """

    model: Model
    tokens: int
    cost: Decimal
    refusal: str
    old_prices: date | None


def offers(
    known: Catalogue, today: date, horizon_days: int, tokens: Mapping[str, int]
) -> list[Offer]:
    """Return every tunable model, those that can be bought first, then by what training costs.

    `tokens` are the billed tokens by model; a million where nobody counted.
    """
    found = [
        Offer(
            model,
            tokens.get(model.model, MILLION),
            training_costs.estimate(model, tokens.get(model.model, MILLION)),
            _refusal(model, known.provider(model.provider), today, horizon_days),
            _old(model.prices, today),
        )
        for model in known.models
        if model.tunable
    ]
    return sorted(found, key=lambda one: (bool(one.refusal), one.cost, one.model.model))


def _refusal(model: Model, provider: Provider, today: date, horizon_days: int) -> str:
    try:
        catalogue.check_lifetime(model, today, horizon_days)
        catalogue.check_open(provider, today)
    except ModelShutdown as error:
        return str(error)
    return ""


def _old(prices: Sequence[Price], today: date) -> date | None:
    """The oldest day of a price that is too old to be trusted."""
    oldest = min(price.as_of for price in prices)
    return oldest if today - oldest > OLD else None


def planned_tokens(out: Path, show: ShowProfile | None, known: Catalogue) -> dict[str, int]:
    """Return the billed tokens by model, all epochs, of the newest plan in `out`; raises InvalidField without one.

    A model that was not planned counts as the planned one with the most tokens does.
    """
    run = RunStore(objects_in(out)).newest(
        lambda run: (show is None or run.show == show.name) and run.left(keys.plan(run.run_id))
    )
    rows = run.json(keys.plan(run.run_id)) if run else None
    if not rows:
        raise InvalidField(
            f"--out {str(out)!r} holds no plan{f' of {show.name}' if show else ''}; "
            "run `econchatr plan` there first, or leave it out"
        )
    exact = {row["model"]: row["usable_tokens"] * row["n_epochs"] for row in rows}
    return dict.fromkeys((one.model for one in known.models), max(exact.values())) | exact


def print_offers(found: Sequence[Offer], *, planned: bool) -> None:
    """Print what can be tuned; `planned` says that the corpus of a plan was counted."""
    print_table(
        ("model", "provider", "trains for", *(f"{name}/1M" for name in PRICES), "until", "today"),
        [
            (
                one.model.model,
                one.model.provider,
                money.format_usd(one.cost),
                *(_per_million(one.model.price(name)) for name in PRICES),
                one.model.shutdown_date or "-",
                "no" if one.refusal else "yes",
            )
            for one in found
        ],
    )
    of = "the corpus of the newest plan, all epochs" if planned else "a million billed tokens"
    print(f"\nUS dollars; `trains for` is for {of}. Base prices are the untuned model's.")
    for one in found:
        if one.refusal:
            print(f"No: {one.refusal}.")
        if one.old_prices:
            print(
                f"Old prices: {one.model.model}'s are of {one.old_prices}; look them up and give yours "
                "with --catalogue."
            )


def _per_million(price: Price) -> str:
    return str(price) if price.by_time else f"{price.of_tokens(MILLION):.2f}"


def print_checked(found: Sequence[Offer], known: Catalogue, address: str) -> None:
    """Print what one free call tells of the provider at an address: which models it lists for this key."""
    listed, has_jobs = what_the_key_may(known, address)
    there = [one.model.model for one in found if one.model.base_model in listed]
    print(f"\n{address} takes the key and lists {', '.join(there) or 'none of these models'}.")
    if not has_jobs:
        print(
            "It shows no fine-tuning job of this key: at OpenAI, organisations that never tuned may create "
            "none any more (403 training_not_available)."
        )
