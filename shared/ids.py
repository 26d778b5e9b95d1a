"""Deterministic identifiers: the same content always gets the same name."""

import hashlib
import json


def digest(*parts: object, length: int = 24) -> str:
    """Hexadecimal name of `length` characters derived from JSON-serialisable parts, order kept."""
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:length]
