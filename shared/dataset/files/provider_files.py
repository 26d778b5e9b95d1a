"""The files that go to a provider: what trains a model, and what it is validated on as it learns."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.catalogue import Model
from shared.dataset import selection
from shared.dataset.files.context import Precedents, example
from shared.dataset.pair_files import PairFiles
from shared.dataset.selection import Candidate
from shared.providers import checking, examples, token_counts
from shared.run import RunSettings
from shared.shows import ShowProfile

TEXTS = (
    *("pair_id", "episode_id", "turn", "prompt", "completion"),
    *("prompt_tokens", "completion_tokens"),
)
MOST_VALIDATED = 100
"""A sample of held-out pairs is enough to see a model learn by heart; each costs the provider time."""


@dataclass(frozen=True, slots=True)
class TrainingFile:
    """What trains one model: the pairs in the order they were chosen, with their billed tokens, and the exact bytes.

    The bytes have an order of their own, so that the same pairs are the same training however they
    came to be chosen. Pair ids are digests: their order is as good as shuffled.
    """

    chosen: tuple[tuple[Candidate, int], ...]
    body: bytes

    @property
    def n_tokens(self) -> int:
        """Tokens billed per epoch."""
        return sum(n_tokens for _, n_tokens in self.chosen)

    @property
    def sha256(self) -> str:
        """Names the content: the same training is bought once."""
        return hashlib.sha256(self.body).hexdigest()


def short_enough(
    model: Model, show: ShowProfile, candidates: Sequence[Candidate]
) -> list[Candidate]:
    """Return the candidates that are not too long for the provider, as far as the narrow columns tell."""
    overhead = token_counts.example_overhead(show.prompt_suffix, model)
    longest = model.limits.max_tokens_per_example
    return [one for one in candidates if one.n_tokens + overhead * one.exchanges <= longest]


def training_file(
    corpus: PairFiles,
    settings: RunSettings,
    model: Model,
    candidates: Sequence[Candidate],
    affordable: int,
) -> TrainingFile:
    """Encode what may fit and keep what does, by the bytes that are sent and the tokens they are billed as."""
    # The narrow sum is only an approximation, so a little more is read than will fit.
    most_bytes = model.limits.max_file_bytes
    maybe = selection.fitting(
        candidates, affordable + affordable // 20, lambda candidate: candidate.n_tokens
    )
    maybe = selection.fitting(maybe, most_bytes, lambda candidate: candidate.n_chars)
    lines = _encoded(corpus, settings, model, maybe)
    counted = (
        (candidate, token_counts.count_line(lines[candidate.pair_id], model)) for candidate in maybe
    )
    short_enough = (item for item in counted if item[1] <= model.limits.max_tokens_per_example)
    chosen = selection.fitting(short_enough, affordable, lambda item: item[1])
    chosen = selection.fitting(chosen, most_bytes, lambda item: len(lines[item[0].pair_id]))
    in_order = sorted(candidate.pair_id for candidate, _ in chosen)
    return TrainingFile(tuple(chosen), b"".join(lines[pair_id] for pair_id in in_order))


def validation_file(
    corpus: PairFiles,
    settings: RunSettings,
    model: Model,
    held_out: Sequence[Candidate],
    training: TrainingFile,
) -> bytes:
    """Held-out pairs, the first by their ids, where the provider takes a validation file; else nothing.

    None that trains word for word: two episodes may hold the same exchange.
    """
    if "validation_file" not in settings.provider(model.provider).fields:
        return b""
    in_order = sorted(held_out, key=lambda candidate: candidate.pair_id)
    chosen = short_enough(model, settings.show, in_order)[:MOST_VALIDATED]
    lines = _encoded(corpus, settings, model, chosen)
    trains = set(training.body.splitlines(keepends=True))
    return b"".join(
        lines[candidate.pair_id] for candidate in chosen if lines[candidate.pair_id] not in trains
    )


def _encoded(
    corpus: PairFiles, settings: RunSettings, model: Model, candidates: Iterable[Candidate]
) -> dict[str, bytes]:
    """Return the lines of the candidates by their ids, in the words of the model's provider."""
    profile, training = settings.provider(model.provider), settings.show.training
    wanted = {candidate.pair_id for candidate in candidates}
    episodes = {candidate.episode_id for candidate in candidates}
    precedents, lines = Precedents(training.context_tokens), {}
    for row in corpus.rows(TEXTS, episodes):
        before = precedents.before(row)
        if row["pair_id"] in wanted:
            said = example(row, before, settings.show.prompt_suffix, weighs=profile.weighs)
            lines[row["pair_id"]] = examples.encode_line(said, profile.data_format)
    return lines


def check_file(
    settings: RunSettings, model: Model, training: TrainingFile, validation: bytes
) -> None:
    """Raise TrainingFileUnusable where the provider would refuse the file; its lines are counted already."""
    counted = {
        pair_id: n_tokens
        for (_, n_tokens), pair_id in zip(
            sorted(training.chosen, key=lambda one: one[0].pair_id),
            training.body.splitlines(),
            strict=True,
        )
    }
    data_format = settings.provider(model.provider).data_format
    checking.check(
        training.body, model, data_format, lambda line: counted[line.rstrip(b"\n")], validation
    )
