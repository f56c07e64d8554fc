"""Drafts that the server keeps, who else is here, and calling an answer back, as the pages' doors do it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.desk import joining
from app.models import Draft, Message, MessageState, TicketState, Visit
from app.runs import comparing
from channels.contract import Handle
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import enter
from tests.web.statements import statements

NINE = cast.MONDAY_NINE
FRAGMENT = {"HX-Request": "true"}


def conversation(number: int) -> int:
    return int(
        db.session.execute(db.text("SELECT id FROM conversation WHERE ticket_id = :n"), {"n": number}).scalar_one()
    )


def write(client: FlaskClient, number: int, text: str = "Angefangen", kind: str = "reply", **values: Any) -> Any:
    thread = {} if "conversation" in values else {"conversation": conversation(number)}
    form = {"text": text, "public": "", "seen": 1, **thread, **values}
    return client.put(f"/tickets/{number}/drafts/{kind}", data=form)


def page(client: FlaskClient, number: int) -> str:
    answer = client.get(f"/tickets/{number}")
    assert answer.status_code == 200
    return answer.text


def own(text: str, kind: str = "reply") -> dict[str, Any] | None:
    """Return what the page hands to the script as one's own draft."""
    found = re.search(rf'id="drafts"[^>]* data-{kind}="([^"]*)"', text)
    return json.loads(html.unescape(found[1])) if found else None


def undoing(app: Flask) -> None:
    app.config["FADEN"] = replace(app.config["FADEN"], undo_seconds=3600)


def test_a_draft_is_there_on_every_device_with_its_way_and_its_weight(ada: FlaskClient, number: int) -> None:
    assert write(ada, number, weight="holding 2026-11-23T12:00+00:00").status_code == 204

    kept = own(page(ada, number))

    assert kept is not None
    assert (kept["text"], kept["conversation"], kept["public"]) == ("Angefangen", conversation(number), False)
    assert (kept["weight"], kept["seen"]) == ("holding 2026-11-23T12:00+00:00", 1)
    assert write(ada, number, "Weiter", base=kept["at"]).status_code == 204
    assert db.session.query(Draft.text).one() == ("Weiter",)


def test_a_draft_leaves_with_its_conversation_when_a_matter_is_parted(
    app: Flask, world: cast.World, number: int, clock: Clock
) -> None:
    other = cast.hear(world, subject="Dasselbe").ticket_id
    thread = conversation(other)
    joining.join(other, into=number, by=world.ada, at=NINE)
    ada, cleo = enter(app.test_client(), world.ada), enter(app.test_client(), world.cleo)
    assert write(ada, number, "Nur hierzu", conversation=thread).status_code == 204
    assert "Nur hierzu" in page(cleo, number)

    joining.unjoin(other, by=world.ada, at=NINE)

    assert "Nur hierzu" not in page(cleo, number)
    assert own(page(ada, number)) is None
    assert "Nur hierzu" in page(cleo, other)
    assert write(ada, number, "Etwas anderes").status_code == 204
    kept = own(page(ada, other))
    assert kept is not None
    assert kept["text"] == "Nur hierzu"


def test_a_draft_for_a_way_that_is_yet_to_be_opened_is_kept_with_it(ada: FlaskClient, number: int) -> None:
    assert write(ada, number, conversation=0, opens="3:7").status_code == 204

    kept = own(page(ada, number))

    assert kept is not None
    assert (kept["opens"], kept["conversation"]) == ("3:7", 0)


def test_an_empty_draft_is_none_and_one_can_be_thrown_away(ada: FlaskClient, number: int) -> None:
    write(ada, number)
    kept_at = write(ada, number, "Notiz", "note").headers["X-Faden-At"]
    assert ada.delete(f"/tickets/{number}/drafts/reply").status_code == 204
    assert write(ada, number, "  ", "note", base=kept_at).status_code == 204
    assert db.session.query(Draft).count() == 0
    assert write(ada, number, kind="gossip").status_code == 404


def test_colleagues_read_a_draft_but_it_is_not_theirs(app: Flask, world: cast.World, number: int) -> None:
    write(enter(app.test_client(), world.ada), number, "Halber <Satz>")

    seen = page(enter(app.test_client(), world.cleo), number)

    assert "Entwurf von Ada" in seen
    assert "Halber &lt;Satz&gt;" in seen
    assert own(seen) is None


