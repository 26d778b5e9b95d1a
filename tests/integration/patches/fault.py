"""A fault: what shows it, what AWS documents, and what MiniStack does as it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """`case` returns what it observes of a cloud: `aws` as AWS documents it, `ministack` of MiniStack as it is."""

    patch: str
    case: Callable[[Any], Any]
    aws: Any
    ministack: Any

    @property
    def name(self) -> str:
        """Return the name under which the patch's docstring refers to the case."""
        return self.case.__name__


class Faults(list[Fault]):
    """Faults, each entered by a decorator over its case."""

    def of(self, patch: str, *, aws: Any, ministack: Any) -> Callable[..., Callable[[Any], Any]]:
        """Return a decorator that enters a case."""

        def enter(case: Callable[[Any], Any]) -> Callable[[Any], Any]:
            self.append(Fault(patch, case, aws, ministack))
            return case

        return enter
