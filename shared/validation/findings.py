"""What pydantic and YAML find, as a sentence with the line, the wrong value and what to write."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from shared.validation import yaml_words
from shared.validation.near import did_you_mean
from shared.validation.reading import line_of, written_at

SHOWN = 80  # characters of a wrong value
MOST = 3  # findings in one sentence
Finding = Mapping[str, Any]
Model = type[BaseModel]


def sentence(error: Exception, text: str = "", model: Model | None = None) -> str:
    """Return what is wrong, where, and with which value, for the first few findings of `error`.

    `text` is the YAML that was validated, so that each finding can name its line; `model` is what
    it was to be, so that an unknown key can be told from those there are.
    """
    if isinstance(error, ValidationError):
        return "; ".join(_finding(one, text, model) for one in error.errors()[:MOST])
    if isinstance(error, yaml.YAMLError):
        return yaml_words.sentence(error, text)
    return " ".join(str(error).split())


def _finding(finding: Finding, text: str, model: Model | None) -> str:
    path, kind = finding["loc"], finding["type"]
    if kind == "value_error":
        return _own(finding, text)
    if not path and finding["input"] in (None, ""):
        return "it is empty" + (f"; needed are {_needed(model)}" if model else "")
    outer = _model_at(model, path[:-1])
    if kind == "extra_forbidden":
        known = list(outer.model_fields) if outer else []
        near = did_you_mean(str(path[-1]), known) or f" its keys are {', '.join(known)}"
        return f"{_place(path, text)} is no key there;{near}"
    if kind == "missing":
        return f"{_place(path, text)} is missing; write {_line(path, '...')}"
    advice = _example(finding, outer) or _advice(finding, _model_at(model, path), text)
    return f"{_place(path, text)} is {finding['input']!r:.{SHOWN}}; {advice}"


def _own(finding: Finding, text: str) -> str:
    own = str(finding["ctx"]["error"])  # a sentence of ours, which has its value in it
    if len(finding["loc"]) > 1:
        return f"{_place(finding['loc'], text)}: {own}"
    line = line_of(text, finding["loc"])
    return f"line {line}: {own}" if line else own


def _example(finding: Finding, outer: Model | None) -> str:
    """One that would do, where the field has an example of its pattern."""
    name = finding["loc"][-1] if finding["loc"] else None
    field = outer.model_fields.get(name) if outer and isinstance(name, str) else None
    if finding["type"] != "string_pattern_mismatch" or not field or not field.examples:
        return ""
    return f"write one such as {field.examples[0]}"


def _advice(finding: Finding, inner: Model | None, text: str) -> str:
    kind, path, ctx = finding["type"], finding["loc"], finding.get("ctx", {})
    if kind.startswith(("model_", "dict_")):
        return f"write {_line(path, f'{{{_needed(inner)}}}' if inner else '{key: value}')}"
    if kind.startswith(("tuple_type", "list_type")):
        items = f"[{finding['input']!r}]"
        return f"write a list: {_line(path, items)}"
    if kind == "string_type":
        return _as_text(finding, text)
    for begins, says in WORDS.items():
        if kind.startswith(begins):
            return says(ctx)
    return f"{finding['msg'][:1].lower()}{finding['msg'][1:]}"


WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "string_pattern": lambda ctx: f"write something that matches {ctx['pattern']}",
    "string_too_short": lambda _: "write something",
    "string_too_long": lambda ctx: f"write at most {ctx['max_length']} characters",
    "too_short": lambda ctx: f"write at least {ctx['min_length']}",
    "too_long": lambda ctx: f"write at most {ctx['max_length']}",
    "int": lambda _: "write a whole number",
    "float": lambda _: "write a number",
    "decimal": lambda _: "write a number",
    "bool": lambda _: "write true or false",
    "date": lambda _: "write a day such as 2026-01-31",
    "literal": lambda ctx: f"write one of {ctx['expected']}",
    "greater_than_equal": lambda ctx: f"write a number from {ctx['ge']:g} up",
    "greater_than": lambda ctx: f"write a number above {ctx['gt']:g}",
    "less_than_equal": lambda ctx: f"write a number of at most {ctx['le']:g}",
    "less_than": lambda ctx: f"write a number below {ctx['lt']:g}",
    "url": lambda _: "write an address such as https://example.org/",
}


def _as_text(finding: Finding, text: str) -> str:
    value = finding["input"]
    if isinstance(value, Mapping) and len(value) == 1:
        key, rest = next(iter(value.items()))
        sentence = f"{key}: {rest}".replace("'", "''")
        return f"a colon made a key of it; put it in quotation marks: '{sentence}'"
    written = written_at(text, finding["loc"])
    quoted = repr(str(value) if written is None else written)
    path = (
        finding["loc"] if isinstance(finding["loc"][-1], str) else ()
    )  # of a list one entry is meant
    return f"put it in quotation marks: {_line(path, quoted)}"


def _line(path: Sequence[int | str], value: str) -> str:
    names = [part for part in path if isinstance(part, str)]
    return f"`{names[-1]}: {value}`" if names else f"`{value}`"


def _place(path: Sequence[int | str], text: str) -> str:
    name = ".".join(str(part) for part in path) or "the document"
    line = line_of(text, path)
    return f"line {line}, {name}" if line else name


def _needed(model: Model | None) -> str:
    fields = model.model_fields.items() if model else ()
    return ", ".join(f"{name}: ..." for name, field in fields if field.is_required())


def _model_at(model: Model | None, path: Sequence[int | str]) -> Model | None:
    """Return the model of the value at the path; None where there is none, or several might be."""
    for step in path:
        if isinstance(step, int) or model is None:
            continue
        field = model.model_fields.get(step)
        model = next(_models_in(field.annotation), None) if field else None
    return model


def _models_in(annotation: Any) -> Iterator[Model]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
