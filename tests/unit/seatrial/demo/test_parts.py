"""The processes of the demo end with it, however it ends."""

import os
import signal

import pytest

from seatrial.demo.parts import interrupted_by_sigterm


def test_a_sigterm_is_a_ctrl_c_while_the_demo_runs() -> None:
    """So that what was started is stopped; stopping it is not interrupted by another."""
    before = signal.getsignal(signal.SIGTERM)
    stopped = False
    with pytest.raises(KeyboardInterrupt), interrupted_by_sigterm():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            stopped = True
    assert stopped
    assert signal.getsignal(signal.SIGTERM) == before
