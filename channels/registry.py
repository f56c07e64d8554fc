"""The connectors that are installed, found by the entry point group `faden.connectors`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from channels.contract import Account, Connector, Form, Hooked
from channels.foreign import attempted

GROUP = "faden.connectors"
Maker = Callable[[Account], Connector]


class Unloadable(Exception):
    """A connector that is declared cannot be loaded; the sentence names it and its reason. The start must stop."""


class UnknownKind(Exception):
    """There is no connector for this kind of channel."""


@cache
def connectors() -> Mapping[str, Maker]:
    """Load every declared connector, so that a broken one is noticed at the start and not with the first message."""
    found = {point.name: _loaded(point) for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}
    if not found:
        raise Unloadable("Es ist kein Kanal installiert. Faden muss als Paket installiert sein (make setup).")
    return found


def build(account: Account) -> Connector:
    """Make the connector of an account; raises `UnknownKind`, or `ValueError` naming a wrong setting."""
    maker = connectors().get(account.kind)
    if maker is None:
        raise UnknownKind(
            f"Für die Kanalart „{account.kind}“ ist nichts installiert; es gibt: {', '.join(connectors())}."
        )
    return maker(account)


def form_of(kind: str) -> Form:
    """Return how a kind introduces itself, before there is an account; raises `UnknownKind`."""
    if kind not in connectors():
        raise UnknownKind(f"Für die Kanalart „{kind}“ ist nichts installiert.")
    found = getattr(connectors()[kind], "form", None)
    return found if isinstance(found, Form) else Form(title=kind, address_label="Adresse")


@cache
def is_social(kind: str) -> bool:
    """Say whether a kind is social media; one that is no longer installed is not."""
    return kind in connectors() and form_of(kind).is_social


def is_hooked(kind: str) -> bool:
    """Say whether the platform of a kind calls us, so that it must be told where."""
    maker = connectors().get(kind)
    return isinstance(maker, type) and issubclass(maker, Hooked)


def _loaded(point: EntryPoint) -> Maker:
    def refuse(error: Exception) -> Maker:
        words = f"{type(error).__name__}: {error}"
        raise Unloadable(f"Der Kanal „{point.name}“ ({point.value}) lässt sich nicht laden: {words}") from error

    maker: Maker = attempted(point.load, refuse)
    if not callable(maker):
        raise Unloadable(f"Der Kanal „{point.name}“ ({point.value}) ist nichts, was sich aufrufen lässt.")
    return maker
