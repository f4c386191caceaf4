"""Settings are read whole or refused whole, and no password is ever in them or in an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cancelproof.errors import UsageError
from cancelproof.settings import (
    Account,
    AppendTo,
    Digest,
    Password,
    Settings,
    Smtp,
    default_path,
    load,
    rules_folders,
    secret,
    templates_folders,
    token,
    write_example,
)
from cancelproof.settings.load import settings_of

HOME = {"HOME": "/home/me"}
FILE = Path("/home/me/.config/cancelproof/settings.toml")
SECRET = "hunter2-geheim"

ACCOUNT = {"name": "home", "host": "imap.example.org", "user": "Me@example.org"}
SMTP = {"host": "smtp.example.org", "user": "me"}
DIGEST = {"to": ["me@example.org"], "from": "Me@Example.org", "smtp": SMTP}


def written(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "settings.toml"
    path.write_bytes(text.encode())
    path.chmod(mode)
    return path


def settings(**table: Any) -> Settings:
    return settings_of(table, FILE, HOME)


def faults(**table: Any) -> list[str]:
    with pytest.raises(UsageError) as caught:
        settings(**table)
    return [line.removeprefix(f"{FILE}: ") for line in str(caught.value).splitlines()]


# ---------------------------------------------------------------- accounts by their address

BY_ADDRESS = [
    ({"address": "Me@gmail.com"}, ("imap.gmail.com", 993, "imaps", "me@gmail.com", "app_password", 1, 1500)),
    ({"address": "me@free.fr"}, ("imap.free.fr", 993, "imaps", "me", "password", 2, None)),
    ({"address": "me@proton.me"}, ("127.0.0.1", 1143, "starttls", "me@proton.me", "bridge", 1, None)),
    ({"user": "me@gmx.de"}, ("imap.gmx.net", 993, "imaps", "me@gmx.de", "password", 2, None)),
    (
        {"address": "me@gmail.com", "host": "own.example", "port": 1, "daily_mb": 5, "connections": 3},
        ("own.example", 1, "imaps", "me@gmail.com", "password", 3, 5),
    ),
    (
        {"address": "me@live.com", "password_file": "x"},
        ("outlook.office365.com", 993, "imaps", "me@live.com", "password", 2, None),
    ),
]


@pytest.mark.parametrize(("table", "found"), BY_ADDRESS)
def test_an_address_is_enough(table: dict[str, Any], found: tuple[object, ...]) -> None:
    """What an account leaves out is its provider's; what it says wins."""
    (account,) = settings(accounts=[{"name": "home", **table}]).accounts
    assert found == (
        account.host, account.port, account.tls, account.user, account.login, account.connections, account.daily_mb,
    )  # fmt: skip


ACCOUNT_FAULTS = [
    ({"address": "me@nowhere.example"}, "host: is needed: no provider is on file for nowhere.example"),
    ({"address": "me@outlook.com"}, "client_id: is needed to log in with microsoft, or token_command"),
    ({"address": "me@gmx.de", "since": "lately"}, "since: must be a day such as 2026-11-01"),
    ({"address": "me@gmx.de", "connections": 99}, "connections: must lie between 1 and 8"),
    ({"address": "me@gmx.de", "cert_sha256": "ab"}, ("cert_sha256: must be 64 hexadecimal digits: "
     "the SHA-256 of the certificate")),
    ({"address": "me@gmx.de", "login": "magic"}, ("login: must be one of password, app_password, "
     "microsoft, google, bridge")),
    ({"address": "me@gmx.de", "token_command": []}, ('token_command: must be a list of words such as '
     '["pass", "show", "mail"]')),
]  # fmt: skip


@pytest.mark.parametrize(("table", "fault"), ACCOUNT_FAULTS)
def test_a_wrong_account_is_named(table: dict[str, Any], fault: str) -> None:
    """One fault, one line, with its key."""
    assert faults(accounts=[{"name": "home", **table}]) == [f"accounts[0].{fault}"]


