"""Lists of words: what stands before names, what no person is called, first names that mean the same."""

_BEFORE_NAMES = """
dr prof professor mr mrs ms sir economist economists author judge senator nobel laureate journalist
historian philosopher guest guests some yes well also in the a an sure other others among many former
fellow later then finally first second third both next last
"""
_NOT_IN_NAMES = """
university institute institution college school prize fund bank reserve nations states street journal
times podcast show department press center centre economics economy january february march april may
june july august september october november december monday tuesday wednesday thursday friday saturday
sunday episode episodes season year years however unfortunately no sorry here there this that these
those it they we you he she my our i i'm i've if but so as at for what who why when where how please
note theory wealth council foundation america american federal world great history new york washington
united congress america's ai inc and right oh ok okay well overall podcasts absolutely indeed supporters
"""
TITLES = frozenset(_BEFORE_NAMES.split())
NO_PEOPLE = frozenset(_NOT_IN_NAMES.split())

_GROUPS = (
    "michael mike mick", "robert bob rob bobby", "william bill will billy", "james jim jimmy",
    "anthony tony", "richard dick rick rich", "john jack johnny", "thomas tom", "david dave",
    "stephen steven steve", "edward ed ted ned eddie", "charles charlie chuck", "henry harry hank",
    "margaret meg peggy maggie", "elizabeth liz beth betsy bess", "katherine catherine kathryn kate katie kathy cathy",
    "theodore ted teddy", "lawrence laurence larry", "gerald jerry", "joseph joe", "peter pete",
    "andrew andy drew", "philip phillip phil", "rebecca becky", "susan sue", "deborah debra deb",
    "jeffrey geoffrey jeff geoff", "christopher chris kit", "alexander alex sandy", "barbara barb",
    "walter walt", "francis frank", "leonard len lenny", "eugene gene", "vincent vince", "russell russ",
)  # fmt: skip
_SAME = [frozenset(group.split()) for group in _GROUPS]


def same_first_name(one: str, other: str) -> bool:
    """Whether two folded first names can be one person's: "m" and "michael", "ed" and "edward", "mike"."""
    return (
        one.startswith(other)
        or other.startswith(one)
        or any({one, other} <= group for group in _SAME)
    )
