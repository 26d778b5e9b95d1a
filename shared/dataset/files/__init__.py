"""From chosen pairs to the files of a provider."""

from shared.dataset.files.context import Precedents, example, n_tokens
from shared.dataset.files.provider_files import (
    TrainingFile,
    check_file,
    short_enough,
    training_file,
    validation_file,
)

__all__ = [
    "Precedents",
    "TrainingFile",
    "check_file",
    "example",
    "n_tokens",
    "short_enough",
    "training_file",
    "validation_file",
]
