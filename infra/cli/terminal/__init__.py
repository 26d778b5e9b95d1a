"""What a person sees in the terminal: a run as it goes on, what it came to, tables."""

from infra.cli.terminal.reporter import Teller
from infra.cli.terminal.results import (
    NOTICED,
    print_corpus,
    print_plan,
    print_results,
    print_statistics,
    print_stopped,
)
from infra.cli.terminal.screen import print_table, say

__all__ = [
    "NOTICED",
    "Teller",
    "print_corpus",
    "print_plan",
    "print_results",
    "print_statistics",
    "print_stopped",
    "print_table",
    "say",
]
