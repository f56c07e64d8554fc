"""Katrin Vogel mails care on Tuesday, hears nothing, and writes to the shop's page on Wednesday: one person, one matter.

Care works Monday to Friday from nine to five, so Tuesday 09:00 to Wednesday 13:05 is 480 + 245 = 725 minutes of service
time; her second mail comes at 09:10 on Wednesday, 235 minutes before the answer. Social works until ten in the evening.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.desk import orders
from app.models import (
    Handover,
    HandoverState,
    Merge,
    Obligation,
    Promise,
    PromiseState,
    Ticket,
    TicketState,
)
from tests import world as cast
from tests.emulators.graph import GraphEmulator
from tests.fixtures.databases import Clock
from tests.servers.smtp_sink import SmtpSink
from tests.stories.house import CARE, House, berlin, opened
from tests.stories.seen import everything_of, fired, rows, told

KATRIN = "Katrin Vogel <katrin.vogel@web.example>"
NAMESAKE = "Katrin Vogel <k.vogel@post.example>"
PROFILE = "7400000000000077"
EXCHANGE = (
    "Guten Tag, das Leinenkleid aus Bestellung 100-2314 ist mir leider zu eng. Ich möchte es in Größe 40 haben. "
    "Wie gehe ich vor? Katrin Vogel"
)
SECRET_WORDS = ("Leinenkleid", "100-2314", "1002314", "Größe 40", "zu eng", "katrin.vogel@web.example")
VOUCHER = "Mein Gutschein über 20 Euro wird an der Kasse nicht angenommen. Katrin Vogel"
COMPLAINT = (
    "Hallo, ich habe Ihrem Kundenservice gestern früh eine E-Mail wegen eines Umtauschs geschrieben und bis jetzt "
    "keine Antwort bekommen."
)
HELD = "Guten Morgen Frau Vogel, das tut mir leid. Nennen Sie mir Bestellnummer und Postleitzahl? Bis 12:00 Uhr mehr."
DETAILS = "Gern: Bestellnummer 100-2314, ich wohne in 89231 Neu-Ulm."
OWING = "Kundenservice schuldet seit gestern, 09:00 Uhr eine Antwort"
NINE, NOON = berlin("2026-11-24 09:00"), berlin("2026-11-25 12:00")
OVERDUE, SINCE = "Überfällig", "seit gestern, 09:00 Uhr"


@pytest.fixture
def house(app: Flask, clock: Clock, sink: SmtpSink) -> Iterator[House]:
    """Tuesday 24 November 2026, nine o'clock."""
    with opened(app, clock, sink, written="2026-11-24 09:00") as house:
        orders.put("100-2314", email="Katrin.Vogel@web.example", name="Katrin Vogel", postcode="89231")
        yield house


@pytest.fixture
def page(house: House) -> GraphEmulator:
    return house.connects_page()


