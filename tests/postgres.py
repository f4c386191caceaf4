"""A real PostgreSQL of our own: made for this run, on loopback, as an unprivileged user; gone with it."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_USER = "cancelproof"
_DEBIAN = Path("/usr/lib/postgresql")  # Debian keeps initdb and pg_ctl out of PATH, a folder a version


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(_DEBIAN.glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@contextmanager
def server(bin_folder: Path) -> Iterator[str]:
    """The URL of a running server with an empty database. PostgreSQL refuses to run as root: there, as `nobody`."""
    with tempfile.TemporaryDirectory(prefix="cancelproof-postgres-") as name:
        folder, password = Path(name), secrets.token_hex(16)
        secret, data = folder / "password", folder / "data"
        secret.write_text(password, encoding="ascii")
        owner = _unprivileged(folder, secret)

        def run(program: str, *arguments: str) -> None:
            command = [str(bin_folder / program), *arguments]
            subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=folder, user=owner)

        port = _free_port()
        options = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off -c max_connections=40"
        auth = ("-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C", "--no-sync")
        run("initdb", "-D", str(data), "-U", _USER, *auth)
        run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options, "start")
        try:
            yield f"postgresql://{_USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def _unprivileged(*paths: Path) -> str | None:
    """The user to run as, who then owns the paths; None where we are not root and run as ourselves."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    for path in paths:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_name


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