def test_a_day_may_be_a_date_or_a_text() -> None:
    """TOML has dates of its own; a pin may be written with colons."""
    for since in (date(2024, 5, 1), "2024-05-01"):
        pin = ":".join(["AB"] * 32)
        (account,) = settings(accounts=[ACCOUNT | {"since": since, "cert_sha256": pin}]).accounts
        assert (account.since, account.cert_sha256) == (date(2024, 5, 1), "ab" * 32)


def test_a_token_command_is_run(tmp_path: Path) -> None:
    """Its output without the line end is the token; a failure never shows it."""
    command = [sys.executable, "-c", "print('t0ken')"]
    account = ACCOUNT | {"login": "microsoft", "token_command": command}
    (account_,) = settings(accounts=[account]).accounts
    assert token(account_, os.environ) == "t0ken"
    assert "t0ken" not in repr(account_)


# ---------------------------------------------------------------- values


def test_a_whole_file() -> None:
    """Every key finds its place; ports follow the kind of TLS, addresses are in lower case, paths start at the file."""
    account = ACCOUNT | {
        "tls": "starttls",
        "password_command": ["pass", "mail"],
        "ca_file": "bridge.pem",
        "folders": ["A"],
    }
    told = settings(
        data="~/proofs",
        owner=["Old@Example.org"],
        accounts=[account],
        trusted_authserv=["MX.example.org"],
        digest=DIGEST | {"smtp": SMTP | {"password_file": "/run/smtp"}},
        rules="rules",
        templates="~/templates",
        language="fr",
    )
    assert told == Settings(
        file=FILE,
        data=Path("/home/me/proofs"),
        owner=("old@example.org", "me@example.org"),
        accounts=(
            Account(
                name="home",
                host="imap.example.org",
                port=143,
                tls="starttls",
                user="Me@example.org",
                addresses=("me@example.org",),
                password=Password(name="home", command=("pass", "mail")),
                ca_file=FILE.parent / "bridge.pem",
                folders=("A",),
            ),
        ),
        trusted_authserv=("mx.example.org",),
        digest=Digest(
            to=("me@example.org",),
            sender="me@example.org",
            smtp=Smtp(
                host="smtp.example.org",
                port=465,
                tls="smtps",
                user="me",
                password=Password(name="smtp", file=Path("/run/smtp")),
            ),
        ),
        rules=FILE.parent / "rules",
        templates=Path("/home/me/templates"),
        language="fr",
    )


def test_the_digest_may_go_into_a_folder() -> None:
    """`append_to` names one of the accounts."""
    told = settings(accounts=[ACCOUNT], digest={"append_to": {"account": "home", "folder": "INBOX"}})
    assert told.digest == Digest(append_to=AppendTo(account="home", folder="INBOX"))


def test_without_a_file_the_defaults_hold() -> None:
    """No settings are no error: an audit of files needs none."""
    assert settings() == Settings(file=FILE, data=Path("/home/me/.local/share/cancelproof"))


@pytest.mark.parametrize("named", ["", 'rules = "elsewhere"\n'])
def test_the_rules_beside_the_settings_count(tmp_path: Path, named: str) -> None:
    """Where the settings name no other folder; what is not there is not used."""
    file = tmp_path / "settings.toml"
    file.write_text(named, encoding="utf-8")
    assert load(file, HOME).rules == (tmp_path / "elsewhere" if named else None)
    (tmp_path / "rules").mkdir()
    assert load(file, HOME).rules == tmp_path / ("elsewhere" if named else "rules")


PLACES: tuple[tuple[Mapping[str, str], str, str], ...] = (
    (HOME, "/home/me/.config/cancelproof/settings.toml", "/home/me/.local/share/cancelproof"),
    (HOME | {"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d"}, "/c/cancelproof/settings.toml", "/d/cancelproof"),
    (
        HOME | {"XDG_CONFIG_HOME": "relative", "XDG_DATA_HOME": ""},
        "/home/me/.config/cancelproof/settings.toml",
        "/home/me/.local/share/cancelproof",
    ),
    ({"CANCELPROOF_HOME": "/p", "XDG_DATA_HOME": "/d"}, "/p/settings.toml", "/p"),
    ({"USERPROFILE": "/u"}, "/u/.config/cancelproof/settings.toml", "/u/.local/share/cancelproof"),
)


