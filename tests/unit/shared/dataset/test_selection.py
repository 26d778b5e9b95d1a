from hypothesis import given
from hypothesis import strategies as st

from shared.dataset import selection
from shared.dataset.selection import Candidate
from shared.shows import Training

TRAINING = Training(must_have=("fence", "prairie", "humility"))

candidates = st.builds(
    Candidate,
    pair_id=st.uuids().map(str),
    episode_id=st.sampled_from(["a", "b", "c"]),
    prompt_tokens=st.integers(1, 500),
    completion_tokens=st.integers(1, 500),
    n_chars=st.integers(2, 2000),
    must_have_patterns=st.lists(st.integers(0, 2), unique=True, max_size=3).map(tuple),
)
unique = st.lists(candidates, max_size=60, unique_by=lambda candidate: candidate.pair_id)


@given(unique)
def test_ordering_keeps_every_pair_once(pairs):
    ids = [candidate.pair_id for candidate in selection.ordered(pairs, TRAINING)]
    assert sorted(ids) == sorted(candidate.pair_id for candidate in pairs)


@given(unique, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_given(pairs, random):
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert selection.ordered(pairs, TRAINING) == selection.ordered(shuffled, TRAINING)


@given(unique)
def test_must_have_pairs_come_before_all_others(pairs):
    wanted = [
        bool(candidate.must_have_patterns) for candidate in selection.ordered(pairs, TRAINING)
    ]
    assert wanted == sorted(wanted, reverse=True)


@given(unique)
def test_no_pattern_starves_while_it_has_pairs_left(pairs):
    taken = selection.ordered(pairs, TRAINING)
    for number in range(3):
        mine = [at for at, candidate in enumerate(taken) if number in candidate.must_have_patterns]
        # In every round of three turns a pattern that still has a pair gets at least one.
        assert all(at <= 3 * (nth + 1) for nth, at in enumerate(mine) if at < len(mine) * 3)


@given(unique, st.integers(0, 20_000))
def test_what_fits_is_within_the_budget_and_one_more_would_not_be(pairs, budget):
    ordered = selection.ordered(pairs, TRAINING)
    chosen = selection.fitting(ordered, budget, lambda candidate: candidate.n_tokens)
    spent = sum(candidate.n_tokens for candidate in chosen)
    assert chosen == ordered[: len(chosen)]
    assert spent <= budget
    if len(chosen) < len(ordered):
        assert spent + ordered[len(chosen)].n_tokens > budget


def test_short_answers_short_prompts_and_monsters_are_not_usable():
    def pair(prompt_tokens, completion_tokens):
        return Candidate("p", "e", prompt_tokens, completion_tokens, 100, ())

    assert selection.usable(pair(60, 20), Training())
    assert selection.usable(pair(2000, 2000), Training())
    assert not selection.usable(pair(59, 20), Training())
    assert not selection.usable(pair(60, 19), Training())
    assert not selection.usable(pair(2001, 20), Training())
    assert not selection.usable(pair(60, 2001), Training())
