"""Options that several commands share, each written once, and the records in which a command gets them."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

import click

from infra.queries import packaged_names

Callback = Callable[..., Any]
Decorator = Callable[[Callback], Callback]
BUILD = Path("build")
LOCK = ".econchatr/cloud/lock"  # written when a run begins
FORMATS = ("table", "csv", "json", "full")
MONTH_CEILING_USD = "1000.00"
STACK = "econchatr-dev"


def together(*options: Decorator) -> Decorator:
    """Return several options as one decorator; help shows them in this order."""

    def decorate(command: Callback) -> Callback:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def as_one(name: str, make: Callable[..., object], *options: Decorator) -> Decorator:
    """Return several options as one decorator; the command gets them as one argument called `name`.

    `make` makes the argument. Its parameters are named as the options are.
    """
    own = tuple(signature(make).parameters)

    def decorate(command: Callback) -> Callback:
        @wraps(command)
        def called(**given: Any) -> Any:
            record = make(**{option: given.pop(option) for option in own})
            return command(**{name: record}, **given)

        return together(*options)(called)

    return decorate


@dataclass(frozen=True, slots=True)
class RunLocation:
    """A show, where its results lie, and at which prices and monthly ceiling runs are held there."""

    show: str
    out: Path | None = None
    catalogue: Path | None = None
    month_ceiling_usd: str = MONTH_CEILING_USD

    def folder(self, show: str) -> Path:
        """Return where results of a show of that name lie."""
        return self.out or BUILD / show


@dataclass(frozen=True, slots=True)
class ProviderOptions:
    """Who answers in place of the stand-in, and whether what that may bill was agreed to beforehand."""

    openai_base_url: str | None = None
    provider: str | None = None
    yes: bool = False

    @property
    def real(self) -> bool:
        """Whether anybody takes the stand-in's place."""
        return self.openai_base_url is not None or self.provider is not None


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How much is printed of a run; `json`: its summary and plan alone, on standard output."""

    quiet: bool = False
    json: bool = False


@dataclass(frozen=True, slots=True)
class RunFields:
    """The fields of the run input that have an option."""

    ceiling_usd: str | None = None
    max_cost_per_model_usd: str | None = None
    models: tuple[str, ...] = ()
    n_epochs: int | None = None
    since: str | None = None
    limit: int | None = None
    same_pairs: bool = False

    def document(self, *, dry_run: bool = False) -> dict[str, Any]:
        """Return what was given, as the run input has it; 0 was given, too."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        given |= {"models": list(self.models), "dry_run": dry_run}
        absent = (None, False)
        return {
            name: value
            for name, value in given.items()
            if value != [] and not any(value is one for one in absent)
        }


@dataclass(frozen=True, slots=True)
class RunsFolder:
    """Where runs left their results: the folder named, else a show's, else the one that ran last."""

    show: str | None = None
    out: Path | None = None

    @property
    def path(self) -> Path:
        """Return the folder; raises OSError or InvalidField for a profile that cannot be read."""
        if self.out is not None or (self.show is not None and Path(self.show).is_dir()):
            return self.out or Path(str(self.show))
        names = ("*",) if self.show is None else _folder_names(self.show)
        if self.show is not None and len(Path(names[0]).parts) != 1:
            return Path(self.show)  # a folder that is not there
        used = [lock for name in names for lock in BUILD.glob(f"{name}/{LOCK}")]
        usual = BUILD / (names[0] if self.show else "demo")
        return max(used, key=lambda lock: lock.stat().st_mtime).parents[2] if used else usual


def _folder_names(show: str) -> tuple[str, ...]:
    """What a show's folder may be called."""
    name = show
    if Path(show).suffix in (".yaml", ".yml"):
        from shared import shows

        name = shows.parse_yaml(Path(show).read_text(encoding="utf-8"), show).name
    return name, f"{name}-own"


@dataclass(frozen=True, slots=True)
class StackRef:
    """A stack's name, and the region and the profile of credentials where they are not the usual ones."""

    stack: str = STACK
    region: str | None = None
    profile: str | None = None

    def folder(self, out: Path | None) -> Path:
        """Return where results of the stack's runs go."""
        return out or BUILD / self.stack


def one_show(named: str | None, show: str | None) -> str:
    """Return the show that was named in one of two ways; raises UsageError."""
    names = {name for name in (named, show) if name}
    if len(names) != 1:
        raise click.UsageError(
            "name one show: a packaged one such as demo, or a profile file such as mine.yaml"
        )
    return names.pop()