@pytest.mark.parametrize(("environ", "file", "data"), PLACES)
def test_places(environ: Mapping[str, str], file: str, data: str) -> None:
    """$CANCELPROOF_HOME holds all; else the XDG folders; else those below the home folder."""
    assert str(default_path(environ)) == file
    assert str(load(None, environ).data) == data


def test_without_a_home_the_remedy_is_named() -> None:
    """A system service may have no HOME."""
    with pytest.raises(UsageError, match="set CANCELPROOF_HOME"):
        default_path({})


def test_ledger_and_evidence_lie_in_the_data_folder() -> None:
    """One folder holds all that is to be backed up."""
    told = settings(data="/d")
    assert (told.ledger, told.evidence) == ("/d/ledger.sqlite", Path("/d/evidence"))


def test_a_ledger_elsewhere() -> None:
    """A database server is named by its URL, without a password."""
    told = settings(data="/d", ledger="postgresql://me@localhost/cancelproof")
    assert (told.ledger, told.evidence) == ("postgresql://me@localhost/cancelproof", Path("/d/evidence"))


# ---------------------------------------------------------------- faults

FAULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"acounts": []}, "acounts: no such setting; did you mean accounts?"),
    ({"ledger": "ledger.db"}, "ledger: must be postgresql://USER@HOST/DATABASE; for a file set data"),
    ({"ledger": "postgresql://me:secret@h/d"}, "ledger: a password is never kept in this file: put it into ~/.pgpass"),
    ({"zzz": 1}, "zzz: no such setting"),
    ({"a\x1b[2J": 1}, r"'a\x1b[2J': no such setting"),
    ({"accounts": {}}, "accounts: must be a list, not a table"),
    ({"accounts": [1]}, "accounts[0]: must be a table, not a whole number"),
    ({"accounts": [ACCOUNT | {"port": "993"}]}, "accounts[0].port: must be a whole number, not a text"),
    ({"accounts": [ACCOUNT | {"port": True}]}, "accounts[0].port: must be a whole number, not true or false"),
    ({"accounts": [ACCOUNT | {"port": 99_999}]}, "accounts[0].port: must lie between 1 and 65535"),
    ({"accounts": [ACCOUNT | {"user": ""}]}, "accounts[0].user: is needed"),
    ({"accounts": [ACCOUNT | {"user": 1}]}, "accounts[0].user: must be a text, not a whole number"),
    ({"accounts": [ACCOUNT | {"hots": "x"}]}, "accounts[0].hots: no such setting; did you mean host?"),
    ({"accounts": [ACCOUNT | {"name": "my home"}]}, "accounts[0].name: may hold only letters, digits and . _ -"),
    ({"accounts": [ACCOUNT | {"tls": "ssl"}]}, "accounts[0].tls: must be one of imaps, starttls, none"),
    ({"accounts": [ACCOUNT | {"tls": "none"}]}, "accounts[0].tls: none is for a server on this machine only"),
    ({"accounts": [ACCOUNT | {"folders": ["a", 2]}]}, "accounts[0].folders[1]: must be a text, not a whole number"),
    ({"accounts": [ACCOUNT | {"host": "a\nb"}]}, "accounts[0].host: holds a character that cannot be printed"),
    ({"accounts": [ACCOUNT | {"keyring": "yes"}]}, "accounts[0].keyring: must be true or false, not a text"),
    ({"owner": ["me@x.org", "you"]}, "owner[1]: is no mail address"),
    ({"language": "french"}, "language: must be a code of two or three letters, such as fr"),
    ({"digest": {"subject": "x"}}, "digest.subject: no such setting"),
    ({"digest": {"smtp": SMTP, "from": "a@b.org"}}, "digest.to: is needed to send by smtp"),
    ({"digest": {"smtp": SMTP, "to": ["a@b.org"]}}, "digest.from: is needed to send by smtp"),
    (
        {"digest": {"append_to": {"account": "work", "folder": "x"}}},
        "digest.append_to.account: no account of this name",
    ),
    (
        {"accounts": [ACCOUNT], "digest": DIGEST | {"append_to": {"account": "home", "folder": "x"}}},
        "digest.append_to: either smtp or append_to, not both",
    ),
    (
        {"accounts": [ACCOUNT | {"name": "a.b"}, ACCOUNT | {"name": "A-B"}]},
        "accounts[1].name: CANCELPROOF_PASSWORD_A_B would stand for two passwords; choose another name",
    ),
    (
        {"accounts": [ACCOUNT | {"name": "SMTP"}], "digest": DIGEST},
        "accounts[0].name: CANCELPROOF_PASSWORD_SMTP would stand for two passwords; choose another name",
    ),
    (
        {"accounts": [ACCOUNT | {"password_command": []}]},
        'accounts[0].password_command: must be a list of words such as ["pass", "show", "mail"]',
    ),
)


