"""The port of `seatrial up`: what is said when it cannot be listened on."""

import socket

import pytest

from seatrial.settings import Settings
from seatrial.supervisor import CannotListen, PortTaken, check_port


def test_an_address_of_another_machine_is_said() -> None:
    """Nothing has taken it, and waiting would not help (192.0.2.1 is of documents only)."""
    with pytest.raises(CannotListen, match=r"cannot listen on 192\.0\.2\.1:8397"):
        check_port(Settings(listen="192.0.2.1:8397"))


def test_a_port_that_is_taken_is_said() -> None:
    """With another one to take."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"taken by another process.*--listen 127\.0\.0\.1:{port + 1}"):
            check_port(Settings(listen=f"127.0.0.1:{port}"), patience=0)


def test_a_free_port_is_fine() -> None:
    """Nothing is said."""
    check_port(Settings(listen="127.0.0.1:0"))
