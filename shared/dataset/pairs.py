"""From turns to training pairs: what somebody says, and what the host answers."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from shared import tokens
from shared.dataset.boilerplate import Sifter
from shared.dataset.splits import Split
from shared.ids import digest
from shared.shows import Training
from shared.transcripts import clean_text

_PLAIN = re.compile(r"[\w '-]+", re.ASCII)
NOTHING_RECURS = Sifter()


@dataclass(frozen=True, slots=True)
class Pair:
    """A prompt (a guest's turn) and its completion (the host's next turn), cleaned and measured.

    `turn` is the guest's, in its episode; the host's is the next.
    `must_have_patterns` are positions in the profile's list of patterns that either text matches.
    """

    pair_id: str
    show: str
    episode_id: str
    turn: int
    prompt: str
    completion: str
    prompt_tokens: int
    completion_tokens: int
    split: Split
    must_have_patterns: tuple[int, ...]

    def row(self) -> dict[str, object]:
        """Return the pair in the schema of the `pairs` table."""
        return {
            "pair_id": self.pair_id,
            "show": self.show,
            "episode_id": self.episode_id,
            "turn": self.turn,
            "prompt": self.prompt,
            "completion": self.completion,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "prompt_words": len(self.prompt.split()),
            "completion_words": len(self.completion.split()),
            "prompt_chars": len(self.prompt),
            "completion_chars": len(self.completion),
            "split": self.split,
            "must_have": bool(self.must_have_patterns),
            "must_have_patterns": list(self.must_have_patterns),
        }


def pairs_of(
    turns: Sequence[Mapping[str, Any]],
    show: str,
    episode_id: str,
    training: Training,
    split: Split = "train",
    sifter: Sifter = NOTHING_RECURS,
) -> Iterator[Pair]:
    """Yield every host turn that answers somebody, from one episode's turns in order (rows of `turns`
    with `role`, `text` and `n_tokens`).

    Cleaned, and without what `sifter` takes out.
    """
    finders = [_finder(pattern) for pattern in training.must_have]
    places = [
        turn
        for turn, (said, answered) in enumerate(pairwise(turns))
        if said["role"] != "host" and answered["role"] == "host"
    ]
    cleaned = _cleaned([row for turn in places for row in turns[turn : turn + 2]], sifter)
    for turn, prompt, completion in zip(places, cleaned[::2], cleaned[1::2], strict=True):
        if prompt.text and completion.text:
            matched = (
                number
                for number, found_in in enumerate(finders)
                if found_in(prompt.text) or found_in(completion.text)
            )
            yield Pair(
                pair_id=digest(show, episode_id, prompt.text, completion.text),
                show=show,
                episode_id=episode_id,
                turn=turn,
                prompt=prompt.text,
                completion=completion.text,
                prompt_tokens=prompt.n_tokens,
                completion_tokens=completion.n_tokens,
                split=split,
                must_have_patterns=tuple(matched),
            )


@dataclass(frozen=True, slots=True)
class _Cleaned:
    text: str
    n_tokens: int


def _cleaned(turns: Sequence[Mapping[str, Any]], sifter: Sifter) -> list[_Cleaned]:
    """Return the turns' texts as they train; tokens are counted again only where cleaning changed something."""
    texts = sifter.sifted([clean_text(row["text"]).text for row in turns])
    return [
        _Cleaned(text, row["n_tokens"] if text == row["text"] else tokens.count(text))
        for row, text in zip(turns, texts, strict=True)
    ]


def _finder(pattern: str) -> Callable[[str], bool]:
    """Return whether a text matches, in any case of letters; plain words in ASCII take no regular expression."""
    compiled, plain = re.compile(pattern, re.IGNORECASE), pattern.lower()
    is_plain = _PLAIN.fullmatch(pattern) is not None

    def found_in(text: str) -> bool:
        if is_plain and text.isascii():
            return plain in text.lower()
        return compiled.search(text) is not None

    return found_in
