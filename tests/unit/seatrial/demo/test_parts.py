"""The processes of the demo end with it, however it ends."""

import os
import signal
from pathlib import Path

import pytest

from seatrial.demo.parts import interrupted_by_sigterm, new_folder


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


def test_two_demos_of_a_second_have_folders_of_their_own(tmp_path: Path) -> None:
    """Each makes a project in its own store."""
    found = [new_folder(tmp_path / "data", "demo-1") for _ in range(3)]
    assert [folder.name for folder in found] == ["demo-1", "demo-1-2", "demo-1-3"]
    assert all(folder.is_dir() for folder in found)
