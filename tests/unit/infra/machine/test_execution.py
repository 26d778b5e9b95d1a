"""A run is not ended by whoever watches it."""

from infra.machine.execution import Steadfast
from infra.machine.follow import Entered


class Broken:
    def __init__(self):
        self.told = 0

    def report(self, _progress):
        self.told += 1
        raise OSError(5, "the terminal is gone")

    def tick(self):
        self.told += 1


def test_an_observer_that_fails_is_told_nothing_more_and_its_error_is_kept():
    broken = Broken()
    steadfast = Steadfast(broken)
    steadfast.tick()
    for _ in range(3):
        steadfast.report(Entered("Prepare run"))
        steadfast.tick()
    assert broken.told == 2
    assert steadfast.error.errno == 5
