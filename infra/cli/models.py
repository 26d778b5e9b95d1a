"""`econchatr models`: what can be tuned, where, at what price and until when; cheapest for a corpus first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any

from infra.cli.confirm import what_the_key_may
from infra.cli.terminal.screen import print_table, print_wrapped
from infra.local.folder import objects_in
from infra.machine.runs import RunStore
from shared import catalogue
from shared.catalogue import Catalogue, Model, Price, Provider, Purpose, training_costs
from shared.errors import InvalidField, ModelShutdown
from shared.lake import keys
from shared.shows import ShowProfile

OLD = timedelta(days=90)
MILLION = 1_000_000
CHOSEN = "*"
PRICES: tuple[tuple[Purpose, ...], ...] = (
    ("training",),
    ("base_input", "base_output"),
    ("input", "output"),
)


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
    """Print what can be tuned, with every price; `planned` says that the corpus of a plan was counted."""
    print_table(
        ("model", "at", "trains for", "training", "base in/out", "tuned in/out", "until"),
        [
            (
                one.model.model,
                one.model.provider,
                cents(one.cost),
                *("/".join(_a_million(one.model, price) for price in part) for part in PRICES),
                _until(one),
            )
            for one in found
        ],
    )
    of = "the corpus of the newest plan, all epochs" if planned else "a million billed tokens"
    print_wrapped(
        f"\nUS dollars: `trains for` is for {of}, rounded up to cents; the other prices are for a million tokens. "
        "--json has every digit."
    )
    for one in found:
        if one.refusal:
            print_wrapped(f"No: {one.refusal}.")
        if one.old_prices:
            print_wrapped(
                f"Old prices: {one.model.model}'s are of {one.old_prices}; look them up and give yours "
                "with --catalogue."
            )


def print_choice(found: Sequence[Offer], chosen: Collection[str]) -> None:
    """Print what every model would cost to train on the corpus of a plan, the `chosen` ones marked."""
    print("\nEvery model that could be had for this corpus (US dollars, rounded up to cents)")
    print_table(
        ("", "model", "at", "trains for", "until"),
        [
            (
                CHOSEN if one.model.model in chosen else "",
                one.model.model,
                one.model.provider,
                cents(one.cost),
                _until(one),
            )
            for one in found
        ],
    )
    marked = any(one.model.model in chosen for one in found)  # a historical one is not to be had
    print_wrapped(
        f"{f'{CHOSEN} is in the plan; ' if marked else ''}--model NAME takes another, and `econchatr models` has all "
        "prices."
    )


def _until(one: Offer) -> str:
    return "not now" if one.refusal else str(one.model.shutdown_date or "-")


def cents(amount: Decimal) -> str:
    """Return an amount for people: never less than it is, and to the cent."""
    return f"{amount.quantize(Decimal('0.01'), rounding=ROUND_CEILING):,}"


def _a_million(model: Model, purpose: Purpose) -> str:
    price = model.price(purpose)
    return str(price) if price.by_time else f"{price.of_tokens(MILLION):.2f}"


def documents(found: Iterable[Offer]) -> list[dict[str, Any]]:
    """Return what can be tuned as JSON has it, amounts exact and as text."""
    return [
        {
            "model": one.model.model,
            "provider": one.model.provider,
            "tokens": one.tokens,
            "trains_for_usd": f"{one.cost:f}",
            "prices": {
                name: one.model.price(name).model_dump(mode="json", exclude={"purpose"})
                for part in PRICES
                for name in part
            },
            "until": one.model.shutdown_date and one.model.shutdown_date.isoformat(),
            "refusal": one.refusal or None,
        }
        for one in found
    ]


def print_checked(found: Sequence[Offer], known: Catalogue, address: str) -> None:
    """Print what one free call tells of the provider at an address: which models it lists for this key."""
    listed, has_jobs = what_the_key_may(known, address)
    there = [one.model.model for one in found if one.model.base_model in listed]
    print()
    print_wrapped(
        f"{address} takes the key and lists {', '.join(there) or 'none of these models'}."
    )
    if not has_jobs:
        print_wrapped(
            "It shows no fine-tuning job of this key: at OpenAI, organisations that never tuned may create "
            "none any more (403 training_not_available)."
        )