def test_a_draft_left_lying_for_long_is_shown_to_its_author_only(
    app: Flask, world: cast.World, number: int, clock: Clock
) -> None:
    ada = enter(app.test_client(), world.ada)
    write(ada, number)
    clock.set((NINE + timedelta(days=1)).isoformat())
    assert "Entwurf von" not in page(enter(app.test_client(), world.cleo), number)
    assert own(page(ada, number)) is not None


def test_nobody_writes_on_what_they_may_not_see(app: Flask, world: cast.World, number: int) -> None:
    ben = enter(app.test_client(), world.ben)
    assert write(ben, number).status_code == 404
    assert ben.post(f"/tickets/{number}/presence").status_code == 404
    assert db.session.query(Draft).count() == 0


def test_a_draft_is_marked_in_the_list_of_its_author_for_one_statement(
    app: Flask, world: cast.World, number: int
) -> None:
    ada, cleo = enter(app.test_client(), world.ada), enter(app.test_client(), world.cleo)
    ada.get("/inbox/next/rows")
    with statements() as before:
        assert ">Entwurf<" not in ada.get("/inbox/next/rows").text
    write(ada, number)
    with statements() as after:
        assert ">Entwurf<" in ada.get("/inbox/next/rows").text
    assert len(after) == len(before)
    assert sum(" draft" in each for each in after) == 1
    assert ">Entwurf<" not in cleo.get("/inbox/next/rows").text


def test_a_draft_follows_its_conversation_into_another_ticket(ada: FlaskClient, world: cast.World, number: int) -> None:
    other = cast.hear(world, subject="Dasselbe").ticket_id
    write(ada, other)

    joining.join(other, into=number, by=world.ada, at=NINE)

    kept = own(page(ada, number))
    assert kept is not None
    assert kept["text"] == "Angefangen"


def test_an_answer_ends_its_draft_and_can_be_called_back_as_one(app: Flask, ada: FlaskClient, number: int) -> None:
    undoing(app)
    write(ada, number, "Morgen.")
    form = {"conversation": conversation(number), "text": "Morgen."}
    assert ada.post(f"/tickets/{number}/replies", data=form).status_code == 303
    sent = page(ada, number)
    assert own(sent) is None
    assert "Sek. hinaus" in sent
    assert "Zurückholen" in sent
    message_id = db.session.query(Message.id).filter_by(author_name="Ada").scalar()

    assert ada.post(f"/messages/{message_id}/recall").status_code == 303

    back = page(ada, number)
    kept = own(back)
    assert kept is not None
    assert kept["text"] == "Morgen."
    assert "Antwort zurückgeholt" in back
    assert f'id="m{message_id}"' not in back
    assert cast.message(message_id).state is MessageState.FAILED


def test_send_and_resolve_are_taken_back_together(app: Flask, ada: FlaskClient, number: int) -> None:
    undoing(app)
    ada.post(f"/tickets/{number}/replies", data={"conversation": conversation(number), "text": "Morgen."})
    ada.post(f"/tickets/{number}/resolution")
    assert cast.ticket(number).state is TicketState.RESOLVED
    message_id = db.session.query(Message.id).filter_by(author_name="Ada").scalar()

    assert ada.post(f"/messages/{message_id}/recall", data={"reopened": "1"}).status_code == 303

    ticket = cast.ticket(number)
    assert (ticket.state, ticket.closed_at, ticket.assignee_id) == (TicketState.OPEN, None, None)
    assert ticket.due_at == NINE + timedelta(hours=4)
    assert cast.counters() == cast.counted()


def test_colleagues_see_that_an_answer_waits_but_only_its_author_calls_it_back(
    app: Flask, world: cast.World, number: int
) -> None:
    undoing(app)
    ada, cleo = enter(app.test_client(), world.ada), enter(app.test_client(), world.cleo)
    ada.post(f"/tickets/{number}/replies", data={"conversation": conversation(number), "text": "Morgen."})
    seen = page(cleo, number)
    assert "Sek. hinaus" in seen
    assert "Zurückholen" not in seen
    message_id = db.session.query(Message.id).filter_by(author_name="Ada").scalar()
    assert cleo.post(f"/messages/{message_id}/recall").status_code in {409, 422}
    assert cast.message(message_id).state is MessageState.QUEUED


