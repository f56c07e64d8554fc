"""What everybody reads says nothing of what was written in private; there is no way round it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.db import db, transaction
from app.desk import bounces, delivery, joining, notes, public_answers, replies
from app.desk.intake import Filed
from app.errors import Discloses
from app.models import MessageClass, Order, Ticket
from channels.contract import DeliveryFault, Handle, Sent
from tests.desk.answers import answer, asked_in_public, failed, sent
from tests.desk.voices import PAGE, Page, messages
from tests.world import HOUR, MONDAY_NINE, contact, conversation_of, hear, message, ticket

MAIL = (
    "Guten Tag, der Lampenschirm meiner Stehlampe aus Messing hat einen Sprung, ich bitte um Ersatz. "
    "Bestellnummer NL-204711. Eva Kundin-Sommer, Lindenstraße 12, 80331 München"
)
PSID = Handle(kind="messenger", value="88001", scope=PAGE)


def with_a_mail(page: Page) -> Filed:
    """Eva has commented in public, and her open mail is part of the same matter."""
    filed = asked_in_public(page)
    mail = hear(page.world, contact(text=MAIL))
    joining.join(mail.ticket_id, into=filed.ticket_id, by=page.world.max, at=MONDAY_NINE)
    return filed


def refused_spots(page: Page, filed: Filed, text: str) -> list[tuple[str, str]]:
    with pytest.raises(Discloses) as refusal:
        answer(page, filed, text=text, is_public=True)
    assert (refusal.value.code, refusal.value.field) == ("discloses", "text")
    return [(spot.kind, spot.words) for spot in refusal.value.spots]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Ihre Bestellung NL-204711 ist unterwegs.", "number", "NL-204711"),
        ("Geht an die Lindenstraße 12.", "postal", "Lindenstraße 12"),
        ("Der Lampenschirm meiner Stehlampe aus Messing hat einen Sprung?", "private_words", ""),
        ("Wie in Ihrer E-Mail geschrieben, bekommen Sie Ersatz.", "channel", "Wie in Ihrer E-Mail"),
        ("Wir melden uns unter 0171 2345678.", "phone", "0171 2345678"),
    ],
)
def test_a_public_answer_with_something_private_is_refused_with_its_place(
    page: Page, text: str, kind: str, words: str
) -> None:
    filed = with_a_mail(page)

    spots = refused_spots(page, filed, text)

    assert [each[0] for each in spots] == [kind]
    assert words in spots[0][1]
    assert not [each for each in messages() if each.direction == "out" and each.message_class != MessageClass.AUTO]


def test_the_same_words_go_out_in_private(page: Page) -> None:
    filed = with_a_mail(page)

    message_id = answer(page, filed, text="Ihre Bestellung NL-204711 ist unterwegs.", is_public=False)

    assert not message(message_id).is_public


def test_a_harmless_public_answer_goes_out_beside_an_open_mail(page: Page) -> None:
    filed = with_a_mail(page)

    message_id = answer(page, filed, text="Das tut uns leid! Wir schreiben Ihnen privat und kümmern uns.")

    assert message(message_id).is_public


def test_what_stands_in_a_note_is_private_too(page: Page) -> None:
    filed = asked_in_public(page)
    text = "Kundin hat schon zweimal Kulanz bekommen und droht mit dem Anwalt."
    notes.note(filed.ticket_id, text=text, by=page.world.ben, at=MONDAY_NINE)

    assert refused_spots(page, filed, text)[0][0] == "private_words"


def test_a_note_on_a_matter_that_was_joined_in_is_private_too(page: Page) -> None:
    filed = asked_in_public(page)
    mail = hear(page.world, contact(text=MAIL))
    text = "Kundin hat schon zweimal Kulanz bekommen und droht mit dem Anwalt."
    notes.note(mail.ticket_id, text=text, by=page.world.max, at=MONDAY_NINE)
    joining.join(mail.ticket_id, into=filed.ticket_id, by=page.world.max, at=MONDAY_NINE)

    assert refused_spots(page, filed, text)[0][0] == "private_words"


def test_what_she_ordered_is_known_by_her_address(page: Page) -> None:
    filed = with_a_mail(page)
    with transaction():
        order = {"number": "NL204711", "amount_cents": 12_950, "name": "Eva Sommer-Berg"}
        db.session.add(Order(email=contact().sender.value, **order))

    assert refused_spots(page, filed, "Sie bekommen 129,50 € zurück.") == [("amount", "129,50 €")]
    assert refused_spots(page, filed, "Liebe Frau Sommer-Berg, gern!")[0][0] == "name"


def test_the_mail_of_another_team_does_not_answer_for_whoever_may_not_see_it(page: Page) -> None:
    filed = asked_in_public(page)
    mail = hear(page.world, contact(text=MAIL))
    with transaction():
        db.session.get_one(Ticket, mail.ticket_id).customer_id = ticket(filed.ticket_id).customer_id
    text = "Der Lampenschirm meiner Stehlampe aus Messing hat einen Sprung?"

    hidden = public_answers.spotted(ticket(filed.ticket_id), text, by=page.world.ben)
    seen = public_answers.spotted(ticket(filed.ticket_id), text, by=page.world.max)

    assert (hidden, [spot.kind for spot in seen]) == ([], ["private_words"])


def test_a_line_in_public_follows_a_private_answer_once_it_has_arrived(page: Page) -> None:
    filed = asked_in_public(page)

    message_id = answer(page, filed, is_public=False, public_line="Wir haben Ihnen privat geschrieben.")

    assert [each.is_public for each in messages() if each.direction == "out"] == [False]
    sent(message_id, "m_private", recipient=PSID, conversation_key=PSID.value)
    line = next(each for each in messages() if each.direction == "out" and each.is_public)
    assert (line.text, line.message_class) == ("Wir haben Ihnen privat geschrieben.", MessageClass.AUTO)
    assert (line.conversation_id, line.answers_id) == (conversation_of(filed), filed.message_id)
    assert line.author_name == page.world.ben.name


def test_a_line_in_public_follows_once_however_often_the_answer_is_sent(page: Page) -> None:
    filed = asked_in_public(page)
    message_id = answer(page, filed, is_public=False, public_line="Wir haben Ihnen privat geschrieben.")
    sent(message_id, "m_private", recipient=PSID, conversation_key=PSID.value)
    with transaction() as afterwards:
        bounces.came_back(
            message_id, ticket_id=filed.ticket_id, words="weg", at=MONDAY_NINE + HOUR, afterwards=afterwards
        )

    replies.retry(message_id, by=page.world.ben, at=MONDAY_NINE + HOUR)
    sent(message_id, "m_again", recipient=PSID, conversation_key=PSID.value)

    assert [each.text for each in messages() if each.is_public and each.direction == "out"] == [
        "Wir haben Ihnen privat geschrieben."
    ]


def test_no_line_in_public_follows_a_private_answer_that_failed(page: Page) -> None:
    filed = asked_in_public(page)
    message_id = answer(page, filed, is_public=False, public_line="Wir haben Ihnen privat geschrieben.")

    failed(message_id, DeliveryFault.REJECTED, is_permanent=True)

    assert [each.is_public for each in messages() if each.direction == "out"] == [False]


def test_a_private_answer_settles_what_was_asked_in_public_and_its_line_settles_nothing(page: Page) -> None:
    filed = asked_in_public(page)
    message_id = answer(page, filed, is_public=False, public_line="Wir haben Ihnen privat geschrieben.")
    sent(message_id, "m_private", recipient=PSID, conversation_key=PSID.value)
    line_id = next(each.id for each in messages() if each.direction == "out" and each.is_public)

    at = MONDAY_NINE + HOUR
    assert delivery.claim(line_id, at=at)
    delivery.settle(line_id, Sent(external_id="c_line"), at=at)

    assert ticket(filed.ticket_id).answered_at == MONDAY_NINE + timedelta(minutes=1)
