"""Before anybody types: whether an answer is possible, to whom, until when, how long, and what else can be done."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import channels
from app.db import db
from app.models import Channel, Conversation, Message, MessageKind, MessageState
from app.web import platforms
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web import voices
from tests.web.entering import FRAGMENT, enter

NINE = cast.MONDAY_NINE


@pytest.fixture
def world(app: object, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


def composer(client: FlaskClient, number: int) -> str:
    """Return the composer as it is first shown, without what the script keeps beside it."""
    page = client.get(f"/tickets/{number}").text
    return page.partition('<section class="composer"')[2].partition("</section>")[0]


def talk_of(number: int) -> int:
    return int(
        db.session.query(Conversation.id).filter_by(ticket_id=number).order_by(Conversation.id).limit(1).scalar()
    )


def answer(client: FlaskClient, number: int, text: str = "Hallo", *, public: str = "1") -> TestResponse:
    form = {"conversation": talk_of(number), "public": public, "text": text}
    return client.post(f"/tickets/{number}/replies", data=form, headers=FRAGMENT)


def test_a_mail_is_sent_and_nothing_else_is_said(ada: FlaskClient, world: cast.World) -> None:
    shown = composer(ada, cast.hear(world).ticket_id)
    assert "Senden &amp; erledigen" in shown
    assert 'name="public" value=""' in shown
    assert 'class="window' not in shown
    assert 'class="locked"' not in shown


def test_a_comment_is_answered_in_public_and_the_button_says_so(ada: FlaskClient, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    shown = composer(ada, number)
    assert '<form id="reply-form" class="public' in shown
    assert 'data-words="send">Öffentlich antworten<' in shown
    assert "Öffentlich: Alle können Ihre Antwort lesen." in shown
    assert "Facebook öffentlich" in shown
    assert "Messenger privat" in shown


def test_a_public_answer_is_queued_as_public(ada: FlaskClient, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    assert answer(ada, number, "Das tut uns leid.").status_code == 303
    said = db.session.query(Message).filter_by(state=MessageState.QUEUED).one()
    assert said.is_public
    assert said.text == "Das tut uns leid."


def test_the_one_private_answer_is_offered_until_it_is_given(ada: FlaskClient, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    assert answer(ada, number, "Bitte nennen Sie uns die Nummer.", public="").status_code == 303
    said = db.session.query(Message).filter_by(state=MessageState.QUEUED).one()
    assert not said.is_public
    assert f'data-way="{talk_of(number)}-private"' not in ada.get(f"/tickets/{number}").text
    refused = answer(ada, number, "Und noch etwas.", public="")
    assert refused.status_code == 422
    assert refused.headers["HX-Retarget"] == "#reply-problem"


def test_below_a_comment_others_are_answered_in_public_only(ada: FlaskClient, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    other = {"author_name": "Troll", "author_address": "99", "sent_at": NINE + timedelta(minutes=5)}
    voices.say(talk_of(number), "Selber schuld!", kind=MessageKind.COMMENT, is_public=True, **other)
    page = ada.get(f"/tickets/{number}").text
    assert re.search(r'data-way="\d+" [^>]*data-to="Troll"', page)
    assert re.search(r'data-way="\d+-private" [^>]*data-to="Kim Kern"', page)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (1, "Noch 22 Std. bis das Antwortfenster schließt"),
        (30, "Nur noch von Hand bis"),
        (200, "Antwortfenster geschlossen seit"),
    ],
)
def test_the_window_is_a_second_clock(ada: FlaskClient, world: cast.World, hours: float, words: str) -> None:
    shown = composer(ada, voices.direct(world, heard_ago=hours))
    assert words in shown
    assert ("disabled" in shown) is (hours > 24 * 7)


def test_the_window_stands_in_the_head_while_it_runs(ada: FlaskClient, world: cast.World) -> None:
    number = voices.direct(world)
    assert "Antwortfenster</span></dt>" in ada.get(f"/tickets/{number}").text
    ada.post(f"/tickets/{number}/resolution")
    assert "Antwortfenster</span></dt>" not in ada.get(f"/tickets/{number}").text


def test_where_x_lets_nobody_answer_the_ways_out_are_offered(ada: FlaskClient, world: cast.World) -> None:
    shown = composer(ada, voices.post(world))
    assert 'class="locked"' in shown
    assert "readonly" in shown
    assert "Auf X öffnen" in shown
    assert 'data-choose="tab-1-private"' in shown


def test_an_answer_in_a_group_says_that_all_of_them_read_it(ada: FlaskClient, world: cast.World) -> None:
    shown = composer(ada, voices.group(world))
    assert "An die Gruppe senden" in shown
    assert "Antwort an alle in der Gruppe" in shown
    assert "Die Antwort lesen alle, die darin sind." in shown
    assert "X-Gruppe" in shown
    assert "X direkt" not in shown


def test_an_answer_on_x_has_its_length_and_its_price(ada: FlaskClient, world: cast.World) -> None:
    page = ada.get(f"/tickets/{voices.post(world, can_reply=True)}").text
    way = re.search(r'<div data-way="1" [^>]*data-public="1"[^>]*>', page)
    assert way is not None
    assert 'data-most="280"' in way[0]
    assert 'data-unit="weighted"' in way[0]
    assert re.search(r'class="cost">Kostet 0,01\d* \$, mit Link 0,20* \$', page)


def test_a_refused_answer_keeps_its_text_and_says_why(ada: FlaskClient, world: cast.World) -> None:
    number = voices.post(world)
    refused = answer(ada, number)
    assert refused.status_code == 422
    assert "wrong-words" in refused.text
    plain = ada.post(
        f"/tickets/{number}/replies", data={"conversation": talk_of(number), "public": "1", "text": "Mein Entwurf"}
    )
    assert plain.status_code == 422
    assert "Mein Entwurf" in plain.text


def test_a_channel_in_trouble_lets_answers_wait_and_says_so(ada: FlaskClient, world: cast.World) -> None:
    number = voices.direct(world)
    channel = db.session.query(Channel).filter_by(kind="messenger").one()
    channel.problem = "Der Zugang gilt nicht mehr."
    db.session.commit()
    assert "ist gestört: Ihre Antwort wartet" in composer(ada, number)


def test_the_telephone_takes_no_text(ada: FlaskClient, world: cast.World) -> None:
    number = voices.matter(world, "phone")
    voices.say(voices.thread(number, voices.phone(world), "phone", "+494415550192", name=""), "Anruf")
    assert 'class="locked"' in composer(ada, number)


def test_every_sentence_of_a_connector_that_is_translated_is_still_said(ada: FlaskClient, world: cast.World) -> None:
    folder = Path(channels.__file__).parent
    source = re.sub(r'"\s*"', "", "".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))))
    assert [words for words in platforms.SAID if words not in source] == []
    ada.post("/language", data={"language": "en"})
    shown = composer(ada, voices.post(world))
    assert "X only lets the interface answer posts" in shown
    assert "Open on X" in shown


def ways_to_begin(client: FlaskClient, number: int) -> dict[str, str]:
    form = client.get(f"/tickets/{number}/conversations", headers=FRAGMENT).text
    found = re.findall(r'name="way" value="([\d:]+)"[^>]*>.*?class="grow">([^<]*)<', form)
    return {words: id_ for id_, words in found}


def test_a_first_message_goes_to_a_typed_address_on_the_same_ticket(ada: FlaskClient, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    form = {"way": f"{world.channel}:0", "to": "Kim@Kundin.example", "subject": "Ihr Kommentar", "text": "Guten Tag"}
    assert ada.post(f"/tickets/{number}/conversations", data=form).status_code == 303
    page = ada.get(f"/tickets/{number}").text
    assert "2 Kanäle" in page
    assert "kim@kundin.example" in page
    assert "Guten Tag" in page


def test_a_first_message_takes_its_files_along(ada: FlaskClient, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    form: dict[str, object] = {"way": f"{world.channel}:0", "to": "kim@kundin.example", "text": "Anbei."}
    form["files"] = (io.BytesIO(b"%PDF"), "Rechnung.pdf")
    assert ada.post(f"/tickets/{number}/conversations", data=form).status_code == 303
    assert "Rechnung.pdf" in ada.get(f"/tickets/{number}").text


def test_known_addresses_are_offered_and_those_of_others_refused(ada: FlaskClient, world: cast.World) -> None:
    number, other = cast.hear(world).ticket_id, voices.direct(world)
    found = ways_to_begin(ada, number)
    assert "eva@kundin.example" in found
    assert "Andere Adresse" in found
    form = {"way": found["eva@kundin.example"], "subject": "Nachtrag", "text": "Noch etwas."}
    assert ada.post(f"/tickets/{other}/conversations", data=form, headers=FRAGMENT).status_code == 422
    assert ada.post(f"/tickets/{number}/conversations", data=form).status_code == 303


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"way": "", "text": "Hallo"}, "Bitte wählen Sie einen Weg."),
        ({"way": "1:0", "to": "niemand", "text": "Hallo"}, "Bitte geben Sie eine E-Mail-Adresse an."),
        ({"way": "1:0", "to": "eva@kundin.example", "text": " "}, "Bitte schreiben Sie einen Text."),
    ],
)
def test_an_incomplete_first_message_is_refused_in_its_form(
    ada: FlaskClient, world: cast.World, form: dict[str, str], words: str
) -> None:
    number = cast.hear(world).ticket_id
    refused = ada.post(f"/tickets/{number}/conversations", data=form, headers=FRAGMENT)
    assert refused.status_code == 422
    assert refused.headers["HX-Retarget"] == "#sheet"
    assert words in refused.text
    assert form["text"] in refused.text


def test_nobody_of_another_team_begins_anything(client: FlaskClient, world: cast.World) -> None:
    number = cast.hear(world).ticket_id
    ben = enter(client, world.ben)
    assert ben.get(f"/tickets/{number}/conversations").status_code == 404
    form = {"way": "1:0", "to": "eva@kundin.example", "text": "Hallo"}
    assert ben.post(f"/tickets/{number}/conversations", data=form).status_code == 404


def test_a_text_that_was_meant_for_another_way_is_refused(ada: FlaskClient, world: cast.World) -> None:
    number, _message_id = voices.comment(world)
    talk = talk_of(number)
    form = {"conversation": talk, "public": "1", "meant": f"{talk}:", "text": "Nur für Sie"}
    refused = ada.post(f"/tickets/{number}/replies", data=form, headers=FRAGMENT)
    assert refused.status_code == 422
    assert "Der Antwortweg ist ein anderer" in refused.text
    assert db.session.query(Message).filter_by(state=MessageState.QUEUED).count() == 0


def test_the_newest_thread_that_can_be_answered_is_chosen_first(ada: FlaskClient, world: cast.World) -> None:
    number = voices.direct(world)
    phone = voices.thread(number, voices.phone(world), "phone", "+494415550192", name="")
    voices.say(phone, "Anruf", sent_at=NINE + timedelta(minutes=5))
    assert 'id="tab-1" aria-controls="reply-panel" aria-selected="true"' in composer(ada, number)


def test_no_public_way_is_chosen_in_place_of_a_private_one(ada: FlaskClient, world: cast.World) -> None:
    number, message_id = voices.comment(world)
    page = cast.message(message_id).channel_id
    shut = voices.thread(number, page, "messenger", "6100000000000001", heard_at=NINE - timedelta(days=8))
    voices.say(shut, "Danke!", sent_at=NINE + timedelta(minutes=1))
    shown = composer(ada, number)
    assert f'id="tab-{shut}" aria-controls="reply-panel" aria-selected="true"' in shown
    assert '<form id="reply-form" class=" shut' in shown
