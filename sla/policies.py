"""Which policy holds for a message: the one that says most about it, in the version of its day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sla.targets import Priority, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a policy is for; None means any."""

    route: Route | None = None
    team_id: int | None = None
    tag: str | None = None
    priority: Priority | None = None
    customer_group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a policy; it holds from its instant on until the next one of the same policy."""

    id: int
    policy_id: int
    scope: Scope
    valid_from: datetime
    position: int = 0
    """The order people gave; it decides between two that say equally much."""
    is_end: bool = False
    """From its instant on the policy holds for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of a message when its clock starts."""

    route: Route
    team_id: int | None = None
    tags: frozenset[str] = frozenset()
    priority: Priority = Priority.NORMAL
    customer_group: str | None = None


_WEIGHTS = (("customer_group", 16), ("tag", 8), ("team_id", 4), ("priority", 2), ("route", 1))
"""Who the customer is says more than how they wrote; any one criterion outweighs all that follow it."""


def choose_version(versions: Iterable[Version], case: Case, *, at: datetime) -> Version | None:
    """Return the version that holds for a message of that instant; None where nothing was promised."""
    fitting = [version for version in _in_force(versions, at) if not version.is_end and _fits(version.scope, case)]
    return min(fitting, key=precedence, default=None)


def precedence(version: Version) -> tuple[int, int, int]:
    """Return what a list is sorted by to show versions in the order in which they are chosen."""
    return -_weight(version.scope), version.position, version.id


def _in_force(versions: Iterable[Version], at: datetime) -> Sequence[Version]:
    newest: dict[int, Version] = {}
    for version in versions:
        before = newest.get(version.policy_id)
        is_newer = before is None or (before.valid_from, before.id) < (version.valid_from, version.id)
        if version.valid_from <= at and is_newer:
            newest[version.policy_id] = version
    return list(newest.values())


def _fits(scope: Scope, case: Case) -> bool:
    return (
        scope.route in {None, case.route}
        and scope.team_id in {None, case.team_id}
        and (scope.tag is None or scope.tag in case.tags)
        and scope.priority in {None, case.priority}
        and scope.customer_group in {None, case.customer_group}
    )


def _weight(scope: Scope) -> int:
    return sum(weight for name, weight in _WEIGHTS if getattr(scope, name) is not None)
