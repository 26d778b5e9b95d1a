"""The corpus in numbers: tokens, words and characters, mean and sum, as the seed's table has them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

UNITS = ("tokens", "words", "chars")
TEXTS = ("prompt", "completion")
MEASURES = tuple(f"{text}_{unit}" for text in TEXTS for unit in UNITS)


@dataclass(slots=True)
class Tally:
    """Running sums over pairs; nothing but numbers is kept."""

    n: int = 0
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEASURES, 0))

    def add(self, pair: Mapping[str, int]) -> None:
        """Count one pair, a row with the columns of MEASURES."""
        self.n += 1
        for measure in MEASURES:
            self.sums[measure] += pair[measure]

    @property
    def n_tokens(self) -> int:
        """Tokens of all prompts and completions."""
        return self.sums["prompt_tokens"] + self.sums["completion_tokens"]

    def rows(self, scope: str) -> Iterable[dict[str, object]]:
        """Rows of `token_stats`, without the run's own columns."""
        for text in (*TEXTS, "pair"):
            for unit in UNITS:
                total = sum(
                    self.sums[f"{part}_{unit}"] for part in (TEXTS if text == "pair" else (text,))
                )
                mean = total / self.n if self.n else 0.0
                yield {
                    "scope": scope,
                    "text": text,
                    "unit": unit,
                    "n": self.n,
                    "mean": mean,
                    "sum": total,
                }
