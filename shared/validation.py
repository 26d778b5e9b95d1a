"""Turns a validation library's findings into one sentence for a person."""

from pydantic import ValidationError


def sentence(error: Exception) -> str:
    """What is wrong, where, and with which value, for the first few findings of `error`."""
    if not isinstance(error, ValidationError):
        return " ".join(str(error).split())
    return "; ".join(
        f"{_place(finding['loc'])}: {finding['msg'].lower()} (found {finding['input']!r:.80})"
        for finding in error.errors()[:3]
    )


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "document"
