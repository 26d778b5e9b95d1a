"""Every case there is: what is read exactly stays so."""

from collections.abc import Iterator

from tests.talks import SHAPES, invented
from tests.talks.beginnings import beginnings
from tests.talks.cases import Case, case, with_guest
from tests.talks.exports import exports
from tests.talks.generated import captions, shapes
from tests.talks.pages import pages
from tests.talks.stories import stories

NAMELESS = frozenset(
    {"machine labels", "speaker as a number", "Deepgram utterances", "Deepgram paragraphs", "AssemblyAI",
     "AWS Transcribe", "AWS Transcribe, labels with the words", "TTML with words", "Azure",
     "Speechmatics", "Google", "letters, as in court", "with an affiliation"}
)  # fmt: skip
"""Shapes that do not say which speaker the host is."""
GREETING = [("Ida Stone", "Hello."), ("Rolf Quill", "Hello.")]


def corpus() -> Iterator[Case]:
    """Yield all cases, each under a name of its own."""
    yield from known_shapes()
    yield from shapes()
    yield from captions()
    yield from beginnings()
    yield from stories()
    yield from pages()
    yield from exports()


def known_shapes() -> Iterator[Case]:
    """Yield two talks in each shape that podcasters keep transcripts in."""
    for shape, write in SHAPES.items():
        for seed in (1, 2):
            talk = invented(seed)
            body = write(talk)
            said = [*GREETING, *talk] if shape == "initials" else talk
            one = case(f"{shape} {seed}", body, said, names_host=shape not in NAMELESS)
            yield one
            yield with_guest(one)
