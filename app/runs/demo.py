"""The sample shop: loaded through the same intake and the same verbs as everything real, in the order of its past."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from sqlalchemy import select, update

from app import signin
from app.access import Person
from app.db import db, transaction
from app.desk import (
    clock_rungs,
    delivery,
    errands,
    escalation,
    fetched,
    joining,
    merging,
    orders,
    promise_rungs,
    promises,
    replies,
    setup,
)
from app.desk.comparing import customer_of
from app.desk.declared import read
from app.errors import Refused
from app.models import (
    Agent,
    Call,
    Channel,
    Conversation,
    Errand,
    ErrandKind,
    ErrandState,
    Identity,
    Message,
    Notification,
    NotificationState,
    Obligation,
    Promise,
    TicketClock,
)
from app.runs import comparing, demo_mail, demo_raw, demo_teamwork, demo_times, intake
from channels.contract import Raw, Sent
from routing.identity import Proof

CONTENT = Path(__file__).with_name("nordlicht.yml")
FURTHER = Path(__file__).with_name("nordlicht-platforms.yml")
"""The channels beside mail, and what was heard on them."""
ACCEPTED_WITHIN = timedelta(seconds=20)
"""How long our answers of the past took to be accepted."""


class Place(NamedTuple):
    """A channel of the sample shop."""

    id: int
    kind: str
    address: str
    settings: Mapping[str, Any]


@dataclass(slots=True)
class _Matter:
    """What happened to one matter so far; the customer is a mailbox, or an account on a platform."""

    customer: Any
    subject: str
    where: str
    ticket_id: int = 0
    conversation_id: int = 0
    newest_id: str = ""
    """The Message-ID of the last message, by which the next one finds its thread."""
    ours_id: str = ""


@dataclass(slots=True, kw_only=True)
class _Telling:
    """One run through the past of the shop."""

    places: Mapping[str, Place]
    """By kind."""
    people: Mapping[str, Person]
    matters: dict[str, _Matter] = field(default_factory=dict)


def load(
    *, at: datetime, smtp_host: str = "", smtp_port: int = 0, has_platforms: bool = False
) -> list[tuple[str, str]]:
    """Load the sample shop and return its log-ins as (address, password); raises `Refused` if it is there already.

    Nobody gets a mail about what lies in the past. With `smtp_host` the shop's answers go there. `has_platforms` adds
    the channels whose other side is emulated; they rest until somebody says where that is.
    """
    if db.session.scalar(select(Channel.id).where(Channel.is_demo.is_(True)).limit(1)):
        raise Refused("Die Demo ist schon geladen. „faden demo clear“ entfernt sie wieder.")
    content = _content(has_platforms=has_platforms)
    declared = read(content["shop"])
    setup.apply(declared, at=at, is_demo=True)
    log_ins = [(entry.email, secrets.token_urlsafe(9)) for entry in declared.people]
    for email, password in log_ins:
        signin.set_password(_agent_id(email), password)
    for order in content.get("orders", ()):
        orders.put(**order, is_demo=True)
    _tell(content["matters"], at=at)
    comparing.compare_new(at=at)
    _open_for_business(smtp_host, smtp_port)
    return log_ins


def _content(*, has_platforms: bool) -> Any:
    """Return what the shop is made of; without platforms only what came by mail."""
    content = yaml.safe_load(CONTENT.read_text(encoding="utf-8"))
    if has_platforms:
        further = yaml.safe_load(FURTHER.read_text(encoding="utf-8"))
        content["shop"]["channels"] += [{**each, "secrets": {}} for each in further["channels"]]
        content["shop"]["people"] += further["people"]
        content["matters"] += further["matters"]
        content["orders"] = further["orders"]
    return content


def _agent_id(email: str) -> int:
    return db.session.scalars(select(Agent.id).where(Agent.email == email)).one()


def _tell(matters: list[dict[str, Any]], *, at: datetime) -> None:
    """Let everything happen in the order of time, the rungs of the ladder in between."""
    channels = db.session.scalars(select(Channel).where(Channel.is_demo.is_(True)))
    places = {row.kind: Place(row.id, row.kind, row.address, dict(row.settings)) for row in channels}
    hours, zone = demo_times.hours()
    telling = _Telling(places=places, people={person.email: person for person in _people()})
    past = [
        (demo_times.happens_at(hours, zone, at, step), matter.get("key", str(number)), matter, step)
        for number, matter in enumerate(matters)
        for step in matter["steps"]
    ]
    for happens_at, key, matter, step in sorted(past, key=lambda each: each[0]):
        _climb(at=happens_at)
        current = telling.matters.setdefault(key, _matter(matter))
        _act(step)(telling, current, step, happens_at)
    _climb(at=at)
    _forget_old_notices(at=at)


def _matter(matter: Mapping[str, Any]) -> _Matter:
    return _Matter(matter["customer"], matter.get("subject", ""), matter.get("where", "email"))


def _people() -> list[Person]:
    ids = db.session.scalars(select(Agent.id).where(Agent.is_demo.is_(True))).all()
    return [person for id_ in ids if (person := signin.person_by_id(id_))]


def _climb(*, at: datetime) -> None:
    """Fire every rung that was due by then, at its own time."""
    for ladder, row in ((escalation, Obligation), (promise_rungs, Promise), (clock_rungs, TicketClock)):
        while due := ladder.due(at=at):
            for id_ in due:
                rung_at = db.session.scalar(select(row.rung_at).where(row.id == id_))
                ladder.fire(id_, at=rung_at or at)


def _forget_old_notices(*, at: datetime) -> None:
    """Mark the mails to leads about the past as sent: on the first day nobody wants to read last week's."""
    with transaction():
        db.session.execute(
            update(Notification)
            .where(
                Notification.agent_id.in_(select(Agent.id).where(Agent.is_demo.is_(True))),
                Notification.state.in_([NotificationState.QUEUED, NotificationState.WAITING]),
            )
            .values(state=NotificationState.SENT, sent_at=at)
        )


