"""Logging in without a password: Microsoft's device flow and Google's loopback flow (RFC 8628, RFC 8252).

The tokens lie in a file of the owner's own, 0600, replaced whole under a lock, so that two runs at once never lose a
refresh token that was just rotated. The libraries are extras, loaded only where an account asks for them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from cancelproof import atomic
from cancelproof.errors import LoginRefused, UsageError, installing

_MICROSOFT = "https://login.microsoftonline.com/common"
#: Not graph.microsoft.com: a token for another audience is refused at the mail server.
_MICROSOFT_SCOPES = ["https://outlook.office.com/IMAP.AccessAsUser.All"]
_GOOGLE_SCOPES = ["https://mail.google.com/"]
_GOOGLE_ENDS = {
    "auth_uri": "https://accounts.google.com/o/oauth2/auth",
    "token_uri": "https://oauth2.googleapis.com/token",
}
#: A token that ends sooner is renewed at once: half of the hour that it usually lasts.
_HALF_LIFE = timedelta(minutes=30)
#: What is to be installed for each.
_DISTRIBUTIONS = {"microsoft": "msal", "google": "google-auth-oauthlib"}
_AGAIN = "run `cancelproof scan` at a terminal and log in again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks for a token: an account, and the program's own registration with the provider.

    `store` is the file of the tokens. `say` shows the owner where to log in; None where nobody sits at a terminal.
    """

    kind: Literal["microsoft", "google"]
    account: str
    user: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    store: Path
    clock: Callable[[], datetime]
    say: Callable[[str], None] | None = None

    def token(self) -> str:
        """Get an access token that lasts a while. LoginRefused where the owner has to log in again."""
        with _locked(self.store):
            return _microsoft(self) if self.kind == "microsoft" else _google(self)


def _microsoft(client: Client) -> str:
    msal = _library("msal", client)
    cache = msal.SerializableTokenCache()
    if client.store.exists():
        cache.deserialize(client.store.read_text(encoding="utf-8"))
    app = msal.PublicClientApplication(client.client_id, authority=_MICROSOFT, token_cache=cache)
    accounts = app.get_accounts(username=client.user) or app.get_accounts()
    found = app.acquire_token_silent(_MICROSOFT_SCOPES, account=accounts[0]) if accounts else None
    if not found or "access_token" not in found:
        found = _device_flow(app, client)
    if cache.has_state_changed:
        atomic.write(client.store, cache.serialize().encode())
    return _access(found, client)


def _device_flow(app: Any, client: Client) -> Any:
    say = _somebody(client)
    flow = app.initiate_device_flow(scopes=_MICROSOFT_SCOPES)
    if "message" not in flow:
        return flow
    say(str(flow["message"]))
    return app.acquire_token_by_device_flow(flow)


def _google(client: Client) -> str:
    flows = _library("google_auth_oauthlib.flow", client)
    credentials = import_module("google.oauth2.credentials").Credentials
    requests = import_module("google.auth.transport.requests")
    errors = import_module("google.auth.exceptions")
    found = None
    if client.store.exists():
        found = credentials.from_authorized_user_info(json.loads(client.store.read_text(encoding="utf-8")))
    try:
        if found and (not found.expiry or found.expiry.replace(tzinfo=UTC) - client.clock() < _HALF_LIFE):
            found.refresh(requests.Request())
    except errors.RefreshError:  # revoked, or the seven days of an app in testing are over
        found = None
    if not found:
        say = _somebody(client)
        ends = {"client_id": client.client_id, "client_secret": client.client_secret, **_GOOGLE_ENDS}
        flow = flows.InstalledAppFlow.from_client_config({"installed": ends}, _GOOGLE_SCOPES)
        say("Log in with Google in the browser window that opens.")
        found = flow.run_local_server(port=0, login_hint=client.user, authorization_prompt_message="{url}")
    atomic.write(client.store, found.to_json().encode())
    return _access({"access_token": found.token}, client)


def _access(found: Any, client: Client) -> str:
    token = str(found.get("access_token", "")) if isinstance(found, dict) else ""
    if not token:
        # Only the code of the error: its description may hold more than should be shown.
        code = str(found.get("error", "no token")) if isinstance(found, dict) else "no token"
        raise LoginRefused(f"no token was given: {code[:60]}", where=client.account, remedy=_AGAIN)
    return token


def _somebody(client: Client) -> Callable[[str], None]:
    if client.say is None:
        raise LoginRefused("the log-in has ended, and nobody is here to renew it", where=client.account, remedy=_AGAIN)
    return client.say


def _library(name: str, client: Client) -> Any:
    try:
        return import_module(name)
    except ImportError:
        remedy = f"{installing(_DISTRIBUTIONS[client.kind])}; or set token_command"
        raise UsageError(
            f"the library for {client.kind} is not installed", where=client.account, remedy=remedy
        ) from None


@contextmanager
def _locked(store: Path) -> Iterator[None]:
    """Let one process at a time renew the tokens. Windows has another kind of lock, and no cron."""
    store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(store.with_name(store.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.name == "posix":
            import fcntl  # noqa: PLC0415 - not on every system

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
