"""Tokens: asked for when they are needed, kept for their owner alone, renewed by one process at a time."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import ssl
import stat
import subprocess
import sys
import types
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cancelproof.errors import ConnectionFailed, LoginRefused, UsageError
from cancelproof.oauth import Client
from cancelproof.sources.connection import ImapAccount, connect, log_out
from fake_imap import DROP, TAG, Fake, mails, served


def client(store: Path, **changes: Any) -> Client:
    made = Client(
        kind="microsoft", account="work", user="me@work.example", client_id="c1", store=store,
        clock=lambda: datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip
    return replace(made, **changes)


class Library:
    """Stands for msal: a network service that must answer on demand."""

    def __init__(self, silent: Any = None, flow: Any = None) -> None:
        self.silent, self.flow, self.asked = silent, flow, [""]

    def module(self) -> types.ModuleType:
        library = self

        class Cache:
            has_state_changed = True
            text = ""

            def deserialize(self, text: str) -> None:
                self.text = text

            def serialize(self) -> str:
                return f"{self.text}+"

        class App:
            def __init__(self, client_id: str, *, authority: str, token_cache: Cache) -> None:
                self.cache = token_cache

            def get_accounts(self, username: str | None = None) -> list[str]:
                return ["me"] if self.cache.text else []

            def acquire_token_silent(self, scopes: list[str], account: str) -> Any:
                library.asked.append(scopes[0])
                return library.silent

            def initiate_device_flow(self, scopes: list[str]) -> dict[str, str]:
                return {"message": "go to https://login.example and type ABC"}

            def acquire_token_by_device_flow(self, flow: Any) -> Any:
                return library.flow

        module = types.ModuleType("msal")
        module.SerializableTokenCache = Cache  # type: ignore[attr-defined]
        module.PublicClientApplication = App  # type: ignore[attr-defined]
        return module


def test_a_device_flow_then_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner is shown where to log in once; later tokens come without a word, and the file is theirs alone."""
    store = tmp_path / "tokens" / "work.json"
    said: list[str] = []
    monkeypatch.setitem(sys.modules, "msal", Library(flow={"access_token": "t1"}).module())
    assert client(store, say=said.append).token() == "t1"
    assert said == ["go to https://login.example and type ABC"]
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    library = Library(silent={"access_token": "t2"})
    monkeypatch.setitem(sys.modules, "msal", library.module())
    assert client(store).token() == "t2"
    assert store.read_text(encoding="utf-8") == "++"
    assert library.asked[-1] == "https://outlook.office.com/IMAP.AccessAsUser.All"


def test_an_ended_log_in_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At night nobody can log in anew: one line, without what the service said in detail."""
    store = tmp_path / "work.json"
    store.write_text("{}", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "msal", Library(silent={"error": "invalid_grant"}).module())
    with pytest.raises(LoginRefused, match="nobody is here to renew it"):
        client(store).token()
    refused = Library(flow={"error": "expired_token", "error_description": "secret s3cret"})
    monkeypatch.setitem(sys.modules, "msal", refused.module())
    with pytest.raises(LoginRefused, match="no token was given: expired_token") as raised:
        client(store, say=lambda _: None).token()
    assert "s3cret" not in str(raised.value)


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library to install stands in the message."""
    monkeypatch.setitem(sys.modules, "msal", None)
    with pytest.raises(UsageError, match=r"pipx inject cancelproof 'msal', or: .* -m pip install 'msal'"):
        client(tmp_path / "work.json").token()


_TWO = """
import sys, time, types
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, {tests!r})
import test_oauth
class Slow(test_oauth.Library):
    pass
module = Slow(silent={{"access_token": "t"}}).module()
cache = module.SerializableTokenCache
plain = cache.serialize
def slow(self):
    time.sleep(0.3)
    return plain(self)
cache.serialize = slow
sys.modules["msal"] = module
test_oauth.client(Path({store!r})).token()
"""


def test_two_processes_never_lose_a_token(tmp_path: Path) -> None:
    """Two runs that renew at once do so one after the other: each builds on what the other kept."""
    store = tmp_path / "work.json"
    store.write_text("x", encoding="utf-8")
    code = _TWO.format(tests=str(Path(__file__).parent), store=str(store))
    running = [subprocess.Popen([sys.executable, "-c", code], env=dict(os.environ)) for _ in range(2)]
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    assert store.read_text(encoding="utf-8") == "x++"


# ---------------------------------------------------------------- what goes over the wire


def account(fake: Fake, **changes: Any) -> ImapAccount:
    return replace(ImapAccount("mine", "127.0.0.1", fake.port, "me@x.example", "none", "", timeout=5.0), **changes)


def test_a_token_is_sent_as_xoauth2() -> None:
    """User and token in one answer; a new token is asked for at each connection."""
    tokens = iter(["t1", "t2"])
    with served(Fake({b"INBOX": mails(1)})) as fake:
        for _ in range(2):
            log_out(connect(account(fake, token=lambda: next(tokens))))
    assert fake.logins == ["user=me@x.example\1auth=Bearer t1\1\1", "user=me@x.example\1auth=Bearer t2\1\1"]


def test_a_refused_token_is_one_line_without_it() -> None:
    """The server's error comes as a question that wants an empty answer; the token is in no message."""
    fake = Fake({}, lambda verb, _: TAG + b" NO bad token s3cret\r\n" + DROP if verb == "AUTHENTICATE" else None)
    with served(fake), pytest.raises(LoginRefused) as raised:
        connect(account(fake, token=lambda: "s3cret"))
    assert "the server refused the token" in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_a_pinned_certificate(tmp_path: Path) -> None:
    """The certificate that was named is taken though no authority signed it; any other is refused before the log-in."""
    import dovecot  # noqa: PLC0415

    with dovecot.dovecot(tmp_path) as server:
        der = ssl.PEM_cert_to_DER_cert(server.ca_file.read_text(encoding="ascii"))
        right = hashlib.sha256(der).hexdigest()
        secure = ImapAccount("mine", "127.0.0.1", server.tls_port, "me", "imaps", dovecot.PASSWORD, cert_sha256=right)
        for place in (secure, replace(secure, tls="starttls", port=server.port)):
            log_out(connect(place))
            sent: list[str] = []
            with pytest.raises(ConnectionFailed, match="another one than was pinned"):
                connect(replace(place, cert_sha256="0" * 64), sent=sent)
            assert not {"LOGIN", "AUTHENTICATE"} & set(sent)


def test_the_second_question_is_answered_with_nothing() -> None:
    """RFC 7628 3.2.3: after the error, an empty line, then the server's NO."""
    from cancelproof.sources.connection import _method  # noqa: PLC0415

    asked: list[Any] = []

    class Imap:
        capabilities = ("AUTH=XOAUTH2",)

        def authenticate(self, mechanism: str, answer: Any) -> None:
            error = base64.b64decode(base64.b64encode(json.dumps({"status": "400"}).encode()))
            asked.extend([mechanism, answer(b""), answer(error)])

    _method(Imap(), ImapAccount("m", "h", 1, "u", "imaps", "t", token=lambda: "t"))()
    assert asked == ["XOAUTH2", b"user=u\1auth=Bearer t\1\1", b""]