Act = Callable[[_Telling, _Matter, Mapping[str, Any], datetime], None]


def _act(step: Mapping[str, Any]) -> Act:
    acts: dict[str, Act] = {
        "says": _says,
        "calls": _calls,
        "replies": _replies,
        "joins": _joins,
        "merges": _merges,
        "bounces": _bounces,
        **dict.fromkeys(demo_teamwork.ACTS, _works),
    }
    return next(act for word, act in acts.items() if word in step)


def _new_id(address: str) -> str:
    return f"{uuid.uuid4().hex}@{address.rpartition('@')[2]}"


def _says(telling: _Telling, matter: _Matter, step: Mapping[str, Any], at: datetime) -> None:
    if matter.where != "email":
        place = telling.places[demo_raw.KINDS[matter.where]]
        _file(matter, place, demo_raw.said(place, matter.where, matter.customer, step, at=at), at=at)
        _introduce(place, matter.customer, at=at)
        return
    place = telling.places["email"]
    id_ = _new_id(parseaddr(matter.customer)[1])
    subject = f"Re: {matter.subject}" if matter.newest_id else matter.subject
    raw = demo_mail.from_customer(
        matter.customer, place.address, subject, step, id_=id_, replies_to=matter.newest_id, at=at
    )
    _file(matter, place, raw, at=at)
    matter.newest_id = id_


def _introduce(place: Place, customer: Mapping[str, Any], *, at: datetime) -> None:
    """Tell the name of whoever wrote where the platform would have been asked for it, and so for nobody else."""
    asked = select(Errand.id).join(Identity, Identity.id == Errand.subject_id)
    of_them = (Errand.channel_id == place.id, Errand.kind == ErrandKind.PROFILE, Identity.value == customer["id"])
    for errand_id in list(db.session.scalars(asked.where(*of_them, Errand.state == ErrandState.QUEUED))):
        task = errands.claim(errand_id, at=at)
        if task and task.handle:
            fetched.named(task, replace(task.handle, name=customer["name"]), at=at)


def _file(matter: _Matter, place: Place, raw: bytes, *, at: datetime) -> None:
    understood = next(intake.take_in_and_file(place.id, [Raw(content=raw, source="Demo")], at=at))
    if understood.filed is None:
        raise Refused(f"Die Demo-Nachricht „{matter.subject}“ ließ sich nicht ablegen: {understood.reason}")
    matter.ticket_id = understood.filed.ticket_id
    matter.conversation_id = db.session.scalars(
        select(Message.conversation_id).where(Message.id == understood.filed.message_id)
    ).one()