@pytest.mark.parametrize(("table", "fault"), FAULTS)
def test_a_wrong_file_names_key_and_fault(table: dict[str, Any], fault: str) -> None:
    """One fault, one line, with the path of its key and no value."""
    assert faults(**table) == [fault]


def test_all_faults_at_once() -> None:
    """Who mends a file sees everything that is wrong with it, each line with the file's name."""
    assert faults(owner="me", accounts=[{"hots": 1, "tls": "x"}], digest=3) == [
        "accounts[0].hots: no such setting; did you mean host?",
        "accounts[0].name: is needed",
        "accounts[0].host: is needed",
        "accounts[0].tls: must be one of imaps, starttls, none",
        "accounts[0].user: is needed",
        "digest: must be a table, not a whole number",
        "owner: must be a list, not a text",
    ]


PASSWORD_KEYS = ("password", "passwd", "pass", "imap_password", "Secret", "token")


@pytest.mark.parametrize("key", PASSWORD_KEYS)
@pytest.mark.parametrize("place", ["accounts[0]", "digest.smtp"])
def test_a_password_in_the_file_is_refused_unseen(key: str, place: str) -> None:
    """Under whatever name; the remedy names the places where a password may be."""
    tables: dict[str, dict[str, Any]] = {
        "accounts[0]": {"accounts": [ACCOUNT | {key: SECRET}]},
        "digest.smtp": {"digest": DIGEST | {"smtp": SMTP | {key: SECRET}}},
    }
    (line,) = faults(**tables[place])
    assert line.startswith(f"{place}.{key}: a password is never kept in this file: use password_command")
    assert SECRET not in line


def test_a_password_given_as_the_command_is_refused_unseen() -> None:
    """A text where a list belongs is not shown."""
    assert faults(accounts=[ACCOUNT | {"password_command": SECRET}])[0] == (
        "accounts[0].password_command: must be a list, not a text"
    )


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize("mode", [0o640, 0o604])
@pytest.mark.parametrize("key", ['password_command = ["x"]', 'password = "x"', 'password_file = "x"'])
def test_a_file_that_others_may_read_and_speaks_of_passwords_is_refused(tmp_path: Path, mode: int, key: str) -> None:
    """The error says the command that helps."""
    path = written(tmp_path, f"[[accounts]]\n{key}\n", mode)
    with pytest.raises(UsageError, match=rf"{path}: others.*\(chmod 600 '{path}'\)"):
        load(path, HOME)


def test_a_file_without_passwords_may_be_read_by_others(tmp_path: Path) -> None:
    """A file shared by a household's machines says nothing secret."""
    assert load(written(tmp_path, 'language = "de"\n', 0o644), HOME).language == "de"


BAD_FILES = (
    (f'password = "{SECRET}\n', "is no TOML"),
    ("language = 'fr'\nlanguage = 'en'\n", "is no TOML: Cannot overwrite a value"),
    (f"data = {'9' * 5_000}\n", "is no TOML"),
    ("data = " + "[" * 5_000, "is (nested too deeply|no TOML)"),
    ("# " + "x" * 1_000_000, "too large"),
)


