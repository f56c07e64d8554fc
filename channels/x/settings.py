"""The settings of an account on X."""

from __future__ import annotations

from dataclasses import dataclass

from channels.contract import Account
from channels.settings import base, lines, number, text
from channels.xapi.client import DEFAULT_BASE

MOST_QUERY = 512


@dataclass(frozen=True, slots=True)
class XSettings:
    own_id: str
    username: str
    poll_seconds: int
    queries: tuple[tuple[str, str], ...]
    """Each search term with its query; hashtags work only without quotation marks."""

    @classmethod
    def of(cls, account: Account) -> XSettings:
        """Read the settings; raises `ValueError` naming a wrong one."""
        username = text(account.settings, "username", pattern=r"@?\w{1,30}").lstrip("@")
        own = f" -from:{username or account.address}" if username or account.address else ""
        queries = []
        for term in lines(account.settings, "terms", most=25):
            bare = term.replace('"', " ").strip()
            query = (bare if bare.startswith("#") and " " not in bare else f'"{bare}"') + " -is:retweet" + own
            if not bare or len(query) > MOST_QUERY:
                raise ValueError(f"Einstellung terms: „{term[:40]}“ ist leer oder länger, als X erlaubt.")
            queries.append((term, query))
        base(account.settings, DEFAULT_BASE)  # a wrong one is told at once, the client is made later
        seconds = number(account.settings, "poll_seconds", 60, least=5, most=3600)
        return cls(account.address, username, seconds, tuple(queries))
