"""Mail providers whose servers nobody should have to look up; ports and TLS as each names them in its own help."""

from __future__ import annotations

_IMPLICIT = {"imap_port": "993", "imap_tls": "tls", "smtp_port": "465", "smtp_tls": "tls"}
_STARTTLS = {"imap_port": "993", "imap_tls": "tls", "smtp_port": "587", "smtp_tls": "starttls"}

_SERVERS = {
    "gmx": ("imap.gmx.net", "mail.gmx.net", _STARTTLS),
    "web.de": ("imap.web.de", "smtp.web.de", _STARTTLS),
    "t-online": ("secureimap.t-online.de", "securesmtp.t-online.de", _IMPLICIT),
    "google": ("imap.gmail.com", "smtp.gmail.com", _STARTTLS),
    "microsoft": ("outlook.office365.com", "smtp.office365.com", _STARTTLS),
    "mailbox.org": ("imap.mailbox.org", "smtp.mailbox.org", _IMPLICIT),
    "posteo": ("posteo.de", "posteo.de", _IMPLICIT),
    "icloud": ("imap.mail.me.com", "smtp.mail.me.com", _STARTTLS),
}
_DOMAINS = {
    "gmx.de": "gmx",
    "gmx.net": "gmx",
    "gmx.at": "gmx",
    "gmx.ch": "gmx",
    "web.de": "web.de",
    "t-online.de": "t-online",
    "magenta.de": "t-online",
    "gmail.com": "google",
    "googlemail.com": "google",
    "outlook.com": "microsoft",
    "outlook.de": "microsoft",
    "hotmail.com": "microsoft",
    "hotmail.de": "microsoft",
    "mailbox.org": "mailbox.org",
    "posteo.de": "posteo",
    "posteo.net": "posteo",
    "icloud.com": "icloud",
    "me.com": "icloud",
}


def provider_of(address: str) -> dict[str, str] | None:
    """Return the settings of the servers behind an address, if its domain says them."""
    known = _DOMAINS.get(address.rpartition("@")[2].lower())
    if known is None:
        return None
    imap_host, smtp_host, ports = _SERVERS[known]
    return {"imap_host": imap_host, "smtp_host": smtp_host, **ports}
