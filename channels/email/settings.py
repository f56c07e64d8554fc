"""The settings of an e-mail account, checked once: a wrong value is named in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from channels.contract import Account

TLS = ("tls", "starttls", "none")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\x00-\x1f]{1,64}@[^\s@<>,;:\"()\x00-\x1f]{1,255}")
_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]{0,253}")
_LIMITS = {
    "imap_port": (1, 65_535),
    "smtp_port": (1, 65_535),
    "import_since_days": (0, 3_650),
    "poll_seconds": (1, 3_600),
    "max_bytes": (10_000, 200_000_000),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """What an e-mail account can be told; `imap_password` and `smtp_password` are secrets and not in here.

    Without `imap_host` the account hears only through the SMTP/LMTP listener, without `smtp_host` it cannot speak.
    """

    address: str
    """The address customers write to and answers come from. Its mailbox must accept plus addresses (name+x@...)."""
    from_name: str = ""
    """The name beside the address, e.g. "Muster-Shop"."""
    imap_host: str = ""
    imap_port: int = 993
    imap_tls: str = "tls"
    """tls (port 993), starttls (port 143) or none."""
    imap_user: str = ""
    """Empty: the address."""
    folder: str = "INBOX"
    import_since_days: int = 14
    """How many days before the newest mail the first connection looks; 0 takes the newest mail's day."""
    poll_seconds: int = 60
    """How often a server without IDLE is asked."""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: str = "starttls"
    smtp_user: str = ""
    """Empty: no log-in, as with a relay on the own machine."""
    ca_file: str = ""
    """Certificates to trust beside the system's, for a mail server of one's own."""
    receipt: bool = True
    """Whether a new ticket is confirmed with one automatic mail."""
    trusted_server: str = ""
    """Whose Authentication-Results are believed, as the server calls itself there; empty: no sender is vouched for."""
    max_bytes: int = 50_000_000
    """Of larger mails only the headers are fetched, with a note."""

    @classmethod
    def of(cls, account: Account) -> Self:
        """Read the settings of an account; raises `ValueError` with one line that names the setting."""
        given = {"address": account.address, **{k: v for k, v in account.settings.items() if v is not None}}
        known = {each.name: each for each in fields(cls)}
        values = {name: _typed(name, str(known[name].type), value) for name, value in given.items() if name in known}
        found = cls(**values)  # type: ignore[arg-type]
        found._check()
        return found

    @staticmethod
    def unknown(settings: Mapping[str, object]) -> list[str]:
        """Return the names that mean nothing to an e-mail account, for a warning about a slip of the pen."""
        return sorted(set(settings) - {each.name for each in fields(EmailSettings)})

    def _check(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise ValueError(f"Einstellung address: „{self.address}“ ist keine E-Mail-Adresse.")
        if not self.address.isascii():
            raise ValueError(
                f"Einstellung address: „{self.address}“ hat Umlaute; die Domain bitte als xn--... schreiben."
            )
        for name in ("imap_tls", "smtp_tls"):
            if getattr(self, name) not in TLS:
                raise ValueError(f"Einstellung {name}: „{getattr(self, name)}“ gibt es nicht, nur {', '.join(TLS)}.")
        for name in ("imap_host", "smtp_host"):
            if not _HOST.fullmatch(getattr(self, name)):
                raise ValueError(f"Einstellung {name}: „{getattr(self, name)}“ ist kein Name eines Servers.")
        for name, (least, most) in _LIMITS.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"Einstellung {name}: {getattr(self, name)} geht nicht, nur {least} bis {most}.")
        if self.ca_file and not Path(self.ca_file).is_file():
            raise ValueError(f"Einstellung ca_file: die Datei {self.ca_file} gibt es nicht.")


def _typed(name: str, type_name: str, value: object) -> object:
    if type_name == "bool" and isinstance(value, bool):
        return value
    if type_name == "int" and not isinstance(value, bool):
        if isinstance(value, int):
            return value
        if isinstance(value, str) and re.fullmatch(r"\d{1,12}", value.strip()):
            return int(value)
    if type_name == "str" and isinstance(value, str):
        if any(ord(letter) < ord(" ") for letter in value):
            raise ValueError(f"Einstellung {name}: Steuerzeichen und Zeilenumbrüche gehen nicht.")
        return value.strip()
    wanted = {"bool": "true oder false", "int": "eine ganze Zahl", "str": "ein Text"}[type_name]
    raise ValueError(f"Einstellung {name}: {value!r} ist falsch, erwartet wird {wanted}.")