@pytest.mark.parametrize(("text", "words"), BAD_FILES, ids=[words for _, words in BAD_FILES])
def test_a_file_that_is_no_toml_is_one_clear_line(tmp_path: Path, text: str, words: str) -> None:
    """With the place of the fault, without the text around it."""
    path = written(tmp_path, text)
    with pytest.raises(UsageError, match=f"^{path}: {words}") as caught:
        load(path, HOME)
    assert SECRET not in str(caught.value)


def test_other_bytes_a_folder_and_nothing_are_clear_lines(tmp_path: Path) -> None:
    """A file in another charset, a folder, and a path where nothing is."""
    path = written(tmp_path, "")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="is not UTF-8"):
        load(path, HOME)
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path, HOME)
    with pytest.raises(UsageError, match="no such settings file"):
        load(tmp_path / "nowhere.toml", HOME)


# ---------------------------------------------------------------- properties

PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
NAMES = st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)
ACCOUNTS = st.fixed_dictionaries(
    {"name": NAMES, "host": PRINTABLE, "user": PRINTABLE},
    optional={
        "port": st.integers(1, 65_535),
        "tls": st.sampled_from(["imaps", "starttls"]),
        "folders": st.lists(PRINTABLE, max_size=3),
        "password_command": st.lists(PRINTABLE, min_size=1, max_size=3),
        "keyring": st.booleans(),
    },
)


