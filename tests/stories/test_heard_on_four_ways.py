"""A post on X that names us without addressing us, a call, a voicemail, a mail: one person, at last one matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.models import Call, Conversation, Merge, Message, Obligation, Publicity, TicketState
from tests import world as cast
from tests.emulators.sipgate import SipgateEmulator
from tests.emulators.x import XEmulator
from tests.fixtures.databases import Clock
from tests.servers.smtp_sink import SmtpSink
from tests.stories.house import SOCIAL, House, berlin, opened
from tests.stories.seen import rows

NUMBER = "+4915155507007"
POST = "Seit zwei Wochen warte ich auf mein Paket von Nordlicht Versand, und am Telefon geht niemand ran."
MAIL = (
    "Guten Tag, ich habe heute früh schon bei Ihnen angerufen und auf die Mailbox gesprochen: Wo bleibt mein Paket, "
    "auf das ich seit zwei Wochen warte? Auf X habe ich auch gefragt, dort bin ich @tom_arndt. "
    "Sie erreichen mich unter 0151 55507007.\n\nTom Arndt"
)


@dataclass
class Story:
    house: House
    x: XEmulator
    line: SipgateEmulator
    post: int = 0
    call: int = 0
    mail: int = 0


@pytest.fixture
def story(app: Flask, clock: Clock, sink: SmtpSink) -> Iterator[Story]:
    """Tuesday 24 November 2026, from nine o'clock on."""
    with opened(app, clock, sink, written="2026-11-24 08:50") as house:
        yield Story(house, house.connects_x("Nordlicht Versand"), house.connects_phone())


def heard(story: Story) -> None:
    """Let him post, ring twice and write, and nobody answer."""
    house = story.house
    house.turns("2026-11-24 08:55")
    post_id = story.x.posts("tom_arndt", POST)
    house.works()
    assert house.ticket_of(post_id) == 0, "nobody tells us of a post that does not mention us"
    house.fetches("x")
    story.post = house.ticket_of(post_id)
    house.turns("2026-11-24 09:10")
    missed = story.line.misses(NUMBER)
    house.works()
    house.turns("2026-11-24 09:30")
    spoken = story.line.rings(NUMBER)
    story.line.takes_mailbox(spoken)
    story.line.hangs_up(spoken)
    house.works()
    (story.call,) = {ticket_of_call(call.id) for call in (missed, spoken)}
    house.turns("2026-11-24 09:50")
    story.mail = house.hears("Tom Arndt <tom.arndt@web.example>", "Wo bleibt mein Paket?", MAIL)


def ticket_of_call(root_id: str) -> int:
    db.session.rollback()
    lying = select(Conversation.ticket_id).join(Message, Message.conversation_id == Conversation.id)
    of_call = lying.join(Call, Call.message_id == Message.id).where(Call.root_id == root_id)
    return db.session.scalars(of_call).one()


def test_what_was_heard_on_four_ways_becomes_one_matter_step_by_step(story: Story) -> None:
    house = story.house
    heard(story)
    assert len({story.post, story.call, story.mail}) == 3, "one number is one matter; more than that nobody has proven"
    assert cast.ticket(story.post).publicity is Publicity.OVERHEARD
    assert rows(Merge) == []

    # He names the number that rang: suggested, not joined, and Ada says yes to both, the matter and the person.
    seen = house.ada.reads(f"/tickets/{story.mail}")
    assert f"#{story.call} ansehen" in seen.partition('class="debt"')[2]
    owed = rows(Obligation)
    house.ada.does(f"/tickets/{story.mail}/join", into=story.call, sure=1)
    writer, caller = (cast.ticket(number).customer_id for number in (story.mail, story.call))
    why: dict[str, Any] = {"reason": "Er nennt die Nummer, die angerufen hat"}
    house.ada.does(f"/customers/{writer}/merge", other=caller, **why)
    (merge,) = rows(Merge)
    assert (merge["proof"], merge["by_id"]) == ("colleague", house.ada.id)

    brought_together(story)
    assert rows(Obligation) == owed, "not one clock has moved"
    settled_by_one_talk(story)
    house.proves()


def brought_together(story: Story) -> None:
    """Of the post Ada knows only what he wrote."""
    house = story.house
    # She asks the social team to take part, and Ben knows which one it is.
    assert not house.ada.sees(f"/tickets/{story.post}")
    assert not house.ben.sees(f"/tickets/{story.call}")
    house.ada.does(f"/tickets/{story.call}/teams", team=house.team_id(SOCIAL))
    house.ben.does(f"/tickets/{story.post}/join", into=story.call, sure=1)
    for number in (story.post, story.call, story.mail):
        assert f'data-ticket="{story.call}"' in house.ada.reads(f"/tickets/{number}")
        assert f'data-ticket="{story.call}"' in house.ben.reads(f"/tickets/{number}")
    ticket = cast.ticket(story.call)
    assert (ticket.oldest_unanswered_at, ticket.channel_count) == (berlin("2026-11-24 08:55"), 3)
    assert ticket.due_at == min(row["due_at"] for row in rows(Obligation))


def settled_by_one_talk(story: Story) -> None:
    """10:05: Ada rings him up; that settles what he has asked on four ways, and nothing is said in public."""
    house = story.house
    house.turns("2026-11-24 10:05")
    form: dict[str, Any] = {"number": NUMBER, "direction": "out", "outcome": "reached", "text": "Kommt morgen."}
    house.ada.does(f"/tickets/{story.call}/calls", **form)
    house.works()
    assert {(row.route, row.verdict) for row in cast.obligations(story.call)} == {
        ("public", "breached"),
        ("phone", "met"),
        ("email", "met"),
    }
    ticket = cast.ticket(story.call)
    assert (ticket.state, ticket.due_at, ticket.oldest_unanswered_at) == (TicketState.WAITING, None, None)
    assert story.x.asked("/2/tweets") == []
