"""Where a run is, from what happens in its execution."""

from infra.machine.follow import Entered, Left, MapProgress
from infra.machine.progress import RunProgress

TWO_MODELS = {"dataset": {"value": {"models": ["small", "large"]}}}
POLLED = {"model": "small", "wait": 1}


def clock():
    return 0.0


def test_a_model_is_done_when_there_is_nothing_more_to_wait_for():
    progress = RunProgress(clock)
    progress.take(Entered("Fine-tune models", TWO_MODELS))
    for happened in (
        Entered("Poll fine tune", POLLED),
        Left("Settle fine tune", {"model": "small", "deploying": True}),
        Left("Settle fine tune", {"model": "large", "deploying": False}),
        Entered("Deploy model", {"model": "small", "deploying": True}),
    ):
        progress.take(happened)
    assert (progress.current.done, progress.current.total) == (1, 2)
    progress.take(Left("Deploy model", {"model": "small", "deploying": False}))
    assert progress.current.done == 2
    assert progress.current.doing == {"small": "is done"}


def test_the_last_count_of_batches_may_come_after_the_next_state_began():
    progress = RunProgress(clock)
    for happened in (
        Entered("Scrape episodes"),
        Entered("Build dataset"),
        MapProgress(succeeded=19, failed=0, total=19),
    ):
        progress.take(happened)
    assert [(step.state, step.done) for step in progress.steps] == [
        ("Scrape episodes", 19),
        ("Build dataset", 0),
    ]
