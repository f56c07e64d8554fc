"""How each of us wants to be told: what always stands in the inbox may also come as a mail or on a sleeping device."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import exists, select

from app.db import db, transaction
from app.models import Agent, PushSubscription, Via

GROUPS: Mapping[str, tuple[str, ...]] = {
    "deadlines": ("warned", "breached", "fired", "clock"),
    "promises": ("promise",),
    "handovers": ("handover", "handed_over"),
    "shop": ("webhook", "tick"),
}
"""What can be chosen, by how the kinds in it begin; a kind of no group is never left out."""
CHOICES = (Via.MAIL, Via.PUSH)
_PLACE = "told"
"""Where the wishes stand among a person's preferences: `{"told": {"mail": ["promises"], ...}}`, the groups left out."""


def group_of(kind: str) -> str:
    """Return the group a kind of notification belongs to; empty where nobody can do without it."""
    return next((name for name, starts in GROUPS.items() if kind.startswith(starts)), "")


def unwanted(agent: Agent) -> dict[Via, frozenset[str]]:
    """Return the groups each way leaves out for this person; by default none."""
    kept = agent.preferences.get(_PLACE)
    found = kept if isinstance(kept, dict) else {}
    return {via: frozenset(map(str, found.get(via.value, ()))) for via in CHOICES}


def ways(agent: Agent, kind: str, via: Collection[Via]) -> list[Via]:
    """Return how this person is told of this kind, when a rung says `via`; the inbox is never left out.

    Who has a device that wants to be told is told there, too, unless they left that out; without one no push is meant.
    """
    wanted, left_out = {Via.INBOX, *via}, unwanted(agent)
    has_device = db.session.scalar(select(exists().where(PushSubscription.agent_id == agent.id)))
    wanted = wanted | {Via.PUSH} if has_device else wanted - {Via.PUSH}
    group = group_of(kind)
    return [each for each in Via if each in wanted and (not group or group not in left_out.get(each, ()))]


def left_out(agent_id: int) -> dict[Via, frozenset[str]]:
    """Return the same for whoever shows their own choice."""
    return unwanted(db.session.get_one(Agent, agent_id))


def choose(agent_id: int, wanted: Mapping[Via, Collection[str]]) -> None:
    """Keep which groups come by which way; a group that is not named is left out."""
    with transaction():
        agent = db.session.get_one(Agent, agent_id)
        left_out = {via.value: [name for name in GROUPS if name not in wanted.get(via, ())] for via in CHOICES}
        agent.preferences = {**agent.preferences, _PLACE: left_out}
