"""One ticket with several voices: what each message says about itself, and what stays of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.desk import moderation
from app.models import (
    Attachment,
    Call,
    CallOutcome,
    CallState,
    Direction,
    MessageKind,
    Publicity,
    Reaction,
    Revision,
)
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web import voices
from tests.web.entering import FRAGMENT, enter
from tests.web.statements import statements

NINE = cast.MONDAY_NINE
TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def world(app: object, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


def seen(client: FlaskClient, number: int) -> str:
    answer = client.get(f"/tickets/{number}")
    assert answer.status_code == 200
    return answer.text


def entry(page: str, message_id: int) -> str:
    """Return what the timeline shows of one message, without the page around it."""
    found = re.search(rf'<article class="entry" id="m{message_id}".*?</article>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_a_public_comment_says_so_in_words_and_shape(ada: FlaskClient, world: cast.World) -> None:
    number, message_id = voices.comment(world)
    shown = entry(seen(ada, number), message_id)
    assert "Öffentlicher Kommentar" in shown
    assert 'class="message in public"' in shown
    assert 'aria-label="Facebook, Öffentlicher Kommentar von Kim Kern, heute, 09:00 Uhr"' in shown


def test_a_direct_message_says_so_and_a_mail_needs_no_word(ada: FlaskClient, world: cast.World) -> None:
    assert "Direktnachricht" in seen(ada, voices.direct(world))
    assert "Direktnachricht" not in seen(ada, cast.hear(world).ticket_id)


def test_the_post_that_is_answered_stands_above_with_its_link(ada: FlaskClient, world: cast.World) -> None:
    parent = {"author": "@lichtfreund", "text": "Wer kennt <Nordlicht>?", "url": "https://x.com/i/web/status/1"}
    page = seen(ada, voices.post(world, details={"parent": parent}))
    assert "@lichtfreund" in page
    assert "Wer kennt &lt;Nordlicht&gt;?" in page
    assert 'href="https://x.com/i/web/status/1"' in page
    assert "Auf X öffnen" in page


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://x.example", "data:text/html,x"])
def test_a_link_of_a_stranger_is_https_or_none(ada: FlaskClient, world: cast.World, url: str) -> None:
    page = seen(ada, voices.post(world, details={"parent": {"author": "a", "text": "b", "url": url}}))
    assert url not in page


def test_a_post_that_is_gone_or_not_fetched_yet_is_named_all_the_same(ada: FlaskClient, world: cast.World) -> None:
    number = voices.post(world, details={"parent": {"external_id": "1"}})
    assert "Der Beitrag wird geholt …" in seen(ada, number)


def test_what_listening_found_is_marked_with_its_term(ada: FlaskClient, world: cast.World) -> None:
    page = seen(ada, voices.post(world, details={"term": "#nordlichtlampen"}))
    assert "nicht erwähnt · gefunden mit „#nordlichtlampen“" in page


def test_both_texts_of_an_edit_can_be_read(ada: FlaskClient, world: cast.World) -> None:
    number, message_id = voices.comment(world, "Neuer Text.", edited_at=NINE)
    voices.row(Revision(message_id=message_id, text="Alter <b>Text</b>.", until=NINE))
    shown = entry(seen(ada, number), message_id)
    assert "bearbeitet heute, 09:00 Uhr" in shown
    assert "Alter" not in shown
    earlier = ada.get(f"/messages/{message_id}/revisions", headers=FRAGMENT).text
    assert "Alter &lt;b&gt;Text&lt;/b&gt;." in earlier


def test_a_removed_message_leaves_a_stone_and_its_text_on_request(
    ada: FlaskClient, client: FlaskClient, world: cast.World
) -> None:
    number, message_id = voices.comment(world, "Das war zu scharf.", removed_at=NINE)
    shown = entry(seen(ada, number), message_id)
    assert "Von der Verfasserin oder vom Verfasser entfernt" in shown
    assert "Das war zu scharf." not in shown
    assert "Das war zu scharf." in ada.get(f"/messages/{message_id}/removed", headers=FRAGMENT).text
    assert enter(client, world.ben).get(f"/messages/{message_id}/removed").status_code == 404
    assert client.get(f"/messages/{message_id}/revisions").status_code == 404


def test_our_own_words_elsewhere_are_told_apart(ada: FlaskClient, world: cast.World) -> None:
    number, _message_id = voices.comment(world, "Das regeln wir.", direction=Direction.OUT, is_elsewhere=True)
    page = seen(ada, number)
    assert "auf Facebook beantwortet" in page
    assert "Öffentliche Antwort" in page
    assert "delivery sent" not in page


@pytest.mark.parametrize(("progress", "words"), [("", "gesendet"), ("delivered", "zugestellt"), ("read", "gelesen")])
def test_how_far_an_answer_came(ada: FlaskClient, world: cast.World, progress: str, words: str) -> None:
    number = voices.direct(world, "Morgen!", direction=Direction.OUT, progress=progress)
    assert f"<span>{words}</span>" in seen(ada, number)


def test_a_message_that_came_late_stands_at_its_own_time(ada: FlaskClient, world: cast.World) -> None:
    number = voices.direct(world, "Zuletzt gesagt")
    voices.say(cast.message(1).conversation_id, "Zuerst gesagt", sent_at=NINE - timedelta(days=3), stored_at=NINE)
    page = seen(ada, number)
    assert page.count("verspätet eingetroffen") == 1
    assert page.index("Zuerst gesagt") < page.index("Zuletzt gesagt")


def test_posts_of_the_same_instant_stand_in_the_platforms_order(ada: FlaskClient, world: cast.World) -> None:
    number = voices.post(world, "der dritte", external_id="1990000000000000103")
    talk = cast.message(1).conversation_id
    for text, id_ in (("der zweite", "1990000000000000102"), ("der erste", "999")):
        voices.say(talk, text, external_id=id_)
    feed = seen(ada, number).partition('id="timeline"')[2]
    assert feed.index("der erste") < feed.index("der zweite") < feed.index("der dritte")


def test_what_nobody_understood_is_a_placeholder(ada: FlaskClient, world: cast.World) -> None:
    assert "Eine Nachricht, deren Art wir nicht kennen." in seen(
        ada, voices.direct(world, "", kind=MessageKind.UNKNOWN)
    )


def test_a_pressed_button_a_rating_and_another_tool(ada: FlaskClient, world: cast.World) -> None:
    number = voices.direct(world, "Retoure", kind=MessageKind.POSTBACK, details={"standby": True})
    talk = cast.message(1).conversation_id
    voices.say(talk, "Ganz gut.", kind=MessageKind.POST, is_public=True, details={"rating": 4})
    page = seen(ada, number)
    assert "Hat die Schaltfläche „Retoure“ gedrückt." in page
    assert "ein anderes Werkzeug führt das Gespräch" in page
    assert "★★★★☆" in page
    assert "4 von 5 Sternen" in page
    assert "Öffentliche Bewertung" in page


def test_files_that_are_not_here_say_why(ada: FlaskClient, world: cast.World) -> None:
    number, message_id = voices.comment(world, attachment_count=3)
    for kind, url, fault in (
        ("image", "https://cdn.example/1.jpg", ""),
        ("video", "https://cdn.example/2.mp4", "Der Verweis ist abgelaufen."),
        ("location", "", ""),
    ):
        made = Attachment(message_id=message_id, name="", type="", size=0, digest="", kind=kind, source_url=url)
        made.fault_words, made.details = fault, {"coordinates": {"lat": 54.32, "long": 10.13}}
        voices.row(made)
    shown = TAG.sub(" ", entry(seen(ada, number), message_id))
    assert re.search(r"Bild\s+wird geholt …", shown)
    assert re.search(r"Video\s+nicht geholt: Der Verweis ist abgelaufen\.", shown)
    assert "Standort" in shown
    assert "openstreetmap.org/?mlat=54.320000" in seen(ada, number)


def test_reactions_are_counted_and_those_taken_back_are_not(ada: FlaskClient, world: cast.World) -> None:
    number, message_id = voices.comment(world)
    for author, emoji, removed_at in (("1", "❤", None), ("2", "❤", None), ("3", "😡", NINE)):
        voices.row(Reaction(message_id=message_id, author_value=author, emoji=emoji, at=NINE, removed_at=removed_at))
    shown = entry(seen(ada, number), message_id)
    assert "<li>❤ 2</li>" in shown
    assert "😡" not in shown


def test_a_call_tells_who_talked_and_how_long(ada: FlaskClient, world: cast.World) -> None:
    number = voices.matter(world, "phone")
    talk = voices.thread(number, voices.phone(world), "phone", "+494415550192", name="")
    message_id = voices.say(talk, "Fragt nach der Mahnung.", kind=MessageKind.CALL, author_name="")
    voices.row(
        Call(
            channel_id=1,
            root_id="a1",
            conversation_id=talk,
            message_id=message_id,
            state=CallState.ENDED,
            outcome=CallOutcome.REACHED,
            agent_id=world.ada.id,
            number="+494415550192",
            rang_at=NINE,
            answered_at=NINE,
            ended_at=NINE + timedelta(seconds=160),
        )
    )
    shown = entry(seen(ada, number), message_id)
    assert "Anruf, eingehend · 2 Min. 40 Sek. · mit Ada" in shown
    assert "erreicht" in shown
    assert '<b class="cut">0441 5550192</b>' in shown


def test_a_comment_is_hidden_only_for_a_reason_of_the_list(ada: FlaskClient, world: cast.World) -> None:
    number, message_id = voices.comment(world)
    form = ada.get(f"/messages/{message_id}/hiding", headers=FRAGMENT).text
    assert "Kritik ist kein Grund" in form
    assert [words in form for words in moderation.REASONS.values()] == [True, True, True]
    refused = ada.post(f"/messages/{message_id}/hiding", data={"reason": "criticism"}, headers=FRAGMENT)
    assert refused.status_code == 422
    assert ada.post(f"/messages/{message_id}/hiding", data={"reason": "insult"}).status_code == 303
    page = seen(ada, number)
    assert "wird verborgen" in page
    assert "Ada lässt einen Kommentar verbergen. Grund: Beleidigung." in page
    assert ada.post(f"/messages/{message_id}/showing").status_code == 303
    assert f"/messages/{message_id}/hiding" in seen(ada, number)


def test_nobody_of_another_team_hides_anything(client: FlaskClient, world: cast.World) -> None:
    _number, message_id = voices.comment(world)
    ben = enter(client, world.ben)
    assert ben.get(f"/messages/{message_id}/hiding").status_code == 404
    assert ben.post(f"/messages/{message_id}/hiding", data={"reason": "insult"}).status_code == 404


def test_the_list_marks_what_came_in_public(ada: FlaskClient, world: cast.World) -> None:
    voices.matter(world, "messenger", publicity=Publicity.PUBLIC)
    voices.matter(world, "x", publicity=Publicity.OVERHEARD, channel_count=2)
    cast.hear(world)
    page = ada.get("/inbox/next").text
    assert page.count('<span class="mark public">öffentlich</span>') == 1
    assert page.count('<span class="mark public">nicht erwähnt</span>') == 1
    assert 'aria-label="Facebook"' in page
    assert 'data-count="2" role="img" aria-label="X und weitere Kanäle"' in page


def test_the_customers_addresses_of_every_kind_stand_beside(ada: FlaskClient, world: cast.World) -> None:
    page = seen(ada, voices.post(world))
    assert 'href="https://x.com/kim_kern"' in page
    assert "@kim_kern" in page
    assert "71" not in re.findall(r'class="cut"[^>]*>([^<]*)<', seen(ada, voices.comment(world)[0]))


def test_many_voices_cost_no_more_statements_than_a_mail(ada: FlaskClient, world: cast.World) -> None:
    number = voices.direct(world)
    talk = cast.message(1).conversation_id
    for text in ("eins", "zwei"):
        message_id = voices.say(talk, text, edited_at=NINE, attachment_count=1, kind=MessageKind.MESSAGE)
        voices.row(Reaction(message_id=message_id, author_value="1", emoji="❤", at=NINE))
        voices.row(Attachment(message_id=message_id, name="a.txt", type="text/plain", size=1, digest="0" * 64))
    seen(ada, number)
    with statements() as asked:
        seen(ada, number)
    assert len(asked) <= 10, asked
