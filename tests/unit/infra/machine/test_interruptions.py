import os
import signal
import threading

import pytest

from infra.machine.interruptions import Interruptions, terminated_like_interrupted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_only_noted_and_the_second_leaves(number):
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), Interruptions() as interruptions:  # noqa: PT012
        assert not interruptions.taken()
        os.kill(os.getpid(), number)
        assert interruptions.taken()
        assert not interruptions.taken()
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_what_leaves_is_not_torn_by_further_signals():
    with Interruptions():
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)


def test_sigterm_ends_a_command_as_ctrl_c_does():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), terminated_like_interrupted():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_thread_leaves_signals_alone():
    seen = []

    def elsewhere():
        with Interruptions(), terminated_like_interrupted():
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before]


def test_a_terminal_that_hangs_up_ends_a_command_as_ctrl_c_does_unless_nohup_has_it_ignored():
    with pytest.raises(KeyboardInterrupt), terminated_like_interrupted():
        os.kill(os.getpid(), signal.SIGHUP)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with terminated_like_interrupted():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
