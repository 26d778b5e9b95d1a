"""python -m tests.fuzz [SECONDS]: every target for so long; exit 1 when one found something.

python -m tests.fuzz TARGET [FILE]: that target alone, or one input of it again.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

from tests.places import ROOT

with atheris.instrument_imports(include=["shared.transcripts", "shared.corpus.sources"]):
    from tests.fuzz.targets import CORPUS, SEEDS, TARGETS, TOKENS

SECONDS = 20
FINDINGS = ROOT / "build" / "fuzz"
MAX_LEN = 4096
SLOW_SECONDS = 5  # for one input of at most MAX_LEN bytes: nothing linear comes near it


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] in TARGETS:
        return fuzz(arguments[0], arguments[1:])
    seconds = int(arguments[0]) if arguments else SECONDS
    FINDINGS.mkdir(parents=True, exist_ok=True)
    broken = [name for name in TARGETS if not survives(name, seconds)]
    print(f"{len(TARGETS)} targets, {seconds} s each; broken: {', '.join(broken) or 'none'}")
    return 1 if broken else 0


def survives(name: str, seconds: int) -> bool:
    """Whether the target runs that long, from its seeds and tokens, without a finding."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, tokens = Path(folder, "corpus"), Path(folder, "tokens")
        corpus.mkdir()
        for number, seed in enumerate(CORPUS if name == "any" else [SEEDS.get(name, b"")]):
            (corpus / f"seed-{number}").write_bytes(seed)
        escaped = (
            "".join(f"\\x{byte:02x}" for byte in token.encode("latin-1")) for token in TOKENS
        )
        tokens.write_text("".join(f'"{token}"\n' for token in escaped))
        options = [
            *(f"-max_total_time={seconds}", f"-max_len={MAX_LEN}", f"-timeout={SLOW_SECONDS}"),
            *("-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1", f"-dict={tokens}"),
            f"-artifact_prefix={FINDINGS}/{name}-",
        ]
        command = [sys.executable, "-m", "tests.fuzz", name, *options, str(corpus)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    executed = [line.split()[-1] for line in ended.stderr.splitlines() if "executed_units" in line]
    verdict = "ok" if ended.returncode == 0 else f"BROKEN\n{ended.stdout}{ended.stderr[-4000:]}"
    print(f"{name:10} {executed[0] if executed else '?':>9} inputs  {verdict}", flush=True)
    return ended.returncode == 0


def fuzz(name: str, options: list[str]) -> int:
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