@given(st.lists(ACCOUNTS, max_size=3, unique_by=lambda account: account["name"]))
@examples(max_examples=60, deadline=None)
def test_accounts_come_back_from_a_file(accounts: list[dict[str, Any]]) -> None:
    """What was written as TOML is what is read, whatever the script."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for one in accounts for key, value in one.items()]
    sizes = iter(lines)
    text = "".join("[[accounts]]\n" + "".join(f"{next(sizes)}\n" for _ in one) for one in accounts)
    told = settings_of(loaded(text), FILE, HOME)
    assert [(a.name, a.host, a.user) for a in told.accounts] == [(a["name"], a["host"], a["user"]) for a in accounts]
    assert [a.folders for a in told.accounts] == [tuple(a.get("folders", ())) for a in accounts]
    assert [a.password.command for a in told.accounts] == [tuple(a.get("password_command", ())) for a in accounts]
    assert [a.password.keyring for a in told.accounts] == [a.get("keyring", False) for a in accounts]


TOP_KEYS = ("data", "owner", "accounts", "digest", "language", "rules")
KEYS = st.sampled_from(
    (
        *TOP_KEYS,
        "smtp",
        "append_to",
        "host",
        "port",
        "tls",
        "user",
        "to",
        "from",
        "password",
        "password_command",
        "folders",
    )
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(SECRET) | st.floats(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS | st.text(max_size=5), below, max_size=5),
    max_leaves=20,
)


def outcome(table: dict[str, Any]) -> list[str]:
    try:
        settings_of(table, FILE, HOME)
    except UsageError as error:
        return str(error).split("\n")
    return []


@given(st.dictionaries(KEYS | st.text(max_size=5), TREES, max_size=6))
@examples(max_examples=200, deadline=None)
def test_any_table_is_settings_or_faults_a_line_each(table: dict[str, Any]) -> None:
    """Whatever a file holds, it yields settings or one error whose every line names the file, and no value."""
    said = outcome(table)
    assert all(line.startswith(f"{FILE}: ") for line in said)
    assert SECRET not in "".join(said)


# ---------------------------------------------------------------- passwords


def account(password: Password) -> Account:
    return Account(name=password.name, host="imap.example.org", port=993, tls="imaps", user="me", password=password)


def prints(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import os, sys; {code}")


def test_only_the_last_line_end_is_taken_away() -> None:
    """Spaces and earlier line ends may belong to a password."""
    cases = {"' a '": " a ", "'a\\n\\n'": "a\n", "'a\\r\\n'": "a", "'pä'": "pä"}
    for shown, wanted in cases.items():
        command = prints(f"sys.stdout.buffer.write({shown}.encode())")
        assert secret(account(Password(name="home", command=command)), {}) == wanted


def test_the_command_gets_no_shell_and_the_environment_handed_in() -> None:
    """Nothing in an argument is expanded; the environment is what the caller gave."""
    command = (*prints("print(sys.argv[1], os.environ['WHERE'])"), "$HOME; `id` *")
    assert secret(account(Password(name="home", command=command)), {"WHERE": "here"}) == "$HOME; `id` * here"


FAILING: tuple[tuple[tuple[str, ...], str], ...] = (
    ((SECRET,), "no such program (give a command that prints the password"),
    ((SECRET, "and", "more"), "no such program"),
    ((f"{__file__}/{SECRET}",), "no such program"),
    ((SECRET + "\x00",), "cannot be run"),
    ((SECRET * 1_000,), "cannot be run"),
    ((str(Path(__file__).parent),), "cannot be run"),
    (prints(f"print('{SECRET}'); print('{SECRET}', file=sys.stderr); sys.exit(3)"), "the command failed with status 3"),
    (prints("print()"), "the password is empty"),
    (prints("sys.stdout.buffer.write(b'\\xff')"), "is not UTF-8"),
)


@pytest.mark.parametrize(("command", "words"), FAILING)
def test_a_command_that_fails_shows_nothing_of_it(command: tuple[str, ...], words: str) -> None:
    """Neither the command, which may be the password itself, nor what it wrote is in the error or its causes."""
    with pytest.raises(UsageError, match=r"^home: password_command: ") as caught:
        secret(account(Password(name="home", command=command)), {})
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_command_that_hangs_is_given_up(mocker: Any) -> None:
    """A program that waits for a person who is not there ends in one clear line."""
    mocker.patch("cancelproof.settings.passwords._PATIENCE", 0.2)
    with pytest.raises(UsageError, match="no answer within"):
        secret(account(Password(name="home", command=prints("import time; time.sleep(30)"))), {})


def test_sources_in_their_order(tmp_path: Path) -> None:
    """Command, file, environment, file named by the environment, prompt: the first that is set is asked."""
    file, named = tmp_path / "file", tmp_path / "named"
    file.write_text("from file\n")
    file.chmod(0o600)
    named.write_text("from named file\n")
    environ = {"CANCELPROOF_PASSWORD_MY_BOX": "from environment", "CANCELPROOF_PASSWORD_MY_BOX_FILE": str(named)}
    whole = Password(name="my.box", command=prints("print('from command')"), file=file)
    asked: list[str] = []

    def prompt(question: str) -> str:
        asked.append(question)
        return "from prompt"

    assert secret(account(whole), environ, prompt) == "from command"
    assert secret(account(replace(whole, command=())), environ, prompt) == "from file"
    bare = account(Password(name="my.box"))
    assert secret(bare, environ, prompt) == "from environment"
    del environ["CANCELPROOF_PASSWORD_MY_BOX"]
    assert secret(bare, environ, prompt) == "from named file"
    assert asked == []
    assert secret(bare, {}, prompt) == "from prompt"
    assert asked == ["Password of me at imap.example.org"]


def test_the_digests_server_has_its_own_password() -> None:
    """Its variable is that of an account named smtp, which is why no account may be named so."""
    server = Smtp(host="smtp.example.org", port=465, tls="smtps", user="me", password=Password(name="smtp"))
    assert secret(server, {"CANCELPROOF_PASSWORD_SMTP": "x"}) == "x"


def test_without_any_source_the_remedy_is_named() -> None:
    """Under cron nobody can be asked."""
    with pytest.raises(UsageError, match=r"home: no password \(set password_command, password_file or \$CANCELPROOF_"):
        secret(account(Password(name="home")), {})


def test_a_password_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """With the command that helps; one that is missing is a clear line too."""
    file = tmp_path / "password"
    file.write_text(SECRET)
    file.chmod(0o644)
    with pytest.raises(UsageError, match=rf"\(chmod 600 '{file}'\)") as caught:
        secret(account(Password(name="home", file=file)), {})
    assert SECRET not in str(caught.value)
    with pytest.raises(UsageError, match="cannot be read"):
        secret(account(Password(name="home", file=tmp_path / "nothing")), {})


class KeyringError(Exception):
    """Stands for the keyring library's own."""


