"""What the owner has set: one frozen Settings from a TOML file and the environment that is handed in."""

from cancelproof.settings.accounts import on_this_machine
from cancelproof.settings.example import write_example
from cancelproof.settings.folders import cache_folder, rules_folders, templates_folders
from cancelproof.settings.load import default_path, load, own_rules, parsed, settings_of
from cancelproof.settings.passwords import file_password, keep_in_keyring, secret, token
from cancelproof.settings.providers import Provider, provider_of
from cancelproof.settings.values import Account, AppendTo, Digest, Password, Settings, Smtp

__all__ = [
    "Account",
    "AppendTo",
    "Digest",
    "Password",
    "Provider",
    "Settings",
    "Smtp",
    "cache_folder",
    "default_path",
    "file_password",
    "keep_in_keyring",
    "load",
    "on_this_machine",
    "own_rules",
    "parsed",
    "provider_of",
    "rules_folders",
    "secret",
    "settings_of",
    "templates_folders",
    "token",
    "write_example",
]