def test_of_two_who_send_at_the_same_instant_the_second_is_told(app: Flask, world: cast.World, number: int) -> None:
    seen_id = db.session.query(Message.id).filter_by(direction="in").scalar()
    form = {"conversation": conversation(number), "text": "Morgen.", "seen": seen_id}
    both = [enter(app.test_client(), person) for person in (world.ada, world.cleo)]

    answers = [client.post(f"/tickets/{number}/replies", data=form, headers=FRAGMENT) for client in both]

    assert [answer.status_code for answer in answers] == [303, 409]
    assert "1 Antwort von Ada" in answers[1].text
    newest = db.session.query(db.func.max(Message.id)).scalar()
    assert answers[1].headers["X-Faden-Newer"] == str(newest)
    again = both[1].post(f"/tickets/{number}/replies", data={**form, "seen": newest}, headers=FRAGMENT)
    assert again.status_code == 303


def test_an_older_mail_that_a_join_brings_is_news_to_whoever_is_writing(
    ada: FlaskClient, world: cast.World, number: int
) -> None:
    later = cast.hear(world, sender=Handle(kind="email", value="eva@firma.example"), subject="Die Lampe!").ticket_id
    thread, seen_id = conversation(later), db.session.query(db.func.max(Message.id)).scalar()
    assert 'data-threads="1"' in page(ada, later)
    joining.join(number, into=later, by=world.ada, at=NINE)
    form = {"conversation": thread, "text": "Hallo, kurz dazu.", "seen": seen_id, "seen_threads": 1}

    answer = ada.post(f"/tickets/{later}/replies", data=form, headers=FRAGMENT)

    assert answer.status_code == 409
    assert "Ein anderes Anliegen ist dazugekommen" in answer.text
    assert cast.ticket(later).oldest_unanswered_at == NINE
    threads = answer.headers["X-Faden-Threads"]
    again = ada.post(f"/tickets/{later}/replies", data={**form, "seen_threads": threads}, headers=FRAGMENT)
    assert again.status_code == 303


def test_who_is_here_is_shown_to_the_others_until_they_leave(app: Flask, world: cast.World, number: int) -> None:
    ada, cleo = enter(app.test_client(), world.ada), enter(app.test_client(), world.cleo)
    assert "liest mit" not in ada.post(f"/tickets/{number}/presence").text
    assert "Ada liest mit" in cleo.post(f"/tickets/{number}/presence", data={"writes": "1"}).text
    assert "Cleo schreibt gerade" in ada.get(f"/tickets/{number}/presence").text
    assert "Cleo schreibt gerade" in ada.get("/inbox/next/rows").text
    assert cleo.post(f"/tickets/{number}/presence", data={"gone": "1"}).status_code == 204
    assert "Cleo" not in ada.get(f"/tickets/{number}/presence").text


def test_a_visit_is_written_once_a_minute_and_by_no_mere_look(
    ada: FlaskClient, world: cast.World, number: int, clock: Clock
) -> None:
    page(ada, number)
    assert db.session.query(Visit).count() == 0
    ada.post(f"/tickets/{number}/presence")
    clock.set((NINE + timedelta(seconds=50)).isoformat())
    ada.post(f"/tickets/{number}/presence")
    assert [(visit.agent_id, visit.at) for visit in db.session.query(Visit)] == [(world.ada.id, NINE)]
    clock.set((NINE + timedelta(seconds=70)).isoformat())
    ada.post(f"/tickets/{number}/presence")
    db.session.expire_all()
    assert [visit.at for visit in db.session.query(Visit)] == [NINE + timedelta(seconds=70)]


def test_the_banner_says_who_looked_last_and_costs_one_statement(
    app: Flask, world: cast.World, number: int, clock: Clock
) -> None:
    enter(app.test_client(), world.cleo).post(f"/tickets/{number}/presence")
    later = NINE + timedelta(hours=1)
    clock.set(later.isoformat())
    said = "Ich habe Ihnen heute schon eine E-Mail geschrieben, wo bleibt meine Lampe?"
    other = Handle(kind="email", value="eva.k@post.example", name="Eva Kundin")
    second = cast.hear(world, cast.contact(sender=other, sent_at=later, text=said), at=later).ticket_id
    comparing.compare_new(at=later)
    ada = enter(app.test_client(), world.ada)

    with statements() as asked:
        seen = page(ada, second)

    assert "Kundenservice schuldet seit heute, 09:00 Uhr eine Antwort" in seen
    assert "zuletzt geöffnet von Cleo, heute, 09:00 Uhr" in seen
    assert sum("suggestion" in each for each in asked) <= 3
