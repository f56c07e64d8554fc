"""The ticket page: what it shows, what can be done on it, and at what price."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import db
from app.desk import delivery, joining, replies
from app.models import Attachment, Message, MessageState, Note, Ticket, TicketState
from channels.contract import DeliveryError, DeliveryFault
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter
from tests.web.statements import statements

NINE = cast.MONDAY_NINE


@pytest.fixture
def world(app: object, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


def conversation(number: int) -> int:
    return int(
        db.session.execute(db.text("SELECT id FROM conversation WHERE ticket_id = :n"), {"n": number}).scalar_one()
    )


def seen(client: FlaskClient, number: int) -> str:
    answer = client.get(f"/tickets/{number}")
    assert answer.status_code == 200
    return answer.text


def ticket(number: int) -> Ticket:
    return cast.ticket(number)


def test_the_page_shows_what_was_written_and_by_when_we_owe_an_answer(ada: FlaskClient, number: int) -> None:
    page = seen(ada, number)
    assert "Guten Tag, wann kommt meine Lampe?" in page
    assert "Erste Antwort auf E-Mail" in page
    assert "noch 3 Std." in page
    assert "fällig heute, 13:00 Uhr" in page
    assert "eva@kundin.example" in page
    assert "wartet seit heute, 09:00 Uhr" in page


def test_the_script_gets_the_pane_alone(ada: FlaskClient, number: int) -> None:
    page = ada.get(f"/tickets/{number}", headers=FRAGMENT).text
    assert page.lstrip().startswith("<title>")
    assert 'id="timeline"' in page
    assert "<html" not in page
    assert 'class="rail"' not in page


def test_people_of_other_teams_find_nothing(client: FlaskClient, world: cast.World, number: int) -> None:
    assert enter(client, world.ben).get(f"/tickets/{number}").status_code == 404
    assert client.post(f"/tickets/{number}/resolution").status_code == 404
    assert client.post(f"/tickets/{number}/notes", data={"text": "x"}).status_code == 404
    assert client.get(f"/tickets/{number}/assignment").status_code == 404
    assert ticket(number).state is TicketState.OPEN


def test_nobody_gets_in_without_signing_in(client: FlaskClient, number: int) -> None:
    answer = client.get(f"/tickets/{number}", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/login")


def reply(client: FlaskClient, number: int, text: str, **more: object) -> TestResponse:
    form = {"conversation": conversation(number), "text": text, **more}
    return client.post(f"/tickets/{number}/replies", data=form, content_type="multipart/form-data")


def test_a_reply_is_queued_and_stops_the_clock(ada: FlaskClient, number: int) -> None:
    answer = reply(ada, number, "Morgen kommt sie.")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/tickets/{number}?view=next"
    page = seen(ada, number)
    assert "Morgen kommt sie." in page
    assert "wird gesendet" in page
    assert "wartet auf Kundschaft" in page


def test_a_reply_takes_its_files_along(ada: FlaskClient, number: int) -> None:
    files = [(io.BytesIO(b"%PDF-1"), "../../Rechnung ä.pdf"), (io.BytesIO(b"x"), "b.txt")]
    reply(ada, number, "Anbei.", files=files)
    kept = db.session.query(Attachment).order_by(Attachment.id).all()
    assert [(file.name, file.size) for file in kept] == [("Rechnung ä.pdf", 6), ("b.txt", 1)]
    assert "Rechnung ä.pdf" in seen(ada, number)


def test_an_empty_reply_is_refused_beside_its_field(ada: FlaskClient, number: int) -> None:
    form = {"conversation": conversation(number), "text": "  "}
    answer = ada.post(f"/tickets/{number}/replies", data=form, headers=FRAGMENT)
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#reply-problem"
    assert "Bitte schreiben Sie einen Text." in answer.text


def test_without_a_script_a_refused_text_stands_in_its_field_again(ada: FlaskClient, number: int) -> None:
    answer = reply(ada, number, "x" * 100_001)
    assert answer.status_code == 422
    assert "Der Text ist zu lang" in answer.text
    assert "x" * 100_001 in answer.text


def test_an_answer_to_what_was_not_seen_yet_is_refused_once(ada: FlaskClient, world: cast.World, number: int) -> None:
    seen_id = db.session.query(Message.id).filter_by(direction="in").scalar()
    replies.reply(conversation(number), text="Cleo war schneller.", by=world.cleo, at=NINE)
    answer = reply(ada, number, "Antwort", seen=seen_id)
    assert answer.status_code == 409
    assert "Neu seit Ihrem Entwurf: 1 Antwort von Cleo" in answer.text
    newest = re.search(r'id="timeline" data-last="(\d+)"', answer.text)
    assert newest is not None
    assert reply(ada, number, "Antwort", seen=newest[1]).status_code == 303


def test_a_conversation_of_another_team_cannot_be_answered(client: FlaskClient, world: cast.World, number: int) -> None:
    assert reply(enter(client, world.ben), number, "Hallo").status_code == 404
    assert db.session.query(Message).filter_by(state=MessageState.QUEUED, is_automatic=False).count() == 0


def test_a_reply_goes_out_under_its_own_ticket_only(ada: FlaskClient, world: cast.World, number: int) -> None:
    other = cast.hear(world, subject="Etwas anderes").ticket_id
    form = {"conversation": conversation(other), "text": "Hallo"}
    assert ada.post(f"/tickets/{number}/replies", data=form).status_code == 404


def test_a_note_stays_inside(ada: FlaskClient, number: int) -> None:
    assert ada.post(f"/tickets/{number}/notes", data={"text": "Kundin ist sauer."}).status_code == 303
    page = seen(ada, number)
    assert "Kundin ist sauer." in page
    assert "Notiz, nur intern" in page
    assert ada.post(f"/tickets/{number}/notes", data={"text": ""}, headers=FRAGMENT).status_code == 422
    assert db.session.query(Note).count() == 1


def test_done_and_open_again(ada: FlaskClient, number: int) -> None:
    ada.post(f"/tickets/{number}/resolution")
    assert ticket(number).state is TicketState.RESOLVED
    assert "Wieder öffnen" in seen(ada, number)
    ada.post(f"/tickets/{number}/reopening")
    assert ticket(number).state is TicketState.OPEN
    assert "Erledigen" in seen(ada, number)


def test_taking_a_ticket_offers_the_way_back(ada: FlaskClient, world: cast.World, number: int) -> None:
    page = seen(ada, number)
    assert re.search(r'data-undo-values="\{[^"]*assignee[^"]*: 0', page)
    ada.post(f"/tickets/{number}/assignment", data={"assignee": world.ada.id})
    assert ticket(number).assignee_id == world.ada.id
    assert "Ada hat übernommen." in seen(ada, number)
    ada.post(f"/tickets/{number}/assignment", data={"assignee": 0, "team": world.care})
    assert ticket(number).assignee_id is None


def test_the_assignment_form_names_the_team_and_refuses_strangers(
    ada: FlaskClient, world: cast.World, number: int
) -> None:
    form = ada.get(f"/tickets/{number}/assignment", headers=FRAGMENT).text
    assert "Cleo" in form
    assert "Social Media" in form
    answer = ada.post(f"/tickets/{number}/assignment", data={"assignee": world.ben.id}, headers=FRAGMENT)
    assert answer.status_code == 422
    assert "Ben gehört nicht zu diesem Team." in answer.text
    assert ticket(number).assignee_id is None


def test_two_tickets_become_one_and_two_again(ada: FlaskClient, world: cast.World, number: int) -> None:
    other = cast.hear(world, subject="Noch etwas", text="Und die Rechnung?").ticket_id
    answer = ada.post(f"/tickets/{other}/join", data={"into": f"#{number}"})
    assert answer.headers["Location"] == f"/tickets/{number}?view=next"
    page = seen(ada, number)
    assert "Und die Rechnung?" in page
    assert f"Ada hat Anliegen #{other} hierher geholt." in page
    assert f"früher #{other}" in seen(ada, other)
    ada.post(f"/tickets/{other}/separation")
    assert "Und die Rechnung?" not in seen(ada, number)
    assert "Und die Rechnung?" in seen(ada, other)


def test_one_conversation_is_parted_from_a_joined_ticket(ada: FlaskClient, world: cast.World, number: int) -> None:
    other = cast.hear(world, subject="Noch etwas").ticket_id
    guest = conversation(other)
    joining.join(other, into=number, by=world.ada, at=NINE)
    ada.post(f"/tickets/{number}/parts", data={"conversation": guest})
    assert ticket(other).state is TicketState.OPEN
    assert "Getrennt:" in seen(ada, number)


@pytest.mark.parametrize(
    ("into", "words"),
    [
        ("abc", "Bitte geben Sie die Nummer"),
        ("99999", "Anliegen 99999 gibt es nicht"),
        ("self", "nicht mit sich selbst"),
    ],
)
def test_a_wrong_number_is_refused_in_the_form(ada: FlaskClient, number: int, into: str, words: str) -> None:
    answer = ada.post(f"/tickets/{number}/join", data={"into": number if into == "self" else into}, headers=FRAGMENT)
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#sheet"
    assert words in answer.text


def lost(world: cast.World, number: int, fault: DeliveryFault) -> int:
    message_id = replies.reply(conversation(number), text="Hallo", by=world.ada, at=NINE)
    assert delivery.claim(message_id, at=NINE)
    delivery.fail(message_id, DeliveryError(fault, is_permanent=True, words="550 Postfach unbekannt"), at=NINE)
    return message_id


def test_a_failed_answer_says_why_and_can_be_sent_again(ada: FlaskClient, world: cast.World, number: int) -> None:
    message_id = lost(world, number, DeliveryFault.REJECTED)
    page = seen(ada, number)
    assert "Nicht gesendet: 550 Postfach unbekannt" in page
    assert "Als gesendet markieren" not in page
    ada.post(f"/messages/{message_id}/retry")
    assert cast.message(message_id).state is MessageState.QUEUED


def test_an_unsure_answer_leaves_the_choice_to_a_person(ada: FlaskClient, world: cast.World, number: int) -> None:
    message_id = lost(world, number, DeliveryFault.UNSURE)
    page = seen(ada, number)
    assert "Unsicher, ob gesendet." in page
    assert "Erneut senden" in page
    ada.post(f"/messages/{message_id}/confirmation")
    assert cast.message(message_id).state is MessageState.SENT
    assert "Als gesendet markiert" in seen(ada, number)


def test_quoted_text_is_fetched_when_it_is_unfolded(ada: FlaskClient, world: cast.World, number: int) -> None:
    heard = cast.hear(world, subject="Zitat", text="Neu.", quoted_text="> Alt & <b>lang</b>")
    page = seen(ada, heard.ticket_id)
    assert "Alt &amp;" not in page
    assert f"/messages/{heard.message_id}/quote" in page
    quote = ada.get(f"/messages/{heard.message_id}/quote", headers=FRAGMENT).text
    assert "Alt &amp; &lt;b&gt;" in quote


def test_html_of_a_mail_never_stands_in_our_page(ada: FlaskClient, world: cast.World) -> None:
    heard = cast.hear(world, text="Text", html="<p onclick=alert(1)>Hallo</p><script>alert(2)</script>")
    page = seen(ada, heard.ticket_id)
    assert "alert(" not in page
    assert f'data-original="/messages/{heard.message_id}/html"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page


def test_a_long_timeline_comes_in_pages(ada: FlaskClient, world: cast.World, number: int) -> None:
    for i in range(34):
        replies.reply(conversation(number), text=f"Antwort Nr. {i:02d}.", by=world.ada, at=NINE + timedelta(minutes=i))
    page = seen(ada, number)
    assert "Antwort Nr. 33." in page
    assert "wann kommt meine Lampe" not in page.partition('id="timeline"')[2]
    older = re.search(r'hx-get="(/tickets/\d+/timeline[^"]+)"', page)
    assert older is not None
    rest = ada.get(older[1].replace("&amp;", "&"), headers=FRAGMENT).text
    assert "wann kommt meine Lampe" in rest
    shown = re.findall(r"Antwort Nr\. (\d\d)\.", rest + page.partition('id="timeline"')[2])
    assert shown == sorted(set(shown))
    assert len(shown) == 34


def test_no_script_and_no_style_stands_in_the_page(ada: FlaskClient, number: int) -> None:
    answer = ada.get(f"/tickets/{number}")
    assert re.findall(r"<script(?![^>]*\bsrc=)", answer.text) == []
    assert not re.search(r'<[^>]+\s(style|on\w+)="', answer.text)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_every_form_carries_its_token(client: FlaskClient, world: cast.World, number: int) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    enter(client, world.ada)
    assert client.post(f"/tickets/{number}/resolution").status_code == 400
    page = seen(client, number)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None
    posts, tokens = page.count('method="post"'), page.count('name="csrf_token"')
    assert posts == tokens
    answer = client.post(f"/tickets/{number}/resolution", headers={"X-CSRFToken": token[1]})
    assert answer.status_code == 303


def test_page_and_reply_cost_few_statements(ada: FlaskClient, world: cast.World, number: int) -> None:
    for i in range(5):
        cast.hear(world, text=f"Nr. {i}", subject=f"Nr. {i}", quoted_text="> alt")
        replies.reply(conversation(number), text=f"Antwort {i}", by=world.ada, at=NINE)
    files = [(io.BytesIO(b"x"), "a.txt")]
    with statements() as asked:
        assert reply(ada, number, "Anbei.", files=files, seen=10**6).status_code == 303
    assert len(asked) - 1 <= 13, asked  # one is this test's own look for the conversation
    with statements() as asked:
        seen(ada, number)
    assert len(asked) <= 10, asked


def test_what_no_database_keeps_is_left_out_of_answers_and_notes(ada: FlaskClient, number: int) -> None:
    typed = {"conversation": str(conversation(number)), "text": "Morgen\0 ist sie da."}
    assert ada.post(f"/tickets/{number}/replies", data=typed).status_code == 303
    assert ada.post(f"/tickets/{number}/notes", data={"text": "Lager\0 gefragt"}).status_code == 303
    page = seen(ada, number)
    assert "Morgen ist sie da." in page
    assert "Lager gefragt" in page
