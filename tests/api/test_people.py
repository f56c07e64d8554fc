"""Who somebody is, for programs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.db import db
from app.desk import channels, envelopes, errands, fetched, intake, orders, signals
from app.models import Errand, ErrandKind, Merge, ProofLink
from app.runs import comparing
from channels.contract import Contact, Handle, Signal, SignalType
from tests import world as cast
from tests.api.conftest import Callers

pytestmark = pytest.mark.usefixtures("flask")

NINE = cast.MONDAY_NINE
OTHER = Handle(kind="email", value="eva.k@post.example", name="Eva K.")


@pytest.fixture
def pair(world: cast.World) -> tuple[int, int]:
    """The customers of two mails about one order."""
    first = cast.hear(world, text="Wo bleibt Bestellung 100-2314?").ticket_id
    second = cast.hear(world, cast.contact(sender=OTHER, text="Und Bestellung 100-2314?")).ticket_id
    comparing.compare_new(at=NINE)
    return cast.ticket(first).customer_id, cast.ticket(second).customer_id


@pytest.fixture
def page(world: cast.World) -> int:
    """The shop's Messenger page."""
    return channels.add(
        "messenger",
        name="Facebook",
        address="4711",
        settings={"app_id": "1", "api_base": "http://127.0.0.1:9"},
        secrets={"app_secret": "a", "verify_token": "b", "page_token": "c"},
        team_id=world.care,
    )


def chat(page: int, text: str, *, sender: str = "777", name: str = "Kati", **details: object) -> int:
    said = Contact(
        external_id=f"m_{text}",
        sender=Handle(kind="messenger", value=sender, name=name, scope="4711"),
        sent_at=NINE,
        text=text,
        conversation_key=sender,
        details=details,
    )
    stored = envelopes.store(page, [envelopes.Arrival(digest=f"{text:0<64}"[:64], size=1, source="t")], at=NINE)
    return intake.receive(said, channel_id=page, envelope_id=stored[0].id, at=NINE).ticket_id


def test_the_page_of_a_person_is_read_merged_and_parted(callers: Callers, pair: tuple[int, int]) -> None:
    one, other = pair
    before = callers.ada.get(f"/customers/{one}").json
    assert [each["id"] for each in before["relatives"]] == [other]
    assert before["relatives"][0]["reasons"][0] == "order_number"

    body = {"other": other, "reason": "rief an", "take": ["name"]}
    merged = callers.ada.post(f"/customers/{one}/merge", body).json
    assert merged["customer"]["name"] == "Eva K."
    assert [each["value"] for each in merged["customer"]["identities"]] == ["eva@kundin.example", OTHER.value]
    assert callers.ada.get(f"/customers/{other}").json == merged
    (merge,) = merged["merges"]
    assert (merge["proof"], merge["evidence"], merge["by"]) == ("colleague", {"reason": "rief an"}, "Ada")

    parted = callers.ada.delete(f"/customers/{one}/merges/{merge['id']}").json
    assert (parted["customer"], parted["tickets"]) == (before["customer"], before["tickets"])
    assert callers.ada.delete(f"/customers/{one}/merges/{merge['id']}").status_code == 409


def test_two_people_are_told_apart_and_compared_again(callers: Callers, pair: tuple[int, int]) -> None:
    one, other = pair

    told = callers.ada.post(f"/customers/{one}/distinctions", {"other": other}).json
    assert (told["apart_from"], told["relatives"]) == ([other], [])

    again = callers.ada.delete(f"/customers/{other}/distinctions?other={one}").json
    assert again["apart_from"] == []
    assert [each["id"] for each in again["relatives"]] == [one]


def test_nobody_learns_of_people_they_may_not_see(callers: Callers, pair: tuple[int, int]) -> None:
    one, other = pair
    assert callers.ben.get(f"/customers/{one}").status_code == 404
    assert callers.ben.post(f"/customers/{one}/merge", {"other": other, "reason": "x"}).status_code == 404
    assert callers.ben.post(f"/customers/{one}/links", {}).status_code == 404


def test_who_comes_by_a_signed_link_is_proven(callers: Callers, pair: tuple[int, int], page: int) -> None:
    made = callers.ada.post(f"/customers/{pair[0]}/links", {"days": 7}).json
    assert made["urls"] == {"Facebook": f"https://m.me/4711?ref={made['token']}"}

    ticket = chat(page, "Hallo, ich bin es.", referral={"ref": made["token"], "source": "SHORTLINK"})
    comparing.compare_new(at=NINE)

    assert cast.ticket(ticket).customer_id == pair[0]
    assert [row.proof for row in db.session.query(Merge)] == ["signed_link"]


