"""A small fault campaign; `make bench` runs the large one."""

from tests.campaign.judge import run_campaign, run_schedule

SCHEDULES = 60


def test_no_schedule_of_faults_overspends_buys_twice_or_leaves_a_job_running() -> None:
    campaign = run_campaign(range(SCHEDULES))
    assert campaign.faulty_seeds == []
    # The schedules must have been hard, and yet have come to an end.
    assert campaign.incidents.total() > 5 * SCHEDULES
    assert campaign.reconciled > SCHEDULES / 2
    assert campaign.ended_with_model > SCHEDULES / 2


def test_a_schedule_is_the_same_every_time() -> None:
    assert run_schedule(7) == run_schedule(7)