def _calls(telling: _Telling, matter: _Matter, step: Mapping[str, Any], at: datetime) -> None:
    place, id_ = telling.places["phone"], uuid.uuid4().hex
    user = telling.people[step["by"]].name if "by" in step else ""
    for seconds, raw in demo_raw.call(place.address, matter.customer, step["calls"], id_=id_, user=user):
        moment = at + timedelta(seconds=seconds)
        understood = next(intake.take_in_and_file(place.id, [Raw(content=raw, source="Demo")], at=moment))
        if understood.reason:
            raise Refused(f"Der Demo-Anruf ließ sich nicht ablegen: {understood.reason}")
    matter.conversation_id, matter.ticket_id = db.session.execute(
        select(Conversation.id, Conversation.ticket_id)
        .join(Call, Call.conversation_id == Conversation.id)
        .where(Call.channel_id == place.id, Call.root_id == id_)
    ).one()


def _replies(telling: _Telling, matter: _Matter, step: Mapping[str, Any], at: datetime) -> None:
    person = telling.people[step["by"]]
    text, given = demo_mail.flowing(step["replies"]), step.get("promises")
    promise = promises.Given(due_at=at + timedelta(minutes=given["within"]), text=given["words"]) if given else None
    message_id = replies.reply(matter.conversation_id, text=text, promise=promise, by=person, at=at)
    accepted_at = at + ACCEPTED_WITHIN
    parcel = delivery.claim(message_id, at=accepted_at)
    if parcel:
        theirs = demo_raw.accepted_as(matter.where, at) if matter.where != "email" else parcel.outgoing.external_id
        delivery.settle(message_id, Sent(external_id=theirs), at=accepted_at)
    matter.newest_id = matter.ours_id = db.session.scalars(
        select(Message.external_id).where(Message.id == message_id)
    ).one()


def _works(telling: _Telling, matter: _Matter, step: Mapping[str, Any], at: datetime) -> None:
    act = demo_teamwork.Act(
        matter.ticket_id, matter.conversation_id, step, telling.people[step["by"]], telling.people, at
    )
    next(work for word, work in demo_teamwork.ACTS.items() if word in step)(act)


def _joins(telling: _Telling, matter: _Matter, step: Mapping[str, Any], at: datetime) -> None:
    into = telling.matters[step["joins"]].ticket_id
    joining.join(matter.ticket_id, into=into, by=telling.people[step["by"]], at=at)
    matter.ticket_id = into


def _merges(telling: _Telling, matter: _Matter, step: Mapping[str, Any], at: datetime) -> None:
    kept, absorbed = (customer_of(found.ticket_id) for found in (telling.matters[step["merges"]], matter))
    evidence = {"reason": step["because"]}
    merging.merge(kept, absorbed, proof=Proof.COLLEAGUE, evidence=evidence, by=telling.people[step["by"]], at=at)


def _bounces(telling: _Telling, matter: _Matter, step: Mapping[str, Any], at: datetime) -> None:
    recipient = parseaddr(matter.customer)[1]
    id_ = _new_id(recipient)
    raw = demo_mail.bounce(
        step["bounces"], ours=matter.ours_id, recipient=recipient, to=telling.places["email"].address, id_=id_, at=at
    )
    ticket_id = matter.ticket_id
    _file(matter, telling.places["email"], raw, at=at)
    if matter.ticket_id != ticket_id:
        raise Refused("Die Rückläufer-Mail der Demo hat ihr Anliegen nicht gefunden.")


def _open_for_business(smtp_host: str, smtp_port: int) -> None:
    """From now on the demo's customers get receipts, and answers if there is a way to send them."""
    way = {"smtp_host": smtp_host, "smtp_port": smtp_port, "smtp_tls": "none"} if smtp_host else {}
    with transaction():
        for channel in db.session.scalars(select(Channel).where(Channel.is_demo.is_(True))):
            if channel.kind == "email":
                channel.settings = {**channel.settings, "receipt": True, **way}
            else:
                channel.is_paused = True
