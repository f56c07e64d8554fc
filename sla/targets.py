"""What we aim for: how soon which kind of message is answered on which route."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """Which answer a message makes us owe: the first one of the matter, or one more."""

    FIRST = "first"
    NEXT = "next"


class Route(StrEnum):
    """How a message reached us, as policies tell apart; several kinds of channel share one."""

    EMAIL = "email"
    MESSENGER = "messenger"
    PUBLIC = "public"
    PHONE = "phone"


class Priority(StrEnum):
    """How much a matter is pressing; each has targets of its own."""

    NORMAL = "normal"
    URGENT = "urgent"


_WRITTEN_KINDS = frozenset({"email", "form"})


@dataclass(frozen=True, slots=True)
class Target:
    """One line of a policy: answer within so much business time of the named calendar."""

    route: Route
    kind: Kind
    within: timedelta
    calendar_name: str
    priority: Priority = Priority.NORMAL


def route_of(channel_kind: str, *, is_public: bool = False) -> Route:
    """Map a kind of channel to its route; every private message that is neither mail nor call is `messenger`."""
    if is_public:
        return Route.PUBLIC
    if channel_kind in _WRITTEN_KINDS:
        return Route.EMAIL
    return Route.PHONE if channel_kind == "phone" else Route.MESSENGER


def choose(targets: Iterable[Target], *, route: Route, kind: Kind, priority: Priority) -> Target | None:
    """Pick the target of a message, the normal one where its priority has none; None means that no clock runs."""
    fitting = {target.priority: target for target in targets if target.route == route and target.kind == kind}
    return fitting.get(priority) or fitting.get(Priority.NORMAL)


def minutes_of(targets: Mapping[str, Mapping[str, int]], kind: Kind) -> Mapping[str, int]:
    """Return the minutes of a policy by priority; one that names none for further answers has those of the first."""
    return targets.get(kind.value) or targets[Kind.FIRST.value]
