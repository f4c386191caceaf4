"""The ground that the tests stand on: foreign settings, and no way out to the network."""

import datetime as dt
import os
import socket

import pytest

from conftest import TIME_ZONE, _Guard


def test_the_clock_is_in_a_foreign_zone() -> None:
    """A day read from the local clock is a day that no test expects."""
    assert os.environ["TZ"] == TIME_ZONE
    assert dt.datetime(2026, 1, 1, tzinfo=dt.UTC).astimezone().utcoffset() == dt.timedelta(hours=14)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_the_network_is_out_of_reach(host: str, network_guard: _Guard) -> None:
    """Connecting and looking up names fail for every host but this machine."""
    with pytest.raises(AssertionError, match="reached for the network"):
        socket.create_connection((host, 80), timeout=0.1)
    assert network_guard.touched.pop() == host  # so that this test does not fail by it


def test_a_name_that_cannot_exist_is_unknown_as_ever() -> None:
    """Names under .invalid fail as they do on a machine with a network, without asking one."""
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("mail.invalid", 993)


def test_loopback_is_open() -> None:
    """Servers of our own on this machine can be talked to."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
