"""A Dovecot of our own on loopback, for tests: its own folder, port and accounts; 2.3 and 2.4.

`with dovecot(folder) as server` starts it in a tenth of a second. Any user name is an account of its own.
"""

from __future__ import annotations

import imaplib
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PASSWORD = "correct-horse"  # passdb static takes either for every user
OTHER_PASSWORD = "pässwörd"

_PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")

_SERVICES = """
protocols = imap
listen = 127.0.0.1
base_dir = {run}
state_dir = {state}
log_path = {log}
default_login_user = {internal}
default_internal_user = {internal}
default_internal_group = {group}
first_valid_uid = 1
ssl = yes
auth_failure_delay = 0
mail_fsync = never
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # No pause for an address whose log-ins failed.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Spam {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Trash {{
    auto = create
    special_use = \\Trash
  }}
}}
"""

_FOR_2_3 = """
mail_location = maildir:{mail}/%u
mail_uid = {user}
mail_gid = {group}
disable_plaintext_auth = no
auth_mechanisms = plain login
ssl_cert = <{cert}
ssl_key = <{key}
passdb {{
  driver = static
  args = password={password}
}}
passdb {{
  driver = static
  args = password={other_password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={mail}/%u
}}
"""

_FOR_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
mail_driver = maildir
mail_path = {mail}/%{{user}}
mail_uid = {user}
mail_gid = {group}
auth_allow_cleartext = yes
auth_mechanisms = plain login
ssl_server_cert_file = {cert}
ssl_server_key_file = {key}
passdb one {{
  driver = static
  passdb_static_password = {password}
}}
passdb other {{
  driver = static
  passdb_static_password = {other_password}
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {mail}/%{{user}}
  }}
}}
"""


@dataclass(frozen=True)
class Mark:
    """What a scan must not change of a mail."""

    uid: int
    flags: frozenset[str]
    modseq: int


@dataclass(frozen=True)
class Server:
    port: int
    tls_port: int
    ca_file: Path
    log: Path
    mail: Path

    @contextmanager
    def client(self, user: str) -> Iterator[imaplib.IMAP4]:
        """A client that may write: the hand that fills a mailbox."""
        imap = imaplib.IMAP4("127.0.0.1", self.port)
        try:
            imap.login(user, PASSWORD)
            yield imap
        finally:
            imap.logout()

    def append(self, user: str, folder: str, mails: Sequence[bytes], flags: str = "") -> None:
        """Puts mails into a folder, which is made if it is not there; the name is in modified UTF-7."""
        with self.client(user) as imap:
            imap.create(f'"{folder}"')
            for mail in mails:
                answer, text = imap.append(f'"{folder}"', flags, "", mail)
                assert answer == "OK", text

    def do(self, user: str, *commands: tuple[str, ...]) -> None:
        """Sends commands as they are, each with its arguments."""
        with self.client(user) as imap:
            for command, *arguments in commands:
                answer, text = getattr(imap, command)(*arguments)
                assert answer == "OK", text

    def marks(self, user: str, folder: str) -> tuple[list[Mark], int]:
        """Every mail's UID, flags and MODSEQ, and how many are recent, read without changing them."""
        with self.client(user) as imap:
            answer, text = imap.select(f'"{folder}"', readonly=True)
            assert answer == "OK", text
            recent = imap.untagged_responses["RECENT"][-1]
            assert isinstance(recent, bytes)
            _, data = imap.uid("FETCH", "1:*", "(FLAGS MODSEQ)")
            lines = [line.decode() for line in data if isinstance(line, bytes)]
            return [_mark(line) for line in lines], int(recent)

    def folders(self, user: str) -> list[str]:
        with self.client(user) as imap:
            _, data = imap.list()
            return sorted(line.decode().rpartition(" ")[2].strip('"') for line in data if isinstance(line, bytes))


def _mark(line: str) -> Mark:
    uid, modseq = re.search(r"UID (\d+)", line), re.search(r"MODSEQ \((\d+)\)", line)
    flags = re.search(r"FLAGS \(([^)]*)\)", line)
    assert uid
    assert modseq
    assert flags
    return Mark(int(uid[1]), frozenset(flags[1].split()), int(modseq[1]))


@contextmanager
def dovecot(folder: Path) -> Iterator[Server]:
    """Starts the server and ends it; its log stays in `folder`. Skips the test where Dovecot is not installed."""
    if _PROGRAM is None:
        pytest.skip("dovecot is not installed (Debian: apt install dovecot-imapd)")
    ports = _free_ports()
    certificate, key = _certificate(folder)
    log = folder / "log"
    config = folder / "dovecot.conf"
    # Not below pytest's folder: each pytest that starts closes that to others, and the owner of mail is not root.
    with tempfile.TemporaryDirectory(prefix="dovecot-") as home:
        config.write_text(_configuration(Path(home), ports, certificate, key, log), encoding="utf-8")
        process = subprocess.Popen([_PROGRAM, "-F", "-c", str(config)], stderr=subprocess.PIPE)
        try:
            _wait(process, ports[0], log)
            yield Server(port=ports[0], tls_port=ports[1], ca_file=certificate, log=log, mail=Path(home) / "mail")
        finally:
            process.terminate()
            process.communicate(timeout=10)


def _configuration(home: Path, ports: tuple[int, int], certificate: Path, key: Path, log: Path) -> str:
    assert _PROGRAM
    version = subprocess.run([_PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout.split()[0]
    newer = tuple(int(part) for part in version.split(".")[:2]) >= (2, 4)
    us = pwd.getpwuid(os.geteuid())
    mail_user = pwd.getpwnam("nobody") if us.pw_uid == 0 else us  # Dovecot refuses root as the owner of mail
    internal = "dovecot" if us.pw_uid == 0 else us.pw_name
    mail = home / "mail"
    for made in (mail, home / "run", home / "state"):
        made.mkdir()
    if us.pw_uid == 0:
        os.chown(mail, mail_user.pw_uid, mail_user.pw_gid)
        home.chmod(0o711)
    values = {
        "run": home / "run", "state": home / "state", "log": log, "mail": mail, "cert": certificate, "key": key,
        "port": ports[0], "tls_port": ports[1], "user": mail_user.pw_uid, "group": mail_user.pw_gid,
        "internal": internal, "password": PASSWORD, "other_password": OTHER_PASSWORD,
    }  # fmt: skip
    services = _SERVICES.replace("{group}", _group(pwd.getpwnam(internal).pw_gid))
    # 2.4 wants its version in the first lines.
    return (_FOR_2_4 + services if newer else services + _FOR_2_3).format(**values)


def _group(gid: int) -> str:
    import grp  # noqa: PLC0415 - not on every system, and only root's Dovecot needs it

    return grp.getgrgid(gid).gr_name


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, which is also its own authority."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ],
        capture_output=True, check=True,
    )  # fmt: skip
    ssl.create_default_context(cafile=certificate)
    return certificate, key


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return one.getsockname()[1], two.getsockname()[1]


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(400):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
                if sock.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.02)
    errors = process.stderr.read().decode() if process.stderr and process.poll() is not None else ""
    pytest.fail(f"dovecot does not start: {errors}{log.read_text(errors='replace') if log.exists() else ''}")