def test_a_link_that_was_passed_on_proves_nobody_else(callers: Callers, pair: tuple[int, int], page: int) -> None:
    token = callers.ada.post(f"/customers/{pair[0]}/links", {}).json["token"]
    first = chat(page, "Hallo, ich bin es.", referral={"ref": token})
    comparing.compare_new(at=NINE)
    second = chat(page, "Eine Freundin hat mir das geschickt.", sender="778", name="", referral={"ref": token})
    comparing.compare_new(at=NINE)

    assert cast.ticket(first).customer_id == pair[0]
    assert cast.ticket(second).customer_id != pair[0]


def test_a_link_proves_nobody_of_another_name(callers: Callers, pair: tuple[int, int], page: int) -> None:
    token = callers.ada.post(f"/customers/{pair[0]}/links", {}).json["token"]
    ticket = chat(page, "Habt ihr das Kleid in Blau?", name="Otto Zahn", referral={"ref": token})
    comparing.compare_new(at=NINE)

    assert cast.ticket(ticket).customer_id != pair[0]


def test_a_link_waits_for_the_name_and_proves_who_has_none(callers: Callers, pair: tuple[int, int], page: int) -> None:
    token = callers.ada.post(f"/customers/{pair[0]}/links", {}).json["token"]
    ticket = chat(page, "Hallo, ich bin es.", name="", referral={"ref": token})
    comparing.compare_new(at=NINE)
    assert cast.ticket(ticket).customer_id != pair[0]
    task = errands.claim(db.session.query(Errand).filter_by(kind=ErrandKind.PROFILE).one().id, at=NINE)
    assert task

    fetched.named(task, None, at=NINE)
    comparing.compare_new(at=NINE)

    assert cast.ticket(ticket).customer_id == pair[0]


def test_a_link_followed_in_an_old_thread_proves_as_well(callers: Callers, pair: tuple[int, int], page: int) -> None:
    token = callers.ada.post(f"/customers/{pair[0]}/links", {}).json["token"]
    ticket = chat(page, "Guten Tag.")
    comparing.compare_new(at=NINE)
    assert cast.ticket(ticket).customer_id not in pair

    followed = Signal(
        external_id="r1", type=SignalType.REFERRAL, sent_at=NINE, conversation_key="777", details={"ref": token}
    )
    signals.apply(followed, channel_id=page, at=NINE)
    comparing.compare_new(at=NINE)

    assert cast.ticket(ticket).customer_id == pair[0]


@pytest.mark.parametrize("days_later", [0, 3])
def test_a_link_that_is_over_or_forged_proves_nothing(
    callers: Callers, pair: tuple[int, int], page: int, days_later: int
) -> None:
    token = callers.ada.post(f"/customers/{pair[0]}/links", {"days": 1}).json["token"]
    at = NINE + timedelta(days=days_later)
    forged = token[:-1] + ("b" if token[-1] == "a" else "a")
    ticket = chat(page, "Hallo?", referral={"ref": token if days_later else forged})
    comparing.compare_new(at=at)

    assert cast.ticket(ticket).customer_id != pair[0]


def test_what_was_taken_back_is_not_proven_by_the_same_again(
    callers: Callers, pair: tuple[int, int], page: int
) -> None:
    token = callers.ada.post(f"/customers/{pair[0]}/links", {}).json["token"]
    ticket = chat(page, "Hallo, ich bin es.", referral={"ref": token})
    comparing.compare_new(at=NINE)
    (merge,) = callers.ada.get(f"/customers/{pair[0]}").json["merges"]
    callers.ada.delete(f"/customers/{pair[0]}/merges/{merge['id']}")

    chat(page, "Noch etwas:")
    comparing.compare_new(at=NINE)

    assert cast.ticket(ticket).customer_id != pair[0]


def test_the_owner_of_an_order_is_asked(callers: Callers, pair: tuple[int, int], world: cast.World) -> None:
    orders.put("100-2314", email="katrin@web.example")
    number = callers.ada.get(f"/customers/{pair[0]}").json["tickets"][0]

    assert callers.ada.post(f"/tickets/{number}/proof", {"order": "100 2314"}).status_code == 201
    assert callers.ada.post(f"/tickets/{number}/proof", {"order": "100-2314"}).status_code == 409
    assert callers.ada.post(f"/tickets/{number}/proof", {"order": "1", "customer": pair[1]}).status_code == 422
    assert callers.ada.post(f"/tickets/{number}/proof", {"customer": pair[1]}).status_code == 201
    assert sorted(db.session.scalars(db.select(ProofLink.address))) == [OTHER.value, "katrin@web.example"]
