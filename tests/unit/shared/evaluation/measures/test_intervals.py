"""Intervals: known values, and how often they cover the truth."""

import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.evaluation.measures.intervals import (
    bootstrap,
    mean_interval,
    quantile,
    student,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (60, 100, 0.502, 0.6906),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_wilsons_interval_is_that_of_the_tables(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_where_nothing_was_tried_a_share_may_be_anything():
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_holds_the_share_and_mirrors(counted):
    hits, n = counted
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    assert wilson(n - hits, n) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(
    ("freedom", "t"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (30, 2.042), (100, 1.984)],
)
def test_students_quantile_is_that_of_the_tables(freedom, t):
    assert student(freedom) == pytest.approx(t, rel=0.01)


def test_a_mean_worked_by_hand():
    # mean 2, standard deviation 1, three values: 2 +- 4.3027 / sqrt(3)
    assert mean_interval([1, 2, 3]) == pytest.approx((-0.4842, 4.4842), abs=1e-3)
    assert mean_interval([1]) == (None, None)


def test_a_quantile_lies_between_neighbours():
    assert quantile([0, 10, 20], 0.25) == 5
    assert quantile([7], 0.5) == 7


def test_the_same_seed_gives_the_same_interval_and_few_clusters_none():
    clusters = [[value**1.5] for value in range(12)]
    assert bootstrap(clusters, pooled, seed=1) == bootstrap(clusters, pooled, seed=1)
    assert bootstrap(clusters, pooled, seed=1) != bootstrap(clusters, pooled, seed=2)
    assert bootstrap(clusters[:4], pooled, seed=1) == (None, None)


def pooled(clusters):
    return fmean(value for cluster in clusters for value in cluster)


def test_wilsons_interval_covers_95_percent_of_the_time():
    """Over shares spread evenly, as its author meant it: exact sums alone hold for no single share."""
    chance = random.Random(2012)
    covered = 0
    for _ in range(4000):
        truth, n = chance.random(), chance.randint(10, 150)
        low, high = wilson(sum(chance.random() < truth for _ in range(n)), n)
        covered += low <= truth <= high
    assert 0.93 <= covered / 4000 <= 0.97


@pytest.mark.parametrize("n_clusters", [10, 50])
def test_the_bootstrap_over_clusters_covers_95_percent_of_the_time(n_clusters):
    """Values of a cluster go together; drawn one by one, the interval would be far too narrow."""
    chance = random.Random(2012)
    worlds, covered, naive = 600, 0, 0
    for world in range(worlds):
        clusters = []
        for _ in range(n_clusters):
            centre = chance.gauss(0, 1)
            clusters.append([centre + chance.gauss(0, 0.5) for _ in range(3)])
        low, high = bootstrap(clusters, pooled, seed=world, draws=300)
        covered += low <= 0 <= high
        low, high = mean_interval([value for cluster in clusters for value in cluster])
        naive += low <= 0 <= high
    assert 0.93 <= covered / worlds <= 0.97
    assert naive / worlds < 0.85
