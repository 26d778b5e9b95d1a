"""The benchmarks are run by hand; what they are made of is held to what the stages read."""

from tests.bench.growth import bytes_at_most


def test_the_corpus_that_memory_is_measured_on_can_be_built():
    assert bytes_at_most(60, months=3) > 0
