"""Whether a mail's own domain vouches for its sender, as the shop's mail server found out (RFC 8601).

Anybody can write such a header; only the topmost one of the server the shop names is believed, for that server removes
what comes in under its own name (section 5 of the RFC).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from channels.email.headers import unfolded

_LONGEST = 8_000
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(
    r"^\s*(?P<method>[a-z-]+)(?:/\d+)?\s*=\s*(?P<result>[a-z]+)\b(?P<rest>.*)$", re.IGNORECASE | re.DOTALL
)
_PROPERTY = re.compile(r"(?P<name>[a-z-]+\.[a-z-]+)\s*=\s*\"?(?P<value>[^\s\";]+)", re.IGNORECASE)
_DOMAINS = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}
"""Where each method says which domain it is about."""
_FEWEST_LABELS = 2


def is_vouched_for(results: Iterable[str], *, sender: str, server: str) -> bool:
    """Say whether DMARC passed, or SPF or DKIM for the sender's own domain; `server` empty believes nobody."""
    domain = sender.rpartition("@")[2].lower()
    if not server or not domain:
        return False
    found = next((each for each in map(_plain, results) if _named(each) == server.lower()), "")
    return any(_is_aligned(domain, other) for other in _passed(found))


def _plain(value: str) -> str:
    words = unfolded(value)[:_LONGEST]
    while (without := _COMMENT.sub(" ", words)) != words:
        words = without
    return words


def _named(result: str) -> str:
    """Return the server that wrote it, without its version."""
    return (result.partition(";")[0].split() or [""])[0].lower()


def _passed(result: str) -> Iterator[str]:
    """Yield the domains that passed."""
    for piece in result.split(";")[1:]:
        match = _RESULT.match(piece)
        if match is None or match["result"].lower() != "pass":
            continue
        wanted = _DOMAINS.get(match["method"].lower(), ())
        for each in _PROPERTY.finditer(match["rest"]):
            if each["name"].lower() in wanted:
                yield each["value"].rpartition("@")[2].lower()


def _is_aligned(domain: str, other: str) -> bool:
    """Say whether both belong together: the same domain, or one below the other (relaxed alignment)."""
    if min(domain.count("."), other.count(".")) + 1 < _FEWEST_LABELS:
        return False
    return domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")
