"""A call reckoned from what is known of its legs: whatever the order in which it was heard, the same comes out.

Telephone systems call us in parallel and never again, so a hang-up may be read before the ring it ends. Therefore
nothing is remembered but the facts, one a leg and step, and the state of the call is a function of them alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from channels.heard import CallEvent, CallStep

Fact = dict[str, Any]
"""One step as JSON: `at`, and of `agents`, `voicemail`, `outgoing`, `cause`, `entry` those that say something."""
Legs = dict[str, dict[str, Fact]]
"""Facts by leg id, then by step."""

UNANSWERED = frozenset({"busy", "cancel", "noAnswer", "notFound", "congestion", "missed"})
"""Causes after which nobody has talked, unless an answer came before them."""
FORWARDED = "forwarded"
MOST_LEGS = 60


class Phase(StrEnum):
    """Where a call stands; the words are those of the row."""

    RINGING = "ringing"
    TALKING = "talking"
    MISSED = "missed"
    VOICEMAIL = "voicemail"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What follows from the facts."""

    phase: Phase
    is_known: bool
    """False while nobody has told us of a ring: what is here can only be the end of something."""
    is_outgoing: bool
    rang_at: datetime
    answered_at: datetime | None
    """When a person answered, not the mailbox."""
    ended_at: datetime | None
    agents: tuple[str, ...]
    """Everybody it rang at or who talked, by the names and ids the platform gives them."""
    speakers: tuple[str, ...]
    """The names and ids of whoever talked last."""

    @property
    def is_over(self) -> bool:
        return self.phase in {Phase.MISSED, Phase.VOICEMAIL, Phase.ENDED}


def told(event: CallEvent) -> Fact:
    """Return what an event says as JSON, without what it does not say."""
    ids = event.details.get("user_ids")
    known: Fact = {
        "agents": [*event.agents, *(ids if isinstance(ids, list) else ())],
        "voicemail": event.is_voicemail,
        "outgoing": event.is_outgoing,
        "cause": event.cause,
        "entry": event.root_id if event.details.get("history") else "",
    }
    return {"at": _written(event.sent_at), **{name: word for name, word in known.items() if word}}


def merged(legs: Legs, leg_id: str, step: CallStep, fact: Fact) -> Legs:
    """Return the legs with one more fact; of two about the same step the earlier one stands."""
    if step is CallStep.KEY or (leg_id not in legs and len(legs) >= MOST_LEGS):
        return legs
    leg = legs.get(leg_id, {})
    known = leg.get(step.value)
    kept = fact if known is None else min(known, fact, key=_order)
    return {**legs, leg_id: {**leg, step.value: kept}}


def joined(legs: Legs, others: Legs) -> Legs:
    """Return the legs of two calls that turn out to be one."""
    for leg_id, leg in others.items():
        for step, fact in leg.items():
            legs = merged(legs, leg_id, CallStep(step), fact)
    return legs


def entry_of(legs: Legs) -> str:
    """Return the id of the history's entry that has told of this call; empty while none has."""
    facts = (fact for leg in legs.values() for fact in leg.values())
    return next((str(fact["entry"]) for fact in facts if "entry" in fact), "")


def told_again(legs: Legs, entry_id: str) -> Legs:
    """Return the legs of a call that an entry of the history tells of, so that no other entry is taken for it."""
    if entry_of(legs):
        return legs
    leg_id, step = next((leg_id, step) for leg_id, leg in legs.items() for step in leg)
    return {**legs, leg_id: {**legs[leg_id], step: {**legs[leg_id][step], "entry": entry_id}}}


def given_up(legs: Legs, at: datetime) -> Legs:
    """Return the legs as over: what rang was missed, who was talked to has hung up; nobody told us so."""
    fact: Fact = {"at": _written(at), "cause": "missed"}
    for leg_id, leg in legs.items():
        if "hangup" not in leg:
            legs = merged(legs, leg_id, CallStep.HANGUP, {"at": _written(at)} if "answer" in leg else fact)
    return merged(legs, "unheard", CallStep.HANGUP, fact) if standing(legs).phase is Phase.RINGING else legs


def standing(legs: Legs) -> Standing:
    """Reckon where a call stands; `legs` has at least one fact."""
    rings = sorted((leg["ring"] for leg in legs.values() if "ring" in leg), key=_order)
    facts = [fact for leg in legs.values() for fact in leg.values()]
    talks = sorted((leg["answer"] for leg in legs.values() if _has_talked(leg)), key=_order)
    phase = _phase(legs)
    is_over = phase not in {Phase.RINGING, Phase.TALKING} and all("hangup" in leg for leg in legs.values())
    ends = [leg["hangup"]["at"] for leg in legs.values() if "hangup" in leg]
    agents = dict.fromkeys(agent for fact in sorted(facts, key=_order) for agent in fact.get("agents", ()))
    return Standing(
        phase=phase,
        is_known=bool(rings),
        is_outgoing=bool((rings or facts)[0].get("outgoing")),
        rang_at=_read(min(fact["at"] for fact in rings or facts)),
        answered_at=_read(talks[0]["at"]) if talks else None,
        ended_at=_read(max(ends)) if is_over and ends else None,
        agents=tuple(agents),
        speakers=tuple(talks[-1].get("agents", ())) if talks else (),
    )


def _phase(legs: Legs) -> Phase:
    every = list(legs.values())
    if any(_has_talked(leg) and "hangup" not in leg for leg in every):
        return Phase.TALKING
    has_talked = any(_has_talked(leg) for leg in every)
    is_ringing = any("ring" in leg and "answer" not in leg and "hangup" not in leg for leg in every)
    is_passed_on = all(leg.get("hangup", {}).get("cause") == FORWARDED for leg in every)
    if is_ringing or (is_passed_on and not has_talked):
        return Phase.RINGING
    if has_talked:
        return Phase.ENDED
    return Phase.VOICEMAIL if any(_is_in_mailbox(leg) for leg in every) else Phase.MISSED


def _has_talked(leg: Mapping[str, Fact]) -> bool:
    return _was_answered(leg) and not leg["answer"].get("voicemail")


def _is_in_mailbox(leg: Mapping[str, Fact]) -> bool:
    return _was_answered(leg) and bool(leg["answer"].get("voicemail"))


def _was_answered(leg: Mapping[str, Fact]) -> bool:
    """Say whether anybody took the call; an answer that is told after the caller gave up comes too late."""
    if "answer" not in leg:
        return False
    end = leg.get("hangup")
    return end is None or end.get("cause") not in UNANSWERED or bool(leg["answer"]["at"] < end["at"])


def _order(fact: Fact) -> tuple[str, str]:
    return fact["at"], json.dumps(fact, sort_keys=True)


def _written(at: datetime) -> str:
    """Write an instant so that the order of the texts is the order of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)
