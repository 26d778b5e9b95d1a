"""Whole web pages: what stands around the talk, and in it, without being said."""

from collections.abc import Callable, Iterator
from html import escape

from tests.talks import Talk
from tests.talks.cases import Case, case, with_guest
from tests.talks.speech import natural

LABELS = {
    "strong": "<p><strong>{who}:</strong> {said}</p>",
    "headings": "<h4>{who}</h4><p>{said}</p>",
    "boxes": '<div class="x1"><div class="x2">{who}</div><div class="x3"><p>{said}</p></div></div>',
    "cells": "<tr><td>0:01</td><td>{who}</td><td>{said}</td></tr>",
    "plain": "<p>{who}: {said}</p>",
}
TITLES = (
    "<h1>Bells, with Rolf Quill</h1>",
    "<h1>Ida Stone and Rolf Quill</h1>",
    "<h1>Rolf Quill</h1>",
    "<h1>Rolf Quill: On Bells</h1>",
    "<h1>Bells</h1><h2>With Rolf Quill</h2>",
    "<h3>Episode 12</h3><h1>Rolf Quill on Bells</h1>",
    "<h2>Ida Stone</h2>",
)
INTRODUCTION = (
    "<p>In this long talk we hear about frames and fire, and about all that a bell is cast of.</p>"
)
CREDITS = (
    "<p>Host: Ida Stone</p><p>Guest: Rolf Quill</p>",
    "<p><b>Host:</b> Ida Stone<br><b>Guest:</b> Rolf Quill<br><b>Producer:</b> Berta Holm</p>",
    "<ul><li>Hosts: Ida Stone</li><li>Guests: Rolf Quill</li><li>Recorded: March 3, 2026</li></ul>",
    "<p>Produced by: Berta Holm</p><p>Music by: Karl Hut</p>",
)
TEXT_CREDITS = (
    "Host: Ida Stone\nGuest: Rolf Quill\nRecorded: March 3, 2026",
    "Host: Ida Stone\n\nGuest: Rolf Quill\n\nRolf Quill casts bells, and wrote a book on them.\n\nProducer: Berta Holm",
    "**Host:** Ida Stone\n**Guest:** Rolf Quill, Ditch and Drain\n**Primary Topic:** Bells",
    "- Host: Ida Stone\n- Guest: Rolf Quill\n- Date: 2026-03-03\n- Episode: 12",
    "Hosts: Ida Stone\nGuests: Rolf Quill\nTranscript by: Berta Holm",
    "# Bells\n\nRecorded: March 3, 2026\nProducer: Berta Holm",
    "Moderation: Ida Stone\nGast: Rolf Quill\nSchnitt: Berta Holm",
    "Ida Stone: Host\nRolf Quill: Guest, caster of bells",
)
TEXT = {"plain": "{who}: {said}", "bold": "**{who}:** {said}", "bold line": "**{who}**\n{said}"}


def pages() -> Iterator[Case]:
    """Yield the talk of two people on pages of many layouts."""
    for at, (labels, form) in enumerate(LABELS.items()):
        for head in (*(f"{title}{INTRODUCTION}" for title in TITLES), *CREDITS):
            yield from _page(f"page, {labels} after {head!r}", form, at, head=head)
        for what, spoil in _SPOILT.items():
            yield from _page(f"page, {labels}, {what}", form, at, spoil=spoil)
    for at, head in enumerate(TEXT_CREDITS):
        talk = natural(600 + at)
        for labels, form in TEXT.items():
            said = (form.format(who=who, said=said) for who, said in talk)
            one = case(f"text, {labels}, after {head!r}", "\n\n".join((head, *said)), talk)
            yield from (one, with_guest(one))


Spoil = Callable[[list[str]], str]


def _page(
    name: str, form: str, seed: int, *, head: str = "", spoil: Spoil = "".join
) -> Iterator[Case]:
    talk: Talk = [(who, said if said.strip(".") else "Yes.") for who, said in natural(500 + seed)]
    parts = [form.format(who=who, said=escape(said, quote=False)) for who, said in talk]
    inside = spoil(parts)
    if form.startswith("<tr>"):
        inside = f"<table><tr><th>Time</th><th>Who</th><th>What</th></tr>{inside}</table>"
    body = (
        "<!DOCTYPE html><html><head><title>On bells</title></head><body><nav><a href='/'>Home</a></nav><main>"
        f"{head or '<h1>On bells</h1>'}<article>{inside}</article></main>"
        "<footer><p>All rights</p></footer></body></html>"
    )
    one = case(name, body, talk)
    yield from (one, with_guest(one))


def _copied(way: str) -> Spoil:
    return lambda parts: f"<div>{''.join(parts)}</div><div {way}>{''.join(parts)}</div>"


def _within(what: str) -> Spoil:
    return lambda parts: "".join((*parts[:5], what, *parts[5:]))


def _marked(mark: str) -> Spoil:
    def spoil(parts: list[str]) -> str:
        return "".join(part.replace(" the ", f" the{mark} ") for part in parts)

    return spoil


def _wrapped(before: str, after: str) -> Spoil:
    return lambda parts: before + "".join(parts) + after


_SPOILT: dict[str, Spoil] = {
    "a second copy not displayed": _copied('style="display: none"'),
    "a second copy hidden": _copied("hidden"),
    "a second copy hidden from readers": _copied('aria-hidden="true"'),
    "all of it behind a button": _wrapped('<div style="display:none">', "</div>"),
    "a sentence to share": _within('<p class="tweet">Bells are cast in pits. Tweet this</p>'),
    "raised links to notes": _marked('<sup><a href="#n1">1</a></sup>'),
    "links to notes": _marked('<a href="#fn2">[2]</a>'),
    "raised notes by class": _marked('<sup class="footnote">3</sup>'),
    "raised stars": _marked('<sup id="fnref-4"><a href="#fn-4" rel="footnote">*</a></sup>'),
}
