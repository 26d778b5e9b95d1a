"""The free measures: how answers read, taken without asking any model, so that every run can afford them.

Words are compared after Unicode and case folding, punctuation left out. A measure that does not
apply has no number and says why; a number of zero always means that something was looked at.
"""

from shared.evaluation.measures.degeneration import degeneration, size
from shared.evaluation.measures.disclosure import (
    asks_who_speaks,
    disclosure,
    gives_away,
    says_it_is_none,
)
from shared.evaluation.measures.facts import asks_for_guests, facts, sorted_out, years_asked
from shared.evaluation.measures.intervals import FEWEST_CLUSTERS, percentiles, wilson
from shared.evaluation.measures.key_facts import KeyFacts, facts_in, key_facts, key_facts_lost
from shared.evaluation.measures.leakage import (
    LEAKED_WORDS,
    RECITED_SHARE,
    Span,
    copied_spans,
    copied_words,
    leakage,
    longest_shared_spans,
    recital,
    without_copied,
)
from shared.evaluation.measures.people import GuestBook, guest_book, guests_described, people_named
from shared.evaluation.measures.quotations import (
    everything_said,
    quotations,
    said_of,
    unsaid,
    unsaid_quotes,
)
from shared.evaluation.measures.quotes import (
    Wordings,
    find_wordings,
    given_wordings,
    quote_beginning,
    quote_completion,
)
from shared.evaluation.measures.records import (
    Answer,
    Number,
    Place,
    Score,
    absent,
    clustered_mean,
    numbers,
)
from shared.evaluation.measures.relevance import Prompt, relevance
from shared.evaluation.measures.roles import role_slips
from shared.words import Words, words

__all__ = [
    "FEWEST_CLUSTERS",
    "LEAKED_WORDS",
    "RECITED_SHARE",
    "Answer",
    "GuestBook",
    "KeyFacts",
    "Number",
    "Place",
    "Prompt",
    "Score",
    "Span",
    "Wordings",
    "Words",
    "absent",
    "asks_for_guests",
    "asks_who_speaks",
    "clustered_mean",
    "copied_spans",
    "copied_words",
    "degeneration",
    "disclosure",
    "everything_said",
    "facts",
    "facts_in",
    "find_wordings",
    "given_wordings",
    "gives_away",
    "guest_book",
    "guests_described",
    "key_facts",
    "key_facts_lost",
    "leakage",
    "longest_shared_spans",
    "numbers",
    "people_named",
    "percentiles",
    "quotations",
    "quote_beginning",
    "quote_completion",
    "recital",
    "relevance",
    "role_slips",
    "said_of",
    "says_it_is_none",
    "size",
    "sorted_out",
    "unsaid",
    "unsaid_quotes",
    "wilson",
    "without_copied",
    "words",
    "years_asked",
]
