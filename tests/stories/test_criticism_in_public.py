"""Below a post of ours somebody complains that her mail goes unanswered: answered in public, settled in private."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.desk import orders
from app.models import Obligation, Promise, PromiseState, TicketState
from tests import world as cast
from tests.emulators.graph import GraphEmulator
from tests.fixtures.databases import Clock
from tests.servers.smtp_sink import SmtpSink
from tests.stories.house import House, berlin, opened
from tests.stories.seen import fired, rows

NORA = "Nora Feld <nora.feld@web.example>"
AUTHOR = "7100000000000031"
MAIL = (
    "Die Teekanne aus Bestellung 300-5521 kam mit einem langen Sprung im Deckel an. Bitte senden Sie Ersatz. Nora Feld"
)
CRITICISM = "Ich habe Ihnen gestern eine E-Mail geschrieben. Keine Antwort, seit über einem Tag. Schade."
PROPOSED = "Guten Tag Frau Feld, das tut uns leid. Wir schreiben Ihnen privat und melden uns bis 15:00 Uhr."
LEAKS = (
    "Der Ersatz für Bestellung 300-5521 ist unterwegs.",
    "Wir haben Ihnen gerade an nora.feld@web.example geschrieben.",
    "Die Lieferung geht an die Lindenallee 12, 24103 Kiel.",
)
HELD: dict[str, Any] = {"class": "holding", "promise": berlin("2026-11-25 15:00").isoformat()}
DETAILS = "Ja, Bestellnummer 300-5521, Postleitzahl 24103 Kiel."


@dataclass
class Story:
    house: House
    page: GraphEmulator
    owed: int = 0
    public: int = 0
    comment: str = ""

    def answers(self, text: str, *, status: int = 303, is_public: bool = True, **more: Any) -> str:
        """Let Ben answer the comment, in public or in private."""
        way = self.house.conversation(self.public, "messenger", is_public=True)
        form = {"conversation": way, "public": "1" if is_public else "", "text": text, **more}
        told = self.house.ben.does(f"/tickets/{self.public}/replies", status=status, **form)
        self.house.works()
        return told


@pytest.fixture
def story(app: Flask, clock: Clock, sink: SmtpSink) -> Iterator[Story]:
    """Tuesday 24 November 2026, ten o'clock: her mail; Wednesday, 11:20: her comment."""
    with opened(app, clock, sink, written="2026-11-24 10:00") as house:
        orders.put("300-5521", email="nora.feld@web.example", name="Nora Feld", postcode="24103", amount_cents=3_450)
        story = Story(house, house.connects_page())
        story.owed = house.hears(NORA, "Sprung in der Kanne", MAIL)
        house.passes(until="2026-11-25 11:20", every=240)
        story.comment = story.page.comments(AUTHOR, CRITICISM, name="Nora Feld")
        house.works()
        story.public = house.ticket_of(story.comment)
        yield story


def test_the_banner_a_public_answer_a_private_talk_and_a_promise_kept(story: Story) -> None:
    house, page = story.house, story.page
    seen = house.ben.reads(f"/tickets/{story.public}")
    assert "Kundenservice schuldet seit gestern, 10:00 Uhr eine Antwort" in seen
    assert "vermutet" in seen.partition('class="debt"')[2]
    assert "Teekanne" not in seen
    answered_in_public(story)
    gone_on_in_private(story)

    # 14:10: care answers by mail, and everything is settled in time for the promise.
    house.passes(until="2026-11-25 14:10")
    text = "Guten Tag Frau Feld, die neue Kanne ist unterwegs."
    house.ada.does(f"/tickets/{story.owed}/replies", conversation=house.conversation(story.owed, "email"), text=text)
    house.works()
    ticket = cast.ticket(story.owed)
    assert (ticket.state, ticket.due_at, ticket.oldest_unanswered_at) == (TicketState.WAITING, None, None)
    assert [row["state"] for row in rows(Promise)] == [PromiseState.REPLACED, PromiseState.KEPT]
    house.passes(until="2026-11-25 16:00")
    assert fired("promise") == []
    assert [each.text for each in page.replies] == [PROPOSED], "nothing more was said in public"
    house.proves()


def answered_in_public(story: Story) -> None:
    """11:24: what is known of her matter cannot be made public; nothing of it leaves."""
    page = story.page
    story.house.turns("2026-11-25 11:24")
    for leak in LEAKS:
        story.answers(f"{PROPOSED} {leak}", status=422)
    assert (page.replies, page.said) == ([], [])
    story.answers(PROPOSED, **HELD)
    assert [(each.text, each.parent_id) for each in page.replies] == [(PROPOSED, story.comment)]
    (owed,) = cast.obligations(story.public)
    assert (owed.route, owed.verdict, owed.elapsed_seconds) == ("public", "met", 4 * 60)


def gone_on_in_private(story: Story) -> None:
    """11:26: in private, once; her answer there proves who she is, and it is one matter."""
    house, page = story.house, story.page
    house.turns("2026-11-25 11:26")
    story.answers("Nennen Sie mir bitte Bestellnummer und Postleitzahl.", is_public=False, **HELD)
    (said,) = page.said
    assert page.public[story.comment].private_reply == said.id
    before = rows(Obligation)
    house.turns("2026-11-25 11:40")
    page.customer_writes(said.person, DETAILS, name="Nora Feld")
    house.works()
    joined = cast.ticket(story.public)
    assert (joined.state, joined.joined_into_id) == (TicketState.JOINED, story.owed)
    assert rows(Obligation)[: len(before)] == before
    ticket = cast.ticket(story.owed)
    assert (ticket.oldest_unanswered_at, ticket.due_at) == (berlin("2026-11-24 10:00"), berlin("2026-11-24 14:00"))
    assert "wartet seit gestern, 10:00 Uhr" in house.ben.reads(f"/tickets/{story.owed}")


def test_joined_or_not_the_public_way_carries_nothing_of_the_mail(story: Story) -> None:
    house = story.house
    house.max.does(f"/tickets/{story.public}/join", into=story.owed, sure=1)
    way = house.conversation(story.owed, "messenger", is_public=True)
    form: dict[str, Any] = {"conversation": way, "public": "1"}

    for leak in (*LEAKS, "Sie schrieben ja: kam mit einem langen Sprung im Deckel an."):
        house.ben.does(f"/tickets/{story.owed}/replies", status=422, text=leak, **form)
    house.ben.does(f"/tickets/{story.owed}/replies", text=PROPOSED, **form)
    house.works()

    assert [each.text for each in story.page.replies] == [PROPOSED]
