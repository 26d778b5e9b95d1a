"""Options that several commands share, and what a command makes of what they gave."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from infra.cli import arguments as typed
from infra.queries import packaged_names

Command = TypeVar("Command", bound=Callable[..., Any])
DEFAULT_OUT = Path("build/demo")


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one, which help shows in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


query_of = together(
    click.argument("query", metavar="NAME_OR_SQL"),
    click.option(
        "--format",
        type=click.Choice(typed.FORMATS),
        default="table",
        show_default=True,
        help="A table cuts long cells; the others are whole.",
    ),
)
QUERIES = "\n  ".join(["\b\nPackaged queries:", *packaged_names()])
run_fields = together(
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
show = together(
    click.argument("named", metavar="[SHOW]", required=False),
    click.option("--show", metavar="NAME_OR_FILE", help="the same as SHOW"),
)
place = together(
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
        default=typed.MONTH_CEILING_USD,
        show_default=True,
        metavar="USD",
        help="What all runs of a month may spend.",
    ),
)
provider = together(
    click.option(
        "--openai-base-url",
        metavar="URL",
        help="A real model provider in place of the stand-in; its key is in the likes of NEBIUS_API_KEY, in "
        "the system's store (`econchatr keys set`), or in OPENAI_API_KEY.",
    ),
    click.option("--yes", is_flag=True, help="Agree beforehand to what a real provider may bill."),
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
telling = together(
    click.option("--quiet", is_flag=True, help="Only how it ended."),
    click.option(
        "--json", is_flag=True, help="Summary and plan as one JSON object; the rest goes to stderr."
    ),
)
out_of_demo = click.option(
    "--out",
    type=Path,
    default=DEFAULT_OUT,
    show_default=True,
    metavar="DIR",
    help="Where runs left their results.",
)


def fields_of(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of the run input that options gave."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in given.items()
        if value not in (None, (), False)
    }


def place_of(given: dict[str, Any]) -> typed.Place:
    """The show that was named and where its results lie; takes them out of `given`."""
    return typed.Place(
        show_of(given), given.pop("out"), given.pop("catalogue"), given.pop("month_ceiling_usd")
    )


def telling_of(given: dict[str, Any]) -> typed.Telling:
    """How much is to be told; takes it out of `given`."""
    return typed.Telling(quiet=given.pop("quiet"), json=given.pop("json"))


def show_of(given: dict[str, Any]) -> str:
    """The show that was named in one of two ways; takes them out of `given`."""
    names = [name for name in (given.pop("named"), given.pop("show")) if name]
    if len(set(names)) != 1:
        raise click.UsageError(
            "name one show: a packaged one such as demo, or a profile file such as mine.yaml"
        )
    return str(names[0])
