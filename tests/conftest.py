"""What every test stands on: a foreign locale and time zone, no network, and the switch that rewrites golden files.

Set at import, before a test module or the program is loaded, so that nothing learns this machine's own settings.
"""

from __future__ import annotations

import ipaddress
import locale
import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

#: Fourteen hours ahead of UTC: a day taken from the clock's own zone is then soon wrong.
TIME_ZONE = "Pacific/Kiritimati"
FOREIGN_LOCALES = ("fr_FR.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "C.UTF-8", "C")  # the first that this system has
SHARED = Path(__file__).parents[2] / "shared"


def _first_locale_there_is() -> str:
    for name in FOREIGN_LOCALES:
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        return name
    raise AssertionError("every system has the locale C")


os.environ["TZ"] = TIME_ZONE
time.tzset()
os.environ["LC_ALL"] = os.environ["LANG"] = _first_locale_there_is()
for _name in [
    name for name in os.environ if name.startswith("CANCELPROOF_") and not name.startswith("CANCELPROOF_TEST_")
]:
    del os.environ[_name]  # the settings of the person who runs the tests

# Source is compiled once for all tests and the hundreds of processes that they start, not once in each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Rules are compiled once for all tests and all that they start: what is kept is named by its content.
os.environ["XDG_CACHE_HOME"] = str(Path(__file__).parents[1] / ".pytest_cache" / "xdg")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs_shared: reads ../shared (the corpus), which a bare clone does not have")
    config.addinivalue_line("markers", "dear: stands on what takes many seconds to prepare; run first, by one process")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Dear tests first: of several processes each begins with a stretch of the list, and takes over from its end."""
    items.sort(key=lambda item: item.get_closest_marker("dear") is None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("needs_shared") and not SHARED.is_dir():
        pytest.skip("../shared (the labelled corpus) is not beside this checkout")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder ../shared with the labelled corpus; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared (the labelled corpus) is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL of our own; the test is skipped where none is installed."""
    from postgres import programs, server  # noqa: PLC0415

    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    pytest.importorskip("psycopg", reason="the driver is not installed: pip install 'cancelproof[postgresql]'")
    with server(folder) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new ledger lies: a file, and then a schema of its own in PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / "data" / "ledger.sqlite")
    import psycopg  # noqa: PLC0415

    url: str = request.getfixturevalue("postgresql")
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')  # a name of ours
    return f"{url}?options=-csearch_path%3D{name}"


# ---------------------------------------------------------------- no network


class _Guard:
    """Stands before the socket module: loopback passes, names under `.invalid` do not exist, all else is a failure.

    Failures are kept too, since the program may rightly catch an error of the network and go on.
    """

    def __init__(self) -> None:
        self.touched: list[str] = []

    def refuse(self, host: str) -> None:
        self.touched.append(host)
        raise AssertionError(f"a test reached for the network: {host}")

    def check(self, address: Any) -> None:
        """`address` is what connect() takes: a path of a local socket, or a tuple that begins with the host."""
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            self.refuse(str(address[0]))


def _is_loopback(host: str | bytes | None) -> bool:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if text in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(text).partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def network_guard() -> Iterator[_Guard]:
    """Puts the guard before every way out that Python code has: connecting, sending, looking up names."""
    guard = _Guard()
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex
    real_sendto, real_lookup = socket.socket.sendto, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        guard.check(address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        guard.check(address)
        return real_connect_ex(self, address)

    def sendto(self: socket.socket, data: bytes, *rest: Any) -> int:
        guard.check(rest[-1])
        return real_sendto(self, data, *rest)

    def lookup(host: str | bytes | None, *rest: Any, **more: Any) -> Any:
        if str(host).endswith(".invalid"):  # RFC 6761 section 6.4: no such name, without asking
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not _is_loopback(host):
            guard.refuse(str(host))
        return real_lookup(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        patch.setattr(socket.socket, "sendto", sendto)
        patch.setattr(socket, "getaddrinfo", lookup)
        yield guard


@pytest.fixture(autouse=True)
def _no_network(network_guard: _Guard) -> Iterator[None]:
    """Fails the test that reached out, even where the program took the error for an unreachable server."""
    before = len(network_guard.touched)
    yield
    reached = network_guard.touched[before:]
    assert not reached, f"the test reached for the network: {', '.join(reached)}"
