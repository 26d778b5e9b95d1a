"""Which arms meet before a judge."""

from shared.dataset.arms import Arm

Pair = tuple[Arm, Arm]
QUALIFYING: Pair = (Arm.HOST, Arm.IMPOSTOR)
COMPARED: tuple[Pair, ...] = (
    (Arm.TUNED, Arm.BASE),
    (Arm.TUNED, Arm.PROMPTED),
    (Arm.PROMPTED, Arm.BASE),
)
AGAINST_PROMPTED: Pair = (Arm.HOST, Arm.PROMPTED)
"""Who cannot tell these apart cannot say which of two machines is nearer to the host."""
TAKEN: tuple[Pair, ...] = (AGAINST_PROMPTED, (Arm.HOST, Arm.TUNED))
"""How often a machine's reply is taken for the host's."""
PAIRS = (*COMPARED, QUALIFYING, *TAKEN)
"""Of each pair the one that is hoped to win is the first."""
FEWEST_ITEMS = 4
"""With fewer no judge can qualify: right in all of three is not yet better than chance."""
