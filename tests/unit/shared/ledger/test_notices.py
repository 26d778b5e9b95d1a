from datetime import timedelta
from decimal import Decimal

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from shared import catalogue
from shared.evaluation.stages import WARN_EACH, ModelArm, answer
from shared.fine_tuning import stages
from shared.lake import keys
from shared.ledger import Reservation, Totals
from shared.ledger.notices import CLAIM_HOLDS
from shared.ledger.notifier import Notifier, message, reached
from shared.purchases import PurchaseContext
from tests.unit.shared.fakes import FakeProvider
from tests.unit.shared.ledgers import ledger_in_memory
from tests.unit.shared.memory_dynamodb import client_error
from tests.unit.shared.run.porch import SHOW, resolved

MONTH = "2026-11"
TOPIC = "arn:aws:sns:us-east-1:123456789012:econchatr"


class Topic:
    """What SNS was given; `publish` fails while `down`."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.bodies: list[str] = []
        self.down = None

    def publish(self, *, TopicArn, Subject, Message):  # noqa: N803 - boto3's names
        assert TopicArn == TOPIC
        if self.down is not None:
            raise self.down
        self.subjects.append(Subject)
        self.bodies.append(Message)


@pytest.fixture
def ledger(clock):
    return ledger_in_memory(clock, "run", "second", ceiling=Decimal(10))


@pytest.fixture
def topic():
    return Topic()


@pytest.fixture
def notifier(topic, ledger, clock):
    return Notifier(topic, TOPIC, ledger, clock.now)


def hold(ledger, entry_id, amount, run_id="run"):
    wish = Reservation(run_id, entry_id, "m", "training", "m", "openai", Decimal(amount))
    return ledger.reserve(wish)


def totals(settled, reserved, ceiling, scope="RUN#run"):
    sums = (Decimal(amount) for amount in (ceiling, settled, reserved, "0"))
    return Totals(scope, *sums, MONTH)


@pytest.mark.parametrize(
    ("settled", "reserved", "expected"),
    [
        ("0", "4.999999999999", ()),
        ("0", "5", (50,)),
        ("5", "0", (50,)),
        ("4", "3.999999999999", (50,)),
        ("4", "4", (50, 80)),
        ("12", "0", (50, 80)),
    ],
)
def test_settled_and_reserved_money_together_reach_a_warning(settled, reserved, expected):
    assert reached(totals(settled, reserved, "10")) == expected


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**9))
def test_no_warning_is_reached_too_early_or_too_late(settled, reserved, ceiling):
    found = reached(totals(settled, reserved, ceiling))
    for percent in (50, 80):
        assert (percent in found) == (100 * (settled + reserved) >= percent * ceiling)


def test_a_warning_names_the_scope_the_percentage_and_the_amounts():
    subject, body = message(totals("2", "3.5", "10", f"MONTH#{MONTH}"), 50, "run")
    assert subject == "EconChatR: 50 % of the ceiling of the month 2026-11"
    assert "Run run has brought the month 2026-11 to $5.500000" in body
    assert "55 % of the ceiling of $10.000000" in body
    assert "$2.000000 settled and $3.500000 reserved" in body


def test_below_half_of_the_ceiling_nobody_is_warned(ledger, notifier, topic):
    hold(ledger, "job", "4.99")
    notifier.warn("run")
    assert topic.subjects == []


def test_each_warning_is_sent_once_however_often_money_moves(ledger, notifier, topic, clock):
    for entry_id, amount in (("a", "5"), ("b", "1"), ("c", "2"), ("d", "1")):
        hold(ledger, entry_id, amount)
        notifier.warn("run")
        notifier.warn("run")
        clock.sleep(3600)
    assert topic.subjects == [
        "EconChatR: 50 % of the ceiling of the run",
        "EconChatR: 80 % of the ceiling of the run",
    ]


def test_a_reservation_given_back_and_taken_again_does_not_warn_twice(ledger, notifier, topic):
    hold(ledger, "a", "6")
    notifier.warn("run")
    ledger.release("run", "a")
    hold(ledger, "b", "6")
    notifier.warn("run")
    assert len(topic.subjects) == 1


def test_the_month_warns_for_all_its_runs_together(ledger, notifier, topic):
    ledger.open_run("third", Decimal(80), MONTH, Decimal(100))
    hold(ledger, "a", "39", "third")
    hold(ledger, "b", "4")
    hold(ledger, "c", "4", "second")
    notifier.warn("run")
    assert topic.subjects == []
    hold(ledger, "d", "3", "second")
    notifier.warn("second")
    assert "EconChatR: 50 % of the ceiling of the month 2026-11" in topic.subjects


def test_a_ceiling_that_was_moved_is_warned_of_anew(ledger, notifier, topic):
    ledger.open_run("third", Decimal(1000), MONTH, Decimal(100))
    hold(ledger, "a", "60", "third")
    notifier.warn("third")
    ledger.open_run("fourth", Decimal(1), MONTH, Decimal(110))
    notifier.warn("third")
    assert topic.subjects == ["EconChatR: 50 % of the ceiling of the month 2026-11"] * 2
    assert "54 % of the ceiling of $110.000000" in topic.bodies[1]


@pytest.mark.parametrize(
    "failure",
    [EndpointConnectionError(endpoint_url="https://sns"), client_error("AuthorizationError")],
)
def test_a_failure_to_publish_harms_nothing_and_the_warning_is_sent_later(
    ledger, notifier, topic, clock, caplog, failure
):
    hold(ledger, "a", "5")
    topic.down = failure
    notifier.warn("run")
    assert "a warning about run run was not sent" in caplog.text
    assert ledger.notices.get(ledger.totals("run"), 50).sent_at is None
    topic.down = None
    notifier.warn("run")
    assert topic.subjects == []
    clock.sleep(CLAIM_HOLDS.total_seconds() + 1)
    notifier.warn("run")
    notifier.warn("run")
    assert len(topic.subjects) == 1


def test_of_two_lambdas_at_once_only_one_warns(ledger, notifier, topic, clock):
    hold(ledger, "a", "5")
    twin = Notifier(topic, TOPIC, ledger, clock.now)
    publish, topic.publish = topic.publish, lambda **told: (twin.warn("run"), publish(**told))
    notifier.warn("run")
    assert len(topic.subjects) == 1


def test_of_two_that_take_over_a_dead_sender_only_one_warns(ledger, clock):
    hold(ledger, "a", "5")
    run = ledger.totals("run")
    assert ledger.notices.claim(run, 50, clock.now())
    later = clock.now() + CLAIM_HOLDS + timedelta(seconds=1)
    assert ledger.notices.claim(run, 50, later)
    assert ledger.notices.claim(run, 50, later) is None


def test_a_run_that_was_never_opened_has_nothing_to_warn_of(notifier, topic):
    notifier.warn("stranger")
    assert topic.subjects == []


def test_warnings_are_no_entries(ledger, notifier):
    hold(ledger, "a", "5")
    notifier.warn("run")
    assert [entry.entry_id for entry in ledger.entries("run")] == ["a"]


def test_every_stage_that_moves_money_looks_whether_to_warn(lake, clock, ledger):
    model = catalogue.packaged().model("gpt-4.1-mini")
    show = {**SHOW, "questions": [f"Why a porch of {n} steps?" for n in range(2 * WARN_EACH + 1)]}
    settings = resolved(run_id="run", show=show, models=[model.model])
    row = {"model": model.model, "training_sha256": "0" * 64}
    row |= {"estimated_usd": "0.50", "reserved_usd": "0.51"}
    lake.write_json(keys.plan("run"), [row])
    lake.write(keys.training_file("run", model.model), b"{}\n")
    warned, provider = [], FakeProvider(clock)

    def moved():
        totals = ledger.totals("run")
        warned.append((totals.settled > 0, totals.reserved > 0))

    context = PurchaseContext(
        ledger, lambda _: provider, clock.now, clock.sleep, warn=lambda _: moved()
    )
    stages.submit(lake, context, settings, model)
    assert warned == [(False, True)]
    clock.sleep(200)
    stages.poll(lake, context, settings, model)
    stages.settle(lake, context, settings, model, clock.now())
    assert warned[1:] == [(True, False)]
    answer(lake, context, settings, ModelArm.named("tuned", model.model), lambda: False)
    assert len(warned) == 2 + len(settings.show.questions) // WARN_EACH + 1
    stages.cancel(context, "run")
    assert len(warned) == 3 + len(settings.show.questions) // WARN_EACH + 1
