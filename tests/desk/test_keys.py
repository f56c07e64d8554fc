"""What joins by itself: what a mail server, a platform or the telephone network vouches for."""

from __future__ import annotations

import pytest

from app.db import db, transaction
from app.desk import callers, channels, envelopes, intake
from app.models import Call, Identity
from channels.contract import Contact, Handle
from tests import world as cast

pytestmark = pytest.mark.usefixtures("core")

NINE = cast.MONDAY_NINE


def known(value: str) -> Identity:
    db.session.expire_all()
    return db.session.query(Identity).filter_by(value=value).one()


def test_a_mail_address_is_confirmed_once_its_domain_vouches_for_it(world: cast.World) -> None:
    first = cast.hear(world).ticket_id
    assert (known("eva@kundin.example").is_verified, known("eva@kundin.example").evidence) == (False, "wrote to us")

    second = cast.hear(world, cast.contact(is_vouched_for=True)).ticket_id
    assert (known("eva@kundin.example").is_verified, known("eva@kundin.example").evidence) == (True, "verified_mail")
    assert cast.ticket(first).customer_id == cast.ticket(second).customer_id

    cast.hear(world, cast.contact(is_vouched_for=False))
    assert known("eva@kundin.example").is_verified


def test_somebody_new_whose_domain_vouches_is_confirmed_at_once(world: cast.World) -> None:
    cast.hear(world, cast.contact(is_vouched_for=True))
    assert (known("eva@kundin.example").is_verified, known("eva@kundin.example").evidence) == (True, "verified_mail")


@pytest.mark.parametrize(("is_automatic", "evidence"), [(False, "wrote to us"), (True, "claimed")])
def test_an_address_that_one_of_us_typed_is_tied_by_what_a_person_writes_from_it(
    world: cast.World, *, is_automatic: bool, evidence: str
) -> None:
    cast.hear(world)
    with transaction():
        known("eva@kundin.example").evidence = "claimed"

    cast.hear(world, cast.contact(is_automatic=is_automatic))

    assert (known("eva@kundin.example").evidence, known("eva@kundin.example").is_verified) == (evidence, False)


def test_an_address_somebody_writes_of_is_nobodys_key(world: cast.World) -> None:
    eva = cast.ticket(cast.hear(world, cast.contact(is_vouched_for=True)).ticket_id).customer_id
    sender = Handle(kind="email", value="other@post.example", name="Eva Kundin")
    other = cast.hear(world, cast.contact(sender=sender, text="Ich bin eva@kundin.example.")).ticket_id
    assert cast.ticket(other).customer_id != eva


@pytest.mark.parametrize("value", ["4915155501001", "+4915155501001"])
def test_a_number_is_one_persons_on_the_telephone_and_in_whatsapp(world: cast.World, value: str) -> None:
    call = Call(number="+4915155501001", root_id=1)
    caller = callers.identity_of(call, at=NINE)
    db.session.commit()
    account = channels.add("guestbook", name="WhatsApp", address="1", settings={}, secrets={}, team_id=world.care)
    said = Contact(
        external_id="w1",
        sender=Handle(kind="whatsapp", value=value, name="Kati"),
        sent_at=NINE,
        text="Hallo?",
        conversation_key="w1",
    )
    stored = envelopes.store(account, [envelopes.Arrival(digest="a" * 64, size=1, source="t")], at=NINE)
    number = intake.receive(said, channel_id=account, envelope_id=stored[0].id, at=NINE).ticket_id

    assert cast.ticket(number).customer_id == caller.customer_id
    (written,) = db.session.query(Identity).filter_by(kind="whatsapp")
    assert (written.evidence, written.is_verified) == ("phone_number", True)