def keyring_of(known: Mapping[tuple[str, str], str]) -> SimpleNamespace:
    def get_password(service: str, user: str) -> str | None:
        if user == "locked":
            raise KeyringError(SECRET)
        return known.get((service, user))

    return SimpleNamespace(get_password=get_password, errors=SimpleNamespace(KeyringError=KeyringError))


def test_the_keyring_is_asked_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the environment, before the prompt; its refusals are one line."""
    monkeypatch.setitem(sys.modules, "keyring", keyring_of({("cancelproof", "home"): "from keyring"}))
    home = account(Password(name="home", keyring=True))
    assert secret(home, {}, lambda _: "from prompt") == "from keyring"
    assert secret(home, {"CANCELPROOF_PASSWORD_HOME": "x"}) == "x"
    assert secret(account(Password(name="home")), {}, lambda _: "from prompt") == "from prompt"
    with pytest.raises(UsageError, match="the keyring refused: KeyringError"):
        secret(account(Password(name="locked", keyring=True)), {})
    with pytest.raises(UsageError, match="the password is empty"):
        secret(account(Password(name="unknown", keyring=True)), {})


def test_without_the_keyring_library_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is an extra."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match=r"pipx inject cancelproof 'keyring', or: .* -m pip install 'keyring'"):
        secret(account(Password(name="home", keyring=True)), {})


def test_no_repr_shows_the_command() -> None:
    """People paste the password there, and a repr may end in a log."""
    told = settings(accounts=[ACCOUNT | {"password_command": [SECRET]}])
    assert SECRET not in repr(told)


# ---------------------------------------------------------------- folders, example, cost


@pytest.mark.parametrize("folders", [rules_folders, templates_folders])
def test_ours_comes_first_and_the_owners_own_on_top(folders: Any, tmp_path: Path) -> None:
    """Found in an editable install too; an own folder that is not there is a clear line."""
    (ours,) = folders()
    assert (ours.is_dir(), ours.name) == (True, folders.__name__.removesuffix("_folders"))
    assert folders(tmp_path) == (ours, tmp_path)
    with pytest.raises(UsageError, match="no such folder"):
        folders(tmp_path / "nothing")


def test_the_example_loads(tmp_path: Path) -> None:
    """As it stands, private."""
    told = load(written(tmp_path, write_example()), HOME)
    assert (told.accounts[0].name, told.digest.to) == ("home", ("me@example.org",))


def test_every_setting_that_the_example_shows_exists() -> None:
    """With each commented line brought to life (but for the other way to send), nothing is refused and all is shown."""
    whole, _, other_way = write_example().partition("# … or, instead")
    alive = [line.removeprefix("# ") if " = " in line else line for line in whole.splitlines()]
    told = settings_of(loaded("\n".join(alive)), FILE, HOME)
    assert told.rules
    assert told.trusted_authserv
    assert told.language == "en"
    one = told.accounts[0]
    assert one.ca_file
    assert one.folders
    assert one.password.keyring
    sends = [line.removeprefix("# ") for line in other_way.splitlines()[1:]]
    table = {"accounts": [ACCOUNT], **loaded("\n".join(sends))}
    assert settings_of(table, FILE, HOME).digest.append_to == AppendTo(account="home", folder="INBOX")


def loaded(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def test_importing_the_settings_loads_nothing_heavy() -> None:
    """`--help` stays quick: neither the keyring nor the database library comes along."""
    code = "import sys, cancelproof.settings; print({'keyring', 'sqlalchemy', 'yaml'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
