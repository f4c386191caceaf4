"""From an address to settings that work: the server found, the log-in tried, the password kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

import dovecot
from cancelproof.cli import root
from cancelproof.settings import load, provider_of
from cancelproof.settings.providers import LOGINS, providers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dovecot.Server]:
    with dovecot.dovecot(tmp_path_factory.mktemp("dovecot")) as started:
        yield started


def init(path: Path, *answers: str, address: str = "me@home.example", typed: bool = False) -> Result:
    """Run it with these answers; where the address is `typed` it is the first of them, and somebody sits there."""
    runner, typing = CliRunner(), "".join(f"{one}\n" for one in answers)
    if not typed:
        return runner.invoke(root, ["--settings", str(path), "init", "--address", address], input=typing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "cancelproof.cli.init.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True), argv=[""])
        )
        return runner.invoke(root, ["--settings", str(path), "init"], input=typing)


def answers(server: dovecot.Server, *rest: str) -> list[str]:
    return ["127.0.0.1", "none", str(server.port), "me", *rest]


def test_a_server_is_asked_for_tried_and_kept(server: dovecot.Server, tmp_path: Path) -> None:
    """A domain that is not on file: the server is asked for, a wrong password is told, the right one kept apart."""
    path = tmp_path / "new" / "settings.toml"
    done = init(path, *answers(server, "wrong-horse", dovecot.PASSWORD, "file"))
    assert done.exit_code == 0, done.output
    assert "the server refused the name or the password" in done.output
    assert "Logged in: 3 folders." in done.output
    assert dovecot.PASSWORD not in done.output + path.read_text(encoding="utf-8")
    assert (path.parent / "home.password").read_text(encoding="utf-8") == dovecot.PASSWORD + "\n"
    assert [oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()] == ["0o600", "0o600"]
    (account,) = load(path, os.environ).accounts
    assert (account.name, account.host, account.port, account.user) == ("home", "127.0.0.1", server.port, "me")
    assert account.addresses == ("me@home.example",)


def test_a_second_account_is_added(server: dovecot.Server, tmp_path: Path) -> None:
    """What stands in the file stays, the name is one that no account has."""
    path = tmp_path / "settings.toml"
    path.write_text('# mine\nowner = ["old@home.example"]\n[digest]\nto = ["me@home.example"]\n', encoding="utf-8")
    path.chmod(0o600)
    for _ in range(2):
        done = init(path, *answers(server, dovecot.PASSWORD, "command", "pass show mail"))
        assert done.exit_code == 0, done.output
    assert path.read_text(encoding="utf-8").startswith("# mine\n")
    assert [account.name for account in load(path, os.environ).accounts] == ["home", "home2"]


def test_a_password_refused_three_times_ends_it(server: dovecot.Server, tmp_path: Path) -> None:
    """Nothing is written, and the password is in no message."""
    done = init(tmp_path / "settings.toml", *answers(server, *["s3cret-wrong"] * 3))
    assert done.exit_code != 0
    assert "s3cret" not in done.output + str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_oauth_asks_for_no_password(tmp_path: Path) -> None:
    """Where passwords do not work none is asked for."""
    done = init(tmp_path / "settings.toml", "1234-client", address="me@outlook.com")
    assert done.exit_code == 0, done.output
    (account,) = load(tmp_path / "settings.toml", os.environ).accounts
    assert (account.login, account.client_id, account.host) == ("microsoft", "1234-client", "outlook.office365.com")


def test_each_answer_is_checked_when_given(server: dovecot.Server, tmp_path: Path) -> None:
    """What is no address, no server, no port is asked for again; what follows is the scan, and no digest unsent."""
    path = tmp_path / "settings.toml"
    wrong = ["bla", "me@home.example", "no server!", "127.0.0.1", "none", "70000"]
    done = init(path, *wrong, *answers(server, dovecot.PASSWORD, "ask")[2:], address="", typed=True)
    assert done.exit_code == 0, done.output
    for said in ("'bla' is no mail address", "'no server!' is no name of a server", "70000 is not in the range"):
        assert said in done.output
    assert "::" not in done.output
    assert "digest --send" not in done.output
    assert f"fill in [digest] in {path}" in done.output
    sent = '[digest]\nto = ["me@home.example"]\nappend_to = { account = "home", folder = "INBOX" }\n'
    path.write_text(sent + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert "digest --send" in init(path, *answers(server, dovecot.PASSWORD, "ask")).output


FOUND = [
    ("me@gmail.com", "imap.gmail.com", 0, "app_password"),
    ("Me@GMX.de", "imap.gmx.net", 0, "password"),
    ("me@free.fr", "imap.free.fr", 0, "password"),
    ("me@proton.me", "127.0.0.1", 1143, "bridge"),
    ("me@hotmail.fr", "outlook.office365.com", 0, "microsoft"),
]


@pytest.mark.parametrize(("address", "host", "port", "login"), FOUND)
def test_a_provider_is_found_by_the_address(address: str, host: str, port: int, login: str) -> None:
    """The domain tells the server and how to log in; case does not matter."""
    provider = provider_of(address)
    assert provider
    assert (provider.host, provider.port, provider.login) == (host, port, login)


def test_what_is_on_file_of_providers() -> None:
    """At least forty; no domain twice, no word that the program does not know, TLS everywhere."""
    everyone = set(providers().values())
    assert len(everyone) >= 40
    named = [domain for provider in everyone for domain in provider.domains]
    assert len(named) == len(set(named)) == len(providers())
    for provider in everyone:
        assert provider.login in LOGINS
        assert provider.tls in ("imaps", "starttls")
        assert all(domain == domain.lower() and "." in domain for domain in provider.domains)
        assert not provider.page or provider.page.startswith("https://")
    assert provider_of("me@nowhere.example") is None
    assert {p.user_of("me@free.fr") for p in everyone if "free.fr" in p.domains} == {"me"}
