"""What a person asks for, and what a run is held to.

`RunInput` is the JSON object of an execution. `RunSettings` is everything resolved and frozen in the
run's manifest, so that a later change of profile, price or limit cannot change a run in flight.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shared import catalogue, money, shows
from shared.catalogue import Catalogue, Model, Provider
from shared.errors import InvalidField, RightsMissing, UnknownField
from shared.run.judges import judges
from shared.shows import ShowProfile
from shared.validation import did_you_mean, line_of, sentence

# Each takes its share of the 25,000 events that an execution may have.
MAX_MODELS = 5


def _dollars(field: str) -> BeforeValidator:
    return BeforeValidator(partial(money.usd_field, field=field))


class RunInput(BaseModel):
    """One run as asked for. Dollars are strings such as "40.00"; dates are ISO 8601."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    show: str | dict[str, Any] = Field(
        description="a packaged show, the `s3://` address of a profile, or a profile itself"
    )
    ceiling_usd: Annotated[Decimal, _dollars("ceiling_usd")] = Field(
        description="what the run may spend in all, in dollars"
    )
    max_cost_per_model_usd: Annotated[Decimal, _dollars("max_cost_per_model_usd")] | None = Field(
        default=None, description="what one model's training may cost; else they share the ceiling"
    )
    models: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="models of the catalogue; by default the profile's"
    )
    n_epochs: int = Field(
        default=4, ge=1, le=50, description="how often the training file is gone through"
    )
    since: date | None = Field(default=None, description="only episodes from this day on")
    limit: int | None = Field(
        default=None, ge=1, description="only so many episodes, in the order of the source"
    )
    dry_run: bool = Field(default=False, description="stop at the plan; spends nothing")
    same_pairs: bool = Field(
        default=False,
        description="all models learn from the same pairs, as many as the dearest one's budget buys",
    )


class RunSettings(BaseModel):
    """One run, resolved: the run's manifest. Amounts are exact US dollars."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    started_at: datetime
    code_version: str
    show: ShowProfile
    ceiling_usd: Decimal
    month_ceiling_usd: Decimal
    max_cost_per_model_usd: Decimal | None
    models: tuple[Model, ...]
    judges: tuple[Model, ...] = ()
    providers: tuple[Provider, ...] = ()
    """Those of the models and judges; a manifest of an older release has none."""
    n_epochs: int
    since: date | None
    limit: int | None
    dry_run: bool
    same_pairs: bool = False
    stand_in: bool = False
    """Whether a stand-in takes the place of every model, so that nobody is charged."""

    def model(self, name: str) -> Model:
        """Return the settings of the model called `name`."""
        return next(model for model in self.models if model.model == name)

    def judge(self, name: str) -> Model:
        """Return the settings of the judge called `name`."""
        return next(judge for judge in self.judges if judge.model == name)

    def provider(self, name: str) -> Provider:
        """Return the profile of the provider called `name`, as it was when the run began."""
        frozen = (one for one in self.providers if one.provider == name)
        return next(frozen, None) or catalogue.packaged().provider(name)

    def shown(self, model: str) -> str:
        """Return the model's name where a person reads it: "stand-in for gpt-4.1-mini" where that answers."""
        return f"stand-in for {model}" if self.stand_in else model

    @property
    def disclosure(self) -> str:
        """What is said beside every answer."""
        by = "; said by a stand-in for the model named" if self.stand_in else ""
        return f"Simulated; not the words of {self.show.host.name}{by}"

    @property
    def month(self) -> str:
        """The calendar month, in UTC, that pays: "2026-11"."""
        return f"{self.started_at:%Y-%m}"


def frozen(manifest: Mapping[str, Any]) -> RunSettings:
    """Return the run's settings from its manifest, which an older release may have written.

    A field that this release no longer has is passed over: a run in flight goes on.
    """
    return RunSettings.model_validate(manifest, extra="ignore")


