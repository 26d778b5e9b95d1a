"""The states of the machine, from its definition."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

DEFINITION = Path(__file__).parents[1] / "pipeline.asl.yaml"
EVERYWHERE = ("${Trouble}", "${LambdaErrors}")
HEAD = """# States of the machine

In the order of the definition, `infra/pipeline.asl.yaml`; those within a map are set in. Trouble at AWS, and
at a provider that was paid, is waited out for forty minutes in every task; a crash and a timeout are tried again soon;
beside them the errors named. After that a failure goes where the last column says.

| state | what it does | kind | seconds at most | tries again | then | on failure |
|---|---|---|---|---|---|---|
"""


def states() -> str:
    """A row a state."""
    machine = yaml.safe_load(DEFINITION.read_text("utf-8"))
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(machine))


def _rows(machine: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, ...]]:
    for name, state in machine["States"].items():
        follows = state.get("Next") or state.get("Default") or "ends"
        yield (
            f"{within}{name}",
            state.get("Comment", "").replace("|", "/"),
            state["Type"],
            str(state.get("TimeoutSeconds", "")),
            ", ".join(sorted({one for retry in state.get("Retry", ()) for one in _errors(retry)})),
            follows,
            ", ".join(catch["Next"] for catch in state.get("Catch", ())),
        )
        if "ItemProcessor" in state:
            yield from _rows(state["ItemProcessor"], f"{within}· ")


def _errors(retry: Mapping[str, Any]) -> list[str]:
    return [error for error in retry["ErrorEquals"] if error not in EVERYWHERE]
