"""Getting a password at the moment it is needed: command, file, environment, keyring, prompt, in this order.

No password, and nothing that a command wrote, ever stands in an error.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from cancelproof.errors import UsageError, installing
from cancelproof.settings.values import Account, Password, Smtp

_OTHERS = 0o077
_PATIENCE = 120.0  # seconds: a password manager may ask its owner to unlock it
_SERVICE = "cancelproof"


def secret(of: Account | Smtp, environ: Mapping[str, str], prompt: Callable[[str], str] | None = None) -> str:
    """Get the password of an account or of the digest's server.

    `prompt` asks on a terminal, given the question; None where nobody sits there. UsageError where no source has it.
    A server without `user` needs no password: do not ask for one.
    """
    password = of.password
    if password.command:
        return _some(_from_command(password.command, environ, password.name), f"{password.name}: password_command")
    if password.file:
        return _some(_from_file(password.file, private=True), str(password.file))
    if password.variable in environ:
        return _some(environ[password.variable], password.variable)
    if environ.get(f"{password.variable}_FILE"):
        file = Path(environ[f"{password.variable}_FILE"])
        # A service manager's secret: a container mounts it readable for all, and nobody can change that.
        return _some(_from_file(file, private=False), str(file))
    if password.keyring:
        return _some(_from_keyring(password.name), f"{password.name}: keyring")
    if prompt is not None:
        return _some(prompt(f"Password of {of.user} at {of.host}"), f"{password.name}: prompt")
    raise UsageError(
        "no password", where=password.name, remedy=f"set password_command, password_file or ${password.variable}"
    )


def token(of: Account, environ: Mapping[str, str]) -> str:
    """Get an OAuth access token by the account's `token_command`; UsageError as above."""
    where = f"{of.name}: token_command"
    return _some(_from_command(of.token_command, environ, of.name, "token_command"), where)


def file_password(password: Password) -> str:
    """Read a secret that lies in a file of its owner's own; "" where none is named."""
    return _from_file(password.file, private=True) if password.file else ""


def keep_in_keyring(name: str, password: str) -> None:
    """Put an account's password into the system's keyring. UsageError where there is none."""
    keyring = _keyring(name)
    try:
        keyring.set_password(_SERVICE, name, password)
    except keyring.errors.KeyringError as error:
        what = f"the keyring refused: {type(error).__name__}"
        raise UsageError(what, where=name, remedy="use password_command or password_file") from None


def _from_command(
    command: tuple[str, ...], environ: Mapping[str, str], name: str, key: str = "password_command"
) -> str:
    where = f"{name}: {key}"
    # Without a shell, and `from None` throughout: a cause would carry the command, which may be the password itself.
    try:
        done = subprocess.run(  # noqa: S603 the owner's own command, as an argument list
            command, env=dict(environ), stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=False
        )
    except (FileNotFoundError, NotADirectoryError):
        remedy = 'give a command that prints the password, such as ["pass", "show", "mail"], not the password itself'
        raise UsageError("there is no such program", where=where, remedy=remedy) from None
    except subprocess.TimeoutExpired:
        remedy = "run it by hand to see what it waits for"
        raise UsageError(f"no answer within {_PATIENCE:.0f} seconds", where=where, remedy=remedy) from None
    except (OSError, ValueError):
        raise UsageError("cannot be run", where=where, remedy="run it by hand to see why") from None
    if done.returncode != 0:
        remedy = "run it by hand to see why"
        raise UsageError(f"the command failed with status {done.returncode}", where=where, remedy=remedy)
    return _line(done.stdout, where)


def _from_file(file: Path, *, private: bool) -> str:
    try:
        with file.open("rb") as opened:
            mode, raw = os.fstat(opened.fileno()).st_mode, opened.read()
    except OSError as error:
        raise UsageError(f"the password file cannot be read: {error.strerror}", where=str(file)) from error
    if private and os.name == "posix" and mode & _OTHERS:
        raise UsageError("others than its owner may read it", where=str(file), remedy=f"chmod 600 '{file}'")
    return _line(raw, str(file))


def _from_keyring(name: str) -> str:
    keyring = _keyring(name)
    try:
        return str(keyring.get_password(_SERVICE, name) or "")
    except keyring.errors.KeyringError as error:
        what = f"the keyring refused: {type(error).__name__}"
        raise UsageError(what, where=name, remedy="under cron, use password_command or password_file") from None


def _keyring(name: str) -> Any:
    try:
        return import_module("keyring")  # an extra: loaded only where the owner asked for it
    except ImportError:
        what = "the keyring library is not installed"
        raise UsageError(what, where=name, remedy=installing("keyring")) from None


def _line(raw: bytes, where: str) -> str:
    """Decode a password; of its end only one line end is taken away, since spaces may belong to it."""
    try:
        return raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UsageError("the password is not UTF-8", where=where) from None


def _some(found: str, where: str) -> str:
    if not found:
        raise UsageError("the password is empty", where=where)
    return found
