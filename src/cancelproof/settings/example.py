"""The settings file that people start from."""

from __future__ import annotations

_EXAMPLE = """\
# Settings of cancelproof. Keep this file to yourself: chmod 600 settings.toml
# No password is ever written here, only where to get it.

# Your own addresses beyond those of the accounts below (old ones, aliases).
owner = []

# Where the ledger and the evidence are kept; a relative path starts at the folder of this file.
# data = "~/.local/share/cancelproof"

# Your own rules and templates, which lie on top of those that come with the program. A folder `rules` beside this file
# counts without being named.
# rules = "my-rules"
# templates = "templates"

# Names that your mail server writes first in its Authentication-Results headers; found by itself in most mailboxes.
# trusted_authserv = ["mx.example.org"]

# The language of the digest; your machine's own if left out.
# language = "en"

# For an address of a known provider, name and address are enough; `cancelproof init` asks for the rest.
[[accounts]]
name = "home"
# address = "me@gmx.net"
host = "imap.example.org"
user = "me@example.org"
# tls = "imaps"                # imaps, starttls, or none for a server on this machine
# port = 993
# addresses = ["me@example.org", "my.alias@example.org"]
# ca_file = "bridge.pem"       # the certificate of a server that signed its own …
# cert_sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"  # … or its SHA-256, trusted alone
# since = 2020-01-01           # leave out mails that arrived before
# daily_mb = 1500              # fetch no more than this on a day
# connections = 2              # folders read at a time
# folders = ["INBOX", "Junk"]  # all folders with mail if left out, Spam and Trash too
#
# The password, from the first of these that is set; else from $CANCELPROOF_PASSWORD_HOME or the file that
# $CANCELPROOF_PASSWORD_HOME_FILE names; else you are asked on the terminal.
# password_command = ["pass", "show", "mail/home"]
# password_file = "home.password"
# keyring = true

# How `cancelproof digest --send` sends: by SMTP …
[digest]
to = ["me@example.org"]
from = "me@example.org"

[digest.smtp]
host = "smtp.example.org"
user = "me@example.org"
# tls = "smtps"                # smtps, starttls, or none for a server on this machine
# port = 465
# password_command = ["pass", "show", "mail/home"]

# … or, instead of [digest.smtp], straight into a folder of one of your accounts:
# [digest.append_to]
# account = "home"
# folder = "INBOX"
"""


def write_example() -> str:
    """Give a settings file with every setting explained, ready to be changed."""
    return _EXAMPLE
