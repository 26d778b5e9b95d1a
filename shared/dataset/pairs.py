"""From turns to training pairs: what somebody says, and what the host answers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared import tokens
from shared.dataset.boilerplate import Sifter
from shared.dataset.splits import Split
from shared.ids import digest
from shared.shows import Training
from shared.transcripts import clean_text

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
        """The pair in the schema of the `pairs` table."""
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
    turns: Sequence[Mapping[str, str]],
    show: str,
    episode_id: str,
    training: Training,
    split: Split = "train",
    sifter: Sifter = NOTHING_RECURS,
) -> Iterator[Pair]:
    """Every host turn that answers somebody, from one episode's turns in order (rows of `turns`).

    Cleaned, and without what `sifter` takes out.
    """
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in training.must_have]
    for turn, (said, answered) in enumerate(pairwise(turns)):
        if said["role"] == "host" or answered["role"] != "host":
            continue
        prompt, completion = (
            sifter.sifted(clean_text(turn["text"]).text) for turn in (said, answered)
        )
        if prompt and completion:
            yield _pair(prompt, completion, show, episode_id, turn, patterns, split)


def _pair(
    prompt: str,
    completion: str,
    show: str,
    episode_id: str,
    turn: int,
    patterns: Sequence[re.Pattern[str]],
    split: Split,
) -> Pair:
    matched = (
        number
        for number, pattern in enumerate(patterns)
        if pattern.search(prompt) or pattern.search(completion)
    )
    return Pair(
        pair_id=digest(show, episode_id, prompt, completion),
        show=show,
        episode_id=episode_id,
        turn=turn,
        prompt=prompt,
        completion=completion,
        prompt_tokens=tokens.count(prompt),
        completion_tokens=tokens.count(completion),
        split=split,
        must_have_patterns=tuple(matched),
    )