def _located(
    named: str | None,
    show: str | None,
    out: Path | None,
    catalogue: Path | None,
    month_ceiling_usd: str,
) -> RunLocation:
    return RunLocation(one_show(named, show), out, catalogue, month_ceiling_usd)


_SHOW = together(
    click.argument("named", metavar="[SHOW]", required=False),
    click.option("--show", metavar="NAME_OR_FILE", help="the same as SHOW"),
)
_PLACE = together(
    click.option(
        "--out", type=Path, metavar="DIR", help="Where everything is kept.  [default: build/SHOW]"
    ),
    click.option(
        "--catalogue",
        type=Path,
        metavar="FILE",
        help="Models, providers and prices of your own, before the packaged ones.",
    ),
    click.option(
        "--month-ceiling-usd",
        default=MONTH_CEILING_USD,
        show_default=True,
        metavar="USD",
        help="What all runs of a month may spend.",
    ),
)
show_name = as_one("show", one_show, _SHOW)
location = as_one("location", _located, _SHOW, _PLACE)
location_of_show = as_one("location", RunLocation, click.argument("show", metavar="SHOW"), _PLACE)
provider = as_one(
    "provider",
    ProviderOptions,
    click.option(
        "--openai-base-url",
        metavar="URL",
        help="A real model provider in place of the stand-in; its key is in the likes of NEBIUS_API_KEY, in "
        "the system's store (`econchatr keys set`), or in OPENAI_API_KEY.",
    ),
    click.option(
        "--provider",
        metavar="NAME",
        help="The same by its name, such as nebius: its address is in the catalogue. With `own`, this "
        "machine tunes a real model.",
    ),
    click.option("--yes", is_flag=True, help="Agree beforehand to what a real provider may bill."),
)
output = as_one(
    "output",
    OutputOptions,
    click.option("--quiet", is_flag=True, help="Only how it ended."),
    click.option(
        "--json", is_flag=True, help="Summary and plan as one JSON object; the rest goes to stderr."
    ),
)
run_fields = as_one(
    "fields",
    RunFields,
    click.option("--ceiling", "ceiling_usd", metavar="USD", help="What the run may cost at most."),
    click.option(
        "--model-ceiling",
        "max_cost_per_model_usd",
        metavar="USD",
        help="What one model's training may cost at most.",
    ),
    click.option(
        "--model", "models", multiple=True, metavar="NAME", help="A model to tune; may be repeated."
    ),
    click.option("--epochs", "n_epochs", type=int, metavar="N", help="How often to train on all."),
    click.option("--since", metavar="DATE", help="Only episodes from then on, as 2020-01-31."),
    click.option("--limit", type=int, metavar="N", help="Read at most so many episodes."),
    click.option("--same-pairs", is_flag=True, help="Train all models on the same pairs."),
)
run_input = together(
    click.option(
        "--input",
        "document",
        metavar="JSON_OR_@FILE",
        help="The run input as on AWS; options go before it.",
    ),
    run_fields,
)
providers_of_your_own = click.option(
    "--catalogue", type=Path, metavar="FILE", help="Providers of your own."
)
dry_run = click.option("--dry-run", is_flag=True, help="Stop at the plan; spends nothing.")
stack_ref = as_one(
    "stack_ref",
    StackRef,
    click.option("--stack", default=STACK, show_default=True, metavar="NAME", help="Which stack."),
    click.option("--region", metavar="REGION", help="Which region.  [default: AWS_REGION's]"),
    click.option("--profile", metavar="NAME", help="Whose credentials.  [default: AWS_PROFILE's]"),
)
out_of_stack = click.option(
    "--out", type=Path, metavar="DIR", help="Where results go.  [default: build/STACK]"
)
query = together(
    click.argument("query", metavar="NAME_OR_SQL"),
    click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="A table cuts long cells; the others are whole.",
    ),
)
runs_folder = as_one(
    "runs_folder",
    RunsFolder,
    click.argument("show", metavar="[SHOW]", required=False),
    click.option(
        "--out",
        type=Path,
        metavar="DIR",
        help="Where runs left their results.  [default: the show's folder, else that of the last run]",
    ),
)


def packaged_queries() -> str:
    """Return the names of the packaged queries, as the end of a command's help."""
    return "\n  ".join(["\b\nPackaged queries:", *packaged_names()])
