"""Several devices of one author: an older one ends and overwrites nothing that was written since."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.models import Draft, Message
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.test_drafts import conversation, page, write

NINE = cast.MONDAY_NINE


def test_an_older_device_does_not_write_over_what_was_written_since(
    ada: FlaskClient, number: int, clock: Clock
) -> None:
    old = write(ada, number, "Alt").headers["X-Faden-At"]
    clock.set((NINE + timedelta(minutes=5)).isoformat())
    assert write(ada, number, "Vom Telefon", base=old).status_code == 204

    answers = [write(ada, number, "Alt und mehr", base=base) for base in (old, "")]

    assert [(answer.status_code, answer.text) for answer in answers] == [(409, "Vom Telefon")] * 2
    assert db.session.query(Draft.text).one() == ("Vom Telefon",)
    assert write(ada, number, "Beides", base=answers[-1].headers["X-Faden-At"]).status_code == 204


@pytest.mark.parametrize("act", ["empty", "discard", "send"])
def test_an_older_device_destroys_nothing_that_was_written_since(
    ada: FlaskClient, number: int, clock: Clock, act: str
) -> None:
    old = write(ada, number, "Alt").headers["X-Faden-At"]
    clock.set((NINE + timedelta(minutes=5)).isoformat())
    write(ada, number, "Alt und eine halbe Stunde Arbeit", base=old)

    if act == "empty":
        assert write(ada, number, "", base=old).status_code == 409
    elif act == "discard":
        assert ada.delete(f"/tickets/{number}/drafts/reply", data={"base": old}).status_code == 409
    else:
        form = {"conversation": conversation(number), "text": "Alt", "base": old}
        assert ada.post(f"/tickets/{number}/replies", data=form).status_code == 303

    assert db.session.query(Draft.text).one() == ("Alt und eine halbe Stunde Arbeit",)


def test_a_note_ends_its_own_draft_and_no_newer_one(ada: FlaskClient, number: int, clock: Clock) -> None:
    old = write(ada, number, "Lager gefragt", "note").headers["X-Faden-At"]
    clock.set((NINE + timedelta(minutes=5)).isoformat())
    newer = write(ada, number, "Lager gefragt, Antwort morgen", "note", base=old).headers["X-Faden-At"]

    ada.post(f"/tickets/{number}/notes", data={"text": "Lager gefragt", "base": old})
    assert db.session.query(Draft.text).one() == ("Lager gefragt, Antwort morgen",)
    ada.post(f"/tickets/{number}/notes", data={"text": "Lager gefragt, Antwort am Montag", "base": newer})

    assert db.session.query(Draft).count() == 0


def test_a_form_without_a_script_is_not_sent_twice(ada: FlaskClient, number: int) -> None:
    form = page(ada, number)
    form = form[form.index('id="reply-form"') :]
    fields = dict(re.findall(r'<input type="hidden" name="(seen|seen_threads)" value="(\d+)">', form))
    typed = {"conversation": conversation(number), "text": "Morgen.", **fields}

    answers = [ada.post(f"/tickets/{number}/replies", data=typed) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 409]
    assert db.session.query(Message).filter_by(author_name="Ada").count() == 1
