"""Reads cases with whatever parser stands first on the path; a process of its own, so that a commit's parser can.

python reader.py CASES: a pickle of (body, host, aliases, guests); writes a JSON object a line.
"""

import json
import pickle
import sys
from pathlib import Path

from shared.transcripts import Host, TranscriptRefused, read_transcript


def reading(body: bytes, host: str, aliases: tuple[str, ...], guests: tuple[str, ...]) -> object:
    try:
        found = read_transcript(body, content_type=None, host=Host(host, aliases), guests=guests)
    except TranscriptRefused as refusal:
        return {"refused": refusal.reason, "why": str(refusal)}
    except Exception as error:  # noqa: BLE001 - a crash of an old parser is a finding as any other
        return {"refused": f"crash: {type(error).__name__}", "why": str(error)}
    turns = [[turn.speaker, turn.role, turn.text] for turn in found.turns]
    return {"turns": turns, "warnings": list(found.warnings)}


if __name__ == "__main__":
    cases = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - written by our own other half
    for one in cases:
        sys.stdout.write(json.dumps(reading(*one)) + "\n")
