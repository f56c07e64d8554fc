"""A first message from us: on any channel that lets us begin, on the ticket it belongs to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.db import db, transaction
from app.desk import channels, delivery, joining, opening
from app.desk.writing import add
from app.errors import NotFound, Refused
from app.models import Conversation, Customer, Identity, Ticket, TicketState
from channels.contract import Contact, ContactType, Handle, Sent
from tests import world as cast
from tests.desk.voices import EVA, MINUTE, OTTO, Page, dm, events
from tests.world import HOUR, MONDAY_NINE, World, conversation_of, counted, counters, message, obligations, ticket


def write(world: World, **named: Any) -> tuple[int, int]:
    given = {"channel_id": world.channel, "text": "Ihre Lampe ist da.", "by": world.ada, "at": MONDAY_NINE + HOUR}
    return opening.write_first(**{**given, **named})


def identity_of(message_id: int) -> Identity:
    found = db.session.get_one(Conversation, message(message_id).conversation_id)
    return db.session.get_one(Identity, found.identity_id)


@pytest.fixture
def x(world: World) -> int:
    """The shop's account on X, with an aim of an hour for what is said in public."""
    return channels.add("x", name="X", address="4200", settings={}, secrets={}, team_id=world.social)


def rant() -> Contact:
    """Eva's anger on X, without naming us."""
    return Contact(
        external_id="1990000000000000101",
        type=ContactType.POST,
        sender=Handle(kind="x", value="55501", name="Eva K."),
        sent_at=MONDAY_NINE,
        text="Nie wieder Nordlicht!",
        conversation_key="1990000000000000101",
        is_public=True,
        listening_term="Nordlicht",
        details={"username": "eva_k", "can_reply": False},
    )


def test_a_typed_address_is_only_claimed_to_be_the_customers(world: World) -> None:
    filed = cast.hear(world)
    number, message_id = write(world, to="Eva.Privat@kundin.example", ticket_id=filed.ticket_id)
    identity = identity_of(message_id)
    assert number == filed.ticket_id
    assert (identity.value, identity.evidence, identity.is_verified) == ("eva.privat@kundin.example", "claimed", False)
    assert identity.customer_id == ticket(number).customer_id


def test_an_address_of_somebody_else_stays_theirs(world: World) -> None:
    other = cast.hear(world, sender=Handle(kind="email", value="tom@kundin.example", name="Tom"))
    filed = cast.hear(world)
    _, message_id = write(world, to="tom@kundin.example", ticket_id=filed.ticket_id)
    assert identity_of(message_id).customer_id == ticket(other.ticket_id).customer_id


def test_a_first_message_on_a_ticket_answers_what_is_owed_there(world: World) -> None:
    filed = cast.hear(world)
    number, message_id = write(world, to="eva@kundin.example", subject="Nachgefragt", ticket_id=filed.ticket_id)
    assert (ticket(number).state, ticket(number).assignee_id) == (TicketState.WAITING, world.ada.id)
    assert [owed.answered_by_id for owed in obligations(number)] == [message_id]
    assert (ticket(number).channel_count, events(number)) == (1, ["opened", "wrote"])
    assert counters() == counted()


def test_a_ticket_that_begins_with_us_owes_nothing(world: World) -> None:
    number, message_id = write(world, to="tom@kundin.example", subject="Ihre Lampe")
    found = ticket(number)
    assert (found.subject, found.due_at, found.preview) == ("Ihre Lampe", None, "Ihre Lampe ist da.")
    assert (found.state, message(message_id).is_public) == (TicketState.WAITING, False)
    assert counters() == counted()


def test_a_person_is_chosen_by_their_identity(page: Page) -> None:
    known = page.hear(dm())
    eva = identity_of(known.message_id).id
    mail = cast.hear(page.world)
    number, message_id = write(
        page.world, channel_id=page.channel, identity_id=eva, ticket_id=mail.ticket_id, by=page.world.max
    )
    begun = db.session.get_one(Conversation, message(message_id).conversation_id)
    assert (number, begun.ticket_id) == (mail.ticket_id, mail.ticket_id)
    assert (begun.external_key, begun.heard_at) == (EVA.value, MONDAY_NINE)
    assert ticket(number).channel_count == 2
    assert obligations(mail.ticket_id)[0].answered_by_id == message_id
    assert obligations(known.ticket_id)[0].answered_by_id is None
    parcel = delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    assert parcel is not None
    assert parcel.outgoing.exchange is not None
    assert parcel.outgoing.exchange.heard_at == MONDAY_NINE


def test_a_second_first_message_goes_on_in_the_same_conversation(page: Page) -> None:
    known = page.hear(dm())
    eva = identity_of(known.message_id).id
    _, message_id = write(
        page.world, channel_id=page.channel, identity_id=eva, ticket_id=known.ticket_id, by=page.world.ben
    )
    assert message(message_id).conversation_id == conversation_of(known)
    assert ticket(known.ticket_id).channel_count == 1


