"""What the owner has set: one frozen Settings from a TOML file and the environment that is handed in."""

from cancelproof.settings.example import write_example
from cancelproof.settings.folders import cache_folder, rules_folders, templates_folders
from cancelproof.settings.load import default_path, load
from cancelproof.settings.passwords import secret
from cancelproof.settings.values import Account, AppendTo, Digest, Password, Settings, Smtp

__all__ = [
    "Account",
    "AppendTo",
    "Digest",
    "Password",
    "Settings",
    "Smtp",
    "cache_folder",
    "default_path",
    "load",
    "rules_folders",
    "secret",
    "templates_folders",
    "write_example",
]
