"""How the account is: what its token is worth, and whether the app hears what it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from channels.contract import ChannelFault, Check, Health
from channels.http import NotReached
from channels.meta.faults import GraphError
from channels.meta.graph import Graph, asking
from channels.meta.reading import identifier, mappings, words
from channels.meta.token import Token, inspected


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a kind of channel needs: the token's scopes, and the fields the app must have subscribed."""

    scopes: tuple[str, ...]
    fields: tuple[str, ...]


def health(as_app: Graph, wanted: Wanted, *, token: str, now: datetime) -> Health:
    """Ask for the token; a lost permission is as bad as a dead token, for answers fail with both."""
    if not token:
        return Health(is_ok=False, words="Es ist kein Seiten-Token hinterlegt.", code="190")
    try:
        found = inspected(as_app, token)
    except GraphError as error:
        return Health(is_ok=False, words=error.sentence, code=error.key)
    except NotReached as error:
        return Health(is_ok=False, words=error.words)
    code, sentence = _trouble(found, wanted, now)
    return Health(is_ok=not sentence, words=sentence, code=code, token_expires_at=found.expires_at)


def checked(graph: Graph, as_app: Graph, wanted: Wanted, *, page: str, token: str) -> list[Check]:
    """Ask step by step; a step that fails is said, and the others are tried all the same."""
    return [
        _step("Seiten-Token", lambda: _token_words(as_app, wanted, token)),
        _step("Seite", lambda: _page_words(graph, page)),
        _step("Webhook", lambda: _hook_words(graph, wanted, page)),
    ]


def _step(name: str, ask: Callable[[], str]) -> Check:
    try:
        with asking():
            return Check(name=name, is_ok=True, words=ask())
    except ChannelFault as fault:
        return Check(name=name, is_ok=False, words=fault.words)


def _token_words(as_app: Graph, wanted: Wanted, token: str) -> str:
    if not token:
        raise ChannelFault("Es ist kein Seiten-Token hinterlegt.", is_permanent=True, code="190")
    found = inspected(as_app, token)
    code, sentence = _trouble(found, wanted, None)
    if sentence:
        raise ChannelFault(sentence, is_permanent=True, code=code)
    return f"Gültig bis {found.expires_at:%d.%m.%Y}." if found.expires_at else "Gültig, ohne Ablaufdatum."


def _page_words(graph: Graph, page: str) -> str:
    found = graph.get(page or "me", fields="id,name")
    if identifier(found.get("id")) != page:
        words_ = f"Das Token gehört zur Seite {identifier(found.get('id'))}, eingestellt ist {page}."
        raise ChannelFault(words_, is_permanent=True)
    return f"Verbunden mit „{words(found.get('name'), most=100)}“."


def _hook_words(graph: Graph, wanted: Wanted, page: str) -> str:
    apps = mappings(graph.get(f"{page}/subscribed_apps", fields="id,subscribed_fields").get("data"))
    fields = {field for app in apps for field in app.get("subscribed_fields") or [] if isinstance(field, str)}
    missing = [name for name in wanted.fields if name not in fields]
    if missing:
        raise ChannelFault(f"Die App hört nicht alles. Bitte noch abonnieren: {', '.join(missing)}.")
    return "Die App hört alles, was auf der Seite geschieht."


def _trouble(found: Token, wanted: Wanted, now: datetime | None) -> tuple[str, str]:
    """Return code and sentence of what is wrong with a token; both empty if nothing is."""
    if found.error:
        return found.error.key, found.error.sentence
    if now and found.expires_at and found.expires_at <= now:
        return "190", f"Das Seiten-Token ist am {found.expires_at:%d.%m.%Y} abgelaufen. Bitte neu verbinden."
    missing = [name for name in wanted.scopes if found.scopes and name not in found.scopes]
    return ("200", f"Der App fehlen Berechtigungen: {', '.join(missing)}.") if missing else ("", "")
