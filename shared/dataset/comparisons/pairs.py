"""Which arms meet before a judge."""

from shared.dataset.arms import Arm

Pair = tuple[Arm, Arm]
QUALIFYING: Pair = (Arm.HOST, Arm.IMPOSTOR)
COMPARED: tuple[Pair, ...] = (
    (Arm.TUNED, Arm.BASE),
    (Arm.TUNED, Arm.PROMPTED),
    (Arm.PROMPTED, Arm.BASE),
)
PAIRS = (*COMPARED, QUALIFYING)
"""Of each pair the one that is hoped to win is the first."""
FEWEST_ITEMS = 4
"""With fewer no judge can qualify: right in all of three is not yet better than chance."""