def parse_input(document: Mapping[str, Any], text: str = "") -> RunInput:
    """Return the run input from its JSON object; raises UnknownField or InvalidField naming the field.

    `text` is the file it was decoded from, so that the line can be named.
    """
    if not isinstance(document, Mapping):
        raise InvalidField(
            f'the input is {document!r:.80}; write a JSON object such as {{"ceiling_usd": "5.00"}}'
        )
    unknown = sorted(set(document) - set(RunInput.model_fields))
    if unknown:
        near = did_you_mean(unknown[0], RunInput.model_fields)
        known = ", ".join(RunInput.model_fields)
        line = line_of(text, [unknown[0]])
        raise UnknownField(
            (f"line {line}: " if line else "")
            + f"the input has no field {unknown[0]!r};{near} its fields are {known}"
        )
    try:
        return RunInput.model_validate(document)
    except ValidationError as error:
        raise InvalidField(f"the input is not usable: {sentence(error, text, RunInput)}") from error


def resolve(
    run_input: RunInput,
    show: ShowProfile,
    models: Catalogue,
    *,
    run_id: str,
    started_at: datetime,
    code_version: str,
    month_ceiling_usd: Decimal,
    stand_in: bool = False,
) -> RunSettings:
    """Hold what is asked against the show and the catalogue.

    Raises UnknownModel, MissingPrice, ModelShutdown, RightsMissing or InvalidField; nothing was
    spent when it does.
    """
    if run_input.since and run_input.since > started_at.date():
        raise InvalidField(
            f"since is {run_input.since}, which is still to come; name an earlier day"
        )
    chosen = tuple(models.model(name) for name in dict.fromkeys(run_input.models or show.models))
    for model in chosen:
        check_epochs(model, run_input.n_epochs)
        provider = models.provider(model.provider)
        if run_input.dry_run and model.historical:
            model.price("training")
        else:
            check_buyable(model, provider, started_at.date(), show)
    if not run_input.dry_run:
        check_rights(show)
        if len(chosen) > MAX_MODELS:
            raise InvalidField(
                f"a run tunes at most {MAX_MODELS} models, not {len(chosen)}; start one run for some "
                "and another for the rest, or a dry run, which compares as many as you like"
            )
    if not show.questions:
        raise InvalidField(
            f"show {show.name} has no questions; write at least one under `questions`"
        )
    judging = judges(show, models, chosen, started_at.date())
    asked_there = dict.fromkeys(model.provider for model in (*chosen, *judging))
    return RunSettings(
        run_id=run_id,
        started_at=started_at,
        code_version=code_version,
        show=show,
        ceiling_usd=run_input.ceiling_usd,
        month_ceiling_usd=month_ceiling_usd,
        max_cost_per_model_usd=run_input.max_cost_per_model_usd,
        models=chosen,
        judges=judging,
        providers=tuple(models.provider(name) for name in asked_there),
        n_epochs=run_input.n_epochs,
        since=run_input.since,
        limit=run_input.limit,
        dry_run=run_input.dry_run,
        same_pairs=run_input.same_pairs,
        stand_in=stand_in,
    )


def check_buyable(model: Model, provider: Provider, today: date, show: ShowProfile) -> None:
    """Raise MissingPrice, PriceTooOld or ModelShutdown unless everything a run buys of `model` can be bought."""
    catalogue.check_lifetime(model, today, show.horizon_days)
    catalogue.check_open(provider, today)
    catalogue.check_prices(model, provider, catalogue.TRAINED, today, show.max_price_age_days)


def check_epochs(model: Model, n_epochs: int) -> None:
    """Raise InvalidField when `model` takes fewer epochs: the provider would fail the job, or bill what it likes."""
    if n_epochs > model.limits.max_epochs:
        raise InvalidField(
            f"n_epochs is {n_epochs}, and {model.model} takes at most {model.limits.max_epochs}; "
            "lower it, or leave the model out"
        )


def check_rights(
    show: ShowProfile, doing: str = "a run that trains, with the stand-in too,"
) -> None:
    """Raise RightsMissing unless `show` says why it may be used and who agreed to the persona."""
    for section in ("rights", "consent"):
        if getattr(show, section) is None:
            raise RightsMissing(
                f"show {show.name} has no `{section}`; {doing} needs `rights: {{basis: ...}}` and "
                "`consent: {scope: ..., attested_by: ..., date: ...}` in the profile; a dry run does not"
            )


def show_from(run_input: RunInput) -> ShowProfile:
    """Return the profile named or given inline by `asked`; an s3:// address is for the caller to read."""
    if isinstance(run_input.show, dict):
        return shows.parse(run_input.show, "given inline")
    return shows.packaged(run_input.show)