@dataclass
class Story:
    """What happened so far; each scene leaves the clock where it ends."""

    house: House
    page: GraphEmulator
    owed: int = 0
    """The number that her receipt names."""
    chat: int = 0
    namesake: int = 0

    def she_mails_care(self) -> None:
        """Tuesday, 09:00."""
        self.owed = self.house.hears(KATRIN, "Umtausch", EXCHANGE)
        (receipt,) = self.house.mails("katrin.vogel@web.example")
        assert f"Anliegen {self.owed}. Sie erhalten eine Antwort bis heute, 13:00 Uhr." in receipt.message.get_content()
        assert [owed.due_at for owed in cast.obligations(self.owed)] == [berlin("2026-11-24 13:00")]

    def nobody_answers(self) -> None:
        """Until 13:00, when both leads are told, once; then the rest of the day and the night."""
        house = self.house
        house.passes(until="2026-11-24 12:59")
        assert fired("obligation") == []
        house.turns("2026-11-24 13:00")
        for minute in ("13:00", "13:01", "13:05"):
            house.turns(f"2026-11-24 {minute}")
        assert [at for _key, at in fired("obligation")] == [berlin("2026-11-24 13:00")]
        assert told("breached") == ["cleo", "sina"]
        assert [len(house.mails(lead, OVERDUE)) for lead in ("cleo", "sina", "ada", "ben")] == [1, 1, 0, 0]
        house.turns("2026-11-24 15:00")
        self.namesake = house.hears(NAMESAKE, "Gutschein", VOUCHER)
        assert self.namesake != self.owed
        house.passes(until="2026-11-25 09:00")

    def she_mails_again(self) -> None:
        """Wednesday, 09:10: an answer to the receipt. It has a clock of its own, and moves no other."""
        house = self.house
        house.turns("2026-11-25 09:10")
        (receipt,) = house.mails("katrin.vogel@web.example")
        text = "Guten Morgen, ist meine Nachricht angekommen?"
        again = {"In_Reply_To": str(receipt.message["Message-ID"])}
        assert house.hears(KATRIN, "Re: Umtausch", text, **again) == self.owed
        assert [(owed.kind, owed.due_at) for owed in cast.obligations(self.owed)] == [
            ("first", berlin("2026-11-24 13:00")),
            ("first", berlin("2026-11-25 13:10")),
        ]
        ticket = cast.ticket(self.owed)
        assert (ticket.oldest_unanswered_at, ticket.due_at) == (NINE, berlin("2026-11-24 13:00"))
        assert len(house.mails("katrin.vogel@web.example")) == 1, "one receipt a ticket"

    def she_writes_to_the_page(self) -> None:
        """Wednesday, 10:02, by Messenger: the social manager reads who owes her what, and nothing she wrote there."""
        house = self.house
        house.turns("2026-11-25 10:02")
        mid = self.page.customer_writes(PROFILE, COMPLAINT, name="Katrin Vogel")
        house.works()
        self.chat = house.ticket_of(mid)
        assert self.chat not in {self.owed, self.namesake}
        seen = house.ben.reads(f"/tickets/{self.chat}")
        assert OWING in seen
        banner = seen.partition('class="debt"')[2].partition("</form>")[0]
        assert "vermutet" in banner
        assert "gleicher Name" in banner
        assert "gestern früh eine E-Mail" in banner
        assert seen.count('class="debt"') == 1, "the namesake ranks below what is worth saying"
        self.is_told_nothing(seen)

    def is_told_nothing(self, seen: str) -> None:
        """Whoever has no right to the other matter reads no word of it, wherever they look; the customer hears nothing."""
        house = self.house
        texts = [seen, house.ben.reads("/inbox/next"), house.ben.reads(f"/search?q={self.owed}")]
        texts += [str(house.ben.asks(path)) for path in (f"/tickets/{self.chat}/suggestions", "/search?q=Leinenkleid")]
        assert not [word for word in SECRET_WORDS for text in texts if word in text]
        assert not house.ben.sees(f"/tickets/{self.owed}")
        assert not house.ben.sees(f"/tickets/{self.namesake}")
        assert self.page.said == []

    def social_answers(self) -> None:
        """10:06: a holding reply that promises an answer until noon."""
        house = self.house
        house.turns("2026-11-25 10:06")
        way = house.conversation(self.chat, "messenger")
        form: dict[str, Any] = {"conversation": way, "text": HELD, "class": "holding", "promise": NOON.isoformat()}
        house.ben.does(f"/tickets/{self.chat}/replies", **form)
        house.works()
        assert [each.text for each in self.page.said] == [HELD]
        (owed,) = cast.obligations(self.chat)
        assert (owed.verdict, owed.elapsed_seconds) == ("met", 4 * 60)

    def she_proves_who_she_is(self) -> None:
        """10:09: number and postcode of the order. It joins by itself, and not one clock is touched."""
        house = self.house
        house.turns("2026-11-25 10:09")
        before = rows(Obligation)
        self.page.customer_writes(PROFILE, DETAILS)
        house.works()
        joined = cast.ticket(self.chat)
        assert (joined.state, joined.joined_into_id) == (TicketState.JOINED, self.owed)
        (merge,) = rows(Merge)
        assert (merge["proof"], merge["by_id"]) == ("order_and_fact", None)
        assert rows(Obligation)[: len(before)] == before
        ticket = cast.ticket(self.owed)
        assert (ticket.oldest_unanswered_at, ticket.due_at) == (NINE, berlin("2026-11-24 13:00"))
        assert f'data-ticket="{self.owed}"' in house.ben.reads(f"/tickets/{self.chat}"), "the old number leads on"

    def eleven_o_clock(self) -> None:
        """Social has answered long ago, and everybody still reads since when she has been waiting."""
        house = self.house
        house.passes(until="2026-11-25 11:00")
        for who in (house.ben, house.ada, house.cleo):
            assert SINCE in who.reads(f"/tickets/{self.owed}")
        shown = house.ada.asks(f"/tickets/{self.owed}")
        assert (shown["oldest_unanswered_at"], shown["due_at"]) == ("2026-11-24T08:00:00Z", "2026-11-24T12:00:00Z")

    def social_asks_care(self) -> None:
        """11:01: Ben asks care to say yes, and Ada to keep his promise; both leads hear that nobody does."""
        house = self.house
        house.turns("2026-11-25 11:01")
        before = rows(Obligation)
        ask: dict[str, Any] = {"team": house.team_id(CARE), "reason": "Umtausch, den nur ihr buchen könnt"}
        house.ben.does(f"/tickets/{self.owed}/handover", **ask)
        (promise,) = rows(Promise)
        house.ben.does(f"/tickets/{self.owed}/promises/{promise['id']}/owner", to=house.ada.id)
        assert rows(Obligation) == before
        assert "annehmen bis heute, 11:16 Uhr" in house.ada.reads(f"/tickets/{self.owed}")
        house.turns("2026-11-25 11:09")
        house.passes(until="2026-11-25 11:15")
        assert fired("clock") == []
        for minute in ("11:16", "11:16", "11:17"):
            house.turns(f"2026-11-25 {minute}")
        assert [at for _key, at in fired("clock")] == [berlin("2026-11-25 11:16")]
        assert told("clock_breached") == ["cleo", "sina"]

    def the_promise_is_broken(self) -> None:
        """12:00: both who gave it and who was to keep it hear of it, and both leads."""
        house = self.house
        house.passes(until="2026-11-25 11:59")
        assert fired("promise") == []
        for minute in ("12:00", "12:00", "12:01"):
            house.turns(f"2026-11-25 {minute}")
        assert [at for _key, at in fired("promise")] == [NOON]
        assert told("promise_broken") == ["ada", "ben", "cleo", "sina"]
        assert [row["state"] for row in rows(Promise)] == [PromiseState.BROKEN]

    def care_answers(self) -> None:
        """13:05: one answer settles everything, wherever she had asked."""
        house, done = self.house, berlin("2026-11-25 13:05")
        house.passes(until="2026-11-25 13:05")
        way = house.conversation(self.owed, "email")
        text = "Guten Tag Frau Vogel, entschuldigen Sie. Größe 40 geht heute noch an Sie hinaus."
        house.ada.does(f"/tickets/{self.owed}/replies", conversation=way, text=text)
        house.works()
        assert "Größe 40 geht heute" in house.mails("katrin.vogel@web.example")[-1].message.get_content()
        owed = [(row.route, row.verdict, (row.elapsed_seconds or 0) // 60) for row in cast.obligations(self.owed)]
        mails, chats = [("email", "breached", 725), ("email", "met", 235)], [("messenger", "met", 4)]
        assert owed == [*mails, *chats, ("messenger", "breached", 176)]
        assert [(row["state"], row["settled_at"]) for row in rows(Promise)] == [(PromiseState.KEPT, done)]
        assert [(row["state"], row["done_at"]) for row in rows(Handover)] == [(HandoverState.ACCEPTED, done)]
        ticket = cast.ticket(self.owed)
        assert (ticket.state, ticket.due_at, ticket.oldest_unanswered_at) == (TicketState.WAITING, None, None)

    def the_namesake_is_answered(self) -> None:
        """10:50: ten minutes before her own time is up."""
        house = self.house
        house.passes(until="2026-11-25 10:50")
        way = house.conversation(self.namesake, "email")
        house.ada.does(
            f"/tickets/{self.namesake}/replies", conversation=way, text="Versuchen Sie es bitte noch einmal."
        )
        house.works()
        assert [row.verdict for row in cast.obligations(self.namesake)] == ["met"]

    def hers(self) -> dict[str, list[dict[str, Any]]]:
        """Return every row that is the namesake's."""
        return everything_of(cast.ticket(self.namesake).customer_id)


@pytest.fixture
def story(house: House, page: GraphEmulator) -> Story:
    return Story(house, page)


def test_the_whole_story_to_the_minute(story: Story) -> None:
    house = story.house
    story.she_mails_care()
    story.nobody_answers()
    untouched = story.hers()
    story.she_mails_again()
    story.she_writes_to_the_page()
    story.social_answers()
    story.she_proves_who_she_is()
    assert story.hers() == untouched
    story.the_namesake_is_answered()
    answered = story.hers()
    story.eleven_o_clock()
    story.social_asks_care()
    story.the_promise_is_broken()
    story.care_answers()
    house.passes(until="2026-11-25 17:00")
    # The mail of Tuesday, and what she had written at 10:09: nothing fires a second time, nothing else at all.
    assert [at for _key, at in fired("obligation")] == [berlin("2026-11-24 13:00"), berlin("2026-11-25 11:09")]
    assert story.hers() == answered
    house.proves()


CLOCKS = ("due_at", "soon_at", "queue_at", "oldest_unanswered_at", "state", "team_id", "assignee_id", "closed_at")


def clocks_of(*numbers: int) -> list[dict[str, Any]]:
    """Return what tickets show of their clocks, and where they lie."""
    return [{name: row[name] for name in ("id", *CLOCKS)} for row in rows(Ticket) if row["id"] in numbers]


def test_parting_restores_both_clocks_exactly(story: Story) -> None:
    house = story.house
    story.she_mails_care()
    story.she_mails_again()
    story.she_writes_to_the_page()
    story.social_answers()
    owed, promised, shown = rows(Obligation), rows(Promise), clocks_of(story.owed, story.chat)
    story.she_proves_who_she_is()
    assert clocks_of(story.owed, story.chat) != shown

    house.ada.does(f"/tickets/{story.chat}/separation")

    *before, asked = rows(Obligation)
    assert (before, rows(Promise)) == (owed, promised)
    mail, chat = clocks_of(story.owed, story.chat)
    assert mail == shown[0]
    # What she has written since is owed where she wrote it; it would be so had nothing ever been joined.
    assert chat == {**shown[1], "due_at": asked["due_at"], "soon_at": asked["soon_at"], "queue_at": asked["due_at"]}
    assert house.ben.sees(f"/tickets/{story.chat}")
    assert not house.ben.sees(f"/tickets/{story.owed}"), "their right went with what had brought it"
    house.passes(until="2026-11-25 12:00")
    assert cast.ticket(story.chat).state is TicketState.OPEN, "what somebody has parted is not joined again"
    house.proves()


def test_her_mail_need_not_name_the_order(story: Story) -> None:
    house = story.house
    text = "Guten Tag, ich möchte das Leinenkleid umtauschen, es ist mir zu eng. Katrin Vogel"
    story.owed = house.hears(KATRIN, "Umtausch", text)
    house.turns("2026-11-24 15:00")
    story.namesake = house.hears(NAMESAKE, "Gutschein", VOUCHER)
    story.she_writes_to_the_page()
    story.social_answers()
    story.she_proves_who_she_is()
    assert cast.ticket(story.namesake).state is TicketState.OPEN
    house.proves()
