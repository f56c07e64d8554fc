"""The composer says what may not be public, where an answer goes to be released, and which ways go along."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import db, transaction
from app.desk import joining, merging, replies
from app.models import Agent, Conversation, Identity, Message, MessageClass, MessageState, Release, ReleaseState, Ticket
from routing.identity import Proof
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web import voices
from tests.web.entering import FRAGMENT, enter

NINE = cast.MONDAY_NINE
WRONG = "Ihre Bestellung NL-204711 geht an die Lindenstraße 12."
FINE = "Das tut uns leid! Schicken Sie uns bitte eine Direktnachricht."


@pytest.fixture
def world(app: object, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


@pytest.fixture
def comment(world: cast.World) -> int:
    return voices.comment(world)[0]


def learning(world: cast.World) -> None:
    with transaction():
        db.session.get_one(Agent, world.ada.id).can_publish = False


def talks(number: int) -> list[int]:
    found = db.session.query(Conversation.id).filter_by(ticket_id=number).order_by(Conversation.id)
    return [int(id_) for (id_,) in found]


def answer(client: FlaskClient, number: int, text: str, **more: object) -> TestResponse:
    form = {"conversation": talks(number)[0], "public": "1", "text": text, **more}
    return client.post(f"/tickets/{number}/replies", data=form, headers=FRAGMENT)


def queued() -> list[Message]:
    written = db.session.query(Message).filter(Message.message_class != MessageClass.AUTO)
    return written.filter_by(state=MessageState.QUEUED).order_by(Message.id).all()


def test_the_places_are_marked_with_their_reasons_and_a_way_out(ada: FlaskClient, comment: int) -> None:
    refused = answer(ada, comment, WRONG)

    assert refused.status_code == 422
    assert refused.headers["HX-Retarget"] == "#reply-spots"
    page = refused.text
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", page) == ["NL-204711", "Lindenstraße 12"]
    assert "<li>Bestell- oder Sendungsnummer</li><li>Anschrift</li>" in page
    assert "Privat antworten" in page
    assert queued() == []


def test_whoever_writes_under_the_name_of_an_account_may_be_called_by_it(ada: FlaskClient, world: cast.World) -> None:
    number = voices.post(world)
    with transaction():
        ticket = db.session.get_one(Ticket, number)
        ticket.customer_name = "Kim Kern-Vogel"
        for identity in db.session.query(Identity).filter_by(customer_id=ticket.customer_id):
            identity.name = "Wutbürger"

    def looked(text: str) -> str:
        return ada.post(f"/tickets/{number}/disclosure", data={"text": text}, headers=FRAGMENT).text

    assert looked("@kim danke!").strip() == ""
    assert "<mark" in looked("Danke, Frau Kern-Vogel!")


@pytest.mark.parametrize(("days_before", "marks"), [(1, 1), (0, 0)])
def test_a_message_of_yesterday_is_not_spoken_of_where_the_comment_is_of_today(
    ada: FlaskClient, world: cast.World, comment: int, days_before: int, marks: int
) -> None:
    (page,) = db.session.query(Conversation.channel_id).filter_by(ticket_id=comment).one()
    talk = voices.thread(comment, page, "messenger", "6100000000000001")
    voices.say(talk, "Mein Paket fehlt.", sent_at=NINE - timedelta(days=days_before))

    looked = ada.post(
        f"/tickets/{comment}/disclosure", data={"text": "Ihre gestrige Nachricht liegt uns vor."}, headers=FRAGMENT
    )

    assert looked.text.count("<mark") == marks


def test_a_text_is_looked_through_before_it_is_sent(ada: FlaskClient, comment: int) -> None:
    looked = ada.post(f"/tickets/{comment}/disclosure", data={"text": WRONG}, headers=FRAGMENT)
    harmless = ada.post(f"/tickets/{comment}/disclosure", data={"text": FINE}, headers=FRAGMENT)

    assert "<mark" in looked.text
    assert harmless.text.strip() == ""


def test_a_form_without_a_script_says_what_is_wrong(ada: FlaskClient, comment: int) -> None:
    form = {"conversation": talks(comment)[0], "public": "1", "text": WRONG}

    page = ada.post(f"/tickets/{comment}/replies", data=form)

    assert page.status_code == 422
    assert "NL-204711; Lindenstraße 12" in page.text


def test_who_may_not_publish_sends_for_release_and_the_list_shows_it(
    ada: FlaskClient, comment: int, world: cast.World
) -> None:
    learning(world)
    page = ada.get(f"/tickets/{comment}").text
    assert 'data-words="send">Zur Freigabe<' in page

    answer(ada, comment, FINE)

    assert queued() == []
    release = db.session.query(Release).one()
    assert release.state is ReleaseState.ASKED
    assert "Wartet auf Freigabe" in ada.get(f"/tickets/{comment}").text
    assert "Freigaben" not in ada.get(f"/tickets/{comment}").text
    cleo = enter(ada, world.cleo)
    assert re.search(r"<span>Freigaben</span><b class=\"count[^>]*>1</b>", cleo.get(f"/tickets/{comment}").text)
    assert FINE in cleo.get("/releases").text


def test_a_lead_lets_it_go_from_the_ticket(ada: FlaskClient, comment: int, world: cast.World) -> None:
    learning(world)
    answer(ada, comment, FINE)
    release_id = db.session.query(Release.id).scalar()
    cleo = enter(ada, world.cleo)

    cleo.post(f"/releases/{release_id}/release", headers=FRAGMENT)

    (said,) = queued()
    assert (said.text, said.author_name, said.is_public) == (FINE, "Ada", True)
    assert "freigegeben von Cleo" in cleo.get(f"/tickets/{comment}").text


def test_the_list_leads_to_the_ticket_where_something_newer_came(
    ada: FlaskClient, comment: int, world: cast.World
) -> None:
    learning(world)
    answer(ada, comment, FINE)
    release_id = db.session.query(Release.id).scalar()
    replies.reply(talks(comment)[0], text="Wir sind dran!", by=world.max, at=NINE + timedelta(hours=2))
    cleo = enter(ada, world.cleo)

    refused = cleo.post(f"/releases/{release_id}/release", data={"from": "list"})

    assert refused.status_code == 422
    assert "Neu seit Ihrem Entwurf" in refused.text
    assert f'href="/tickets/{comment}">Im Anliegen {comment} lesen' in refused.text


def test_a_declined_one_is_a_draft_of_its_author_again(ada: FlaskClient, comment: int, world: cast.World) -> None:
    learning(world)
    answer(ada, comment, FINE)
    release_id = db.session.query(Release.id).scalar()
    cleo = enter(ada, world.cleo)
    assert cleo.post(f"/releases/{release_id}/refusal", data={"reason": ""}, headers=FRAGMENT).status_code == 422

    cleo.post(f"/releases/{release_id}/refusal", data={"reason": "Bitte freundlicher."}, headers=FRAGMENT)

    page = enter(ada, world.ada).get(f"/tickets/{comment}").text
    assert "„Bitte freundlicher.“" in page
    assert "Wartet auf Freigabe" not in page


def test_a_private_answer_offers_a_line_in_public(ada: FlaskClient, comment: int) -> None:
    page = ada.get(f"/tickets/{comment}").text
    assert "Wir haben Ihnen privat geschrieben." in page

    answer(ada, comment, "Bitte nennen Sie uns die Nummer.", public="", public_line="1")

    (said,) = queued()
    assert said.details["public_line"]["text"] == "Wir haben Ihnen privat geschrieben."


def one_person(world: cast.World, *, is_proven: bool) -> int:
    """Kim has written by Messenger and by mail, and both are one matter."""
    number, mail = voices.direct(world), cast.hear(world)
    if is_proven:
        kept, absorbed = (cast.ticket(each).customer_id for each in (number, mail.ticket_id))
        evidence = {"reason": "sagt sie"}
        merging.merge(kept, absorbed, proof=Proof.COLLEAGUE, evidence=evidence, by=world.max, at=NINE)
    joining.join(mail.ticket_id, into=number, by=world.max, at=NINE)
    return number


def test_a_messenger_question_is_answered_by_mail_too(ada: FlaskClient, world: cast.World) -> None:
    number = one_person(world, is_proven=True)
    chat, mail = talks(number)
    page = ada.get(f"/tickets/{number}").text
    assert re.search(rf'name="also" value="c{mail}">auch per E-Mail an ', page)

    answer(ada, number, "Der Ersatz ist unterwegs.", public="", also=f"c{mail}")

    assert sorted(said.conversation_id for said in queued()) == [chat, mail]
    assert cast.ticket(number).due_at is None


def test_what_is_not_proven_is_not_offered_and_says_why(ada: FlaskClient, world: cast.World) -> None:
    number = one_person(world, is_proven=False)
    page = ada.get(f"/tickets/{number}").text

    assert 'name="also"' not in page
    assert "geht erst, wenn belegt ist, dass es dieselbe Person ist." in page
    refused = answer(ada, number, "Hallo!", public="", also=f"c{talks(number)[1]}")
    assert refused.status_code == 422
    assert queued() == []


def test_mail_is_a_way_before_any_mail_was_written(ada: FlaskClient, world: cast.World) -> None:
    number, other = voices.direct(world), cast.hear(world)
    kept, absorbed = (cast.ticket(each).customer_id for each in (number, other.ticket_id))
    merging.merge(kept, absorbed, proof=Proof.COLLEAGUE, evidence={"reason": "ja"}, by=world.max, at=NINE)
    page = ada.get(f"/tickets/{number}").text
    opens = re.search(r'data-way="new-\d+-\d+"[^>]*data-opens="(\d+:\d+)"', page)
    assert opens is not None

    answer(ada, number, "Der Ersatz ist unterwegs.", public="", conversation="0", opens=opens[1])

    (said,) = queued()
    assert said.conversation_id == talks(number)[-1]
    assert len(talks(number)) == 2


def test_the_composer_says_what_an_answer_will_do(ada: FlaskClient, world: cast.World, clock: Clock) -> None:
    number = one_person(world, is_proven=True)
    clock.set((NINE + timedelta(days=2)).isoformat())

    page = ada.get(f"/tickets/{number}").text

    assert re.search(r"data-effect>beendet die überfällige Frist \([^)]+, seit [^)]+\)", page)
