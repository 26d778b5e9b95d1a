"""Which arms meet before a judge."""

Pair = tuple[str, str]
QUALIFYING: Pair = ("host", "impostor")
COMPARED: tuple[Pair, ...] = (("tuned", "base"), ("tuned", "prompted"), ("prompted", "base"))
PAIRS = (*COMPARED, QUALIFYING)
"""Of each pair the one that is hoped to win is the first."""
FEWEST_ITEMS = 4
"""With fewer no judge can qualify: right in all of three is not yet better than chance."""