def test_where_she_has_spoken_goes_before_where_only_we_have(page: Page) -> None:
    known = page.hear(dm())
    eva = identity_of(known.message_id).id
    with transaction():
        values = {"channel_id": page.channel, "identity_id": eva, "created_at": MONDAY_NINE}
        add(Conversation, ticket_id=known.ticket_id, home_ticket_id=known.ticket_id, **values)
    mail = cast.hear(page.world)
    _, message_id = write(
        page.world, channel_id=page.channel, identity_id=eva, ticket_id=mail.ticket_id, by=page.world.max
    )
    begun = db.session.get_one(Conversation, message(message_id).conversation_id)
    assert (begun.external_key, begun.heard_at) == (EVA.value, MONDAY_NINE)


def test_messenger_lets_us_write_only_to_those_who_wrote_before(page: Page) -> None:
    with pytest.raises(Refused) as stranger:
        write(page.world, channel_id=page.channel, to=OTTO.value)
    assert (stranger.value.code, db.session.query(Ticket).count()) == ("reply_not_allowed", 0)
    assert db.session.query(Customer).count() == 0
    known = identity_of(page.hear(dm()).message_id).id
    with pytest.raises(Refused) as late:
        write(page.world, channel_id=page.channel, identity_id=known, at=MONDAY_NINE + timedelta(days=8))
    assert late.value.code == "window_closed"


def test_an_identity_of_another_channel_is_no_recipient(page: Page) -> None:
    mail = identity_of(cast.hear(page.world).message_id).id
    for wrong in (mail, 99999):
        with pytest.raises(NotFound):
            write(page.world, channel_id=page.channel, identity_id=wrong)


def test_a_name_typed_for_x_becomes_the_person_it_belongs_to(world: World, x: int) -> None:
    number, message_id = write(world, channel_id=x, to="@Eva_K", by=world.ben)
    assert identity_of(message_id).value == "@eva_k"
    assert delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    reached = Handle(kind="x", value="55501", name="Eva K.")
    sent = Sent(external_id="1990000000000000901", recipient=reached, conversation_key="4200-55501")
    delivery.settle(message_id, sent, at=MONDAY_NINE + HOUR)
    identity = identity_of(message_id)
    assert (identity.value, identity.name, identity.evidence) == ("55501", "Eva K.", "angeschrieben als @eva_k")
    assert identity.customer_id == ticket(number).customer_id


def test_a_typed_name_of_somebody_we_know_is_no_second_customer(world: World, x: int) -> None:
    known = Page(world=world, channel=x).hear(rant())
    number, message_id = write(world, channel_id=x, to="@eva_k", by=world.ben)
    assert ticket(number).customer_id != ticket(known.ticket_id).customer_id
    assert delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    reached = Handle(kind="x", value="55501", name="Eva K.")
    sent = Sent(external_id="1990000000000000901", recipient=reached, conversation_key="4200-55501")
    delivery.settle(message_id, sent, at=MONDAY_NINE + HOUR)
    assert ticket(number).customer_id == ticket(known.ticket_id).customer_id
    assert (ticket(number).customer_name, db.session.query(Customer).count()) == ("Eva K.", 1)
    assert identity_of(message_id).value == "55501"


@pytest.mark.parametrize("to", ["", "@", "eva k", "@a-b", "@" + "a" * 16])
def test_what_cannot_be_a_name_on_x_is_refused_beside_its_field(world: World, x: int, to: str) -> None:
    with pytest.raises(Refused) as refusal:
        write(world, channel_id=x, to=to, by=world.ben)
    assert refusal.value.field == "to"


def test_a_phone_is_no_channel_to_write_on(world: World) -> None:
    phone = channels.add("phone", name="Telefon", address="+4930123456", settings={}, secrets={}, team_id=world.care)
    with pytest.raises(Refused) as refusal:
        write(world, channel_id=phone, to="+4930987654")
    assert refusal.value.code == "reply_not_allowed"


def test_nobody_writes_on_a_ticket_that_was_joined_into_another(world: World) -> None:
    old, new = cast.hear(world).ticket_id, cast.hear(world).ticket_id
    joining.join(old, into=new, by=world.ada, at=MONDAY_NINE)
    with pytest.raises(Refused):
        write(world, to="eva@kundin.example", ticket_id=old)


def test_somebody_rants_on_x_and_hears_from_us_by_mail_on_the_same_ticket(page: Page, x: int) -> None:
    world = page.world
    filed = Page(world=world, channel=x).hear(rant())
    assert ticket(filed.ticket_id).due_at is not None
    number, message_id = write(world, to="eva@kundin.example", ticket_id=filed.ticket_id, by=world.max)
    found = ticket(number)
    assert (found.due_at, found.channel_count, found.number) == (None, 2, filed.ticket_id)
    delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    delivery.settle(message_id, Sent(external_id="ok"), at=MONDAY_NINE + HOUR + MINUTE)
    (owed,) = obligations(number)
    assert (owed.verdict, owed.settled_at) == ("met", MONDAY_NINE + HOUR + MINUTE)
    back = cast.hear(
        world, replies_to=(message(message_id).external_id,), at=MONDAY_NINE + 2 * HOUR, text="Danke für die Mail."
    )
    assert back.ticket_id == number
