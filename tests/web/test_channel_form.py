"""Forms that connectors describe: every kind is set up, its secrets are replaced or left alone, its faults are named."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import seal
from app.db import db
from app.models import Channel
from channels.contract import Field
from channels.registry import connectors, form_of, is_hooked
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import enter

SECRET = "streng-geheim-4711"
PAGE = {
    "kind": "messenger",
    "address": "2200000000000042",
    "name": "Nordlicht auf Facebook",
    "app_id": "110000",
    "app_secret": f"{SECRET}-app",
    "verify_token": f"{SECRET}-wort",
    "page_token": f"{SECRET}-seite",
}
ADDRESSES = {"messenger": "2200000000000042", "x": "42000000", "phone": "+4943112345"}
DESCRIBED = sorted(set(connectors()) - {"email"})

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def world(app: Flask, client: FlaskClient, clock: Clock) -> cast.World:
    clock.set(cast.MONDAY_NINE)
    world = cast.build()
    enter(client, world.max)
    return world


@pytest.fixture
def page(world: cast.World, client: FlaskClient) -> str:
    """The address of a channel that stands as its form made it."""
    assert client.post("/settings/channels", data=PAGE).status_code == 303
    return f"/settings/channels/{stored(PAGE['name']).id}"


def stored(name: str) -> Channel:
    db.session.expire_all()
    return db.session.query(Channel).filter_by(name=name).one()


def typed(field: Field) -> str:
    """Return something for a field that every connector takes."""
    if field.kind in {"choice", "yes_no"} or field.default:
        return str(field.default or "")
    return {"secret": f"{SECRET}-{field.name}", "number": "60"}.get(field.kind, "")


@pytest.mark.parametrize("kind", DESCRIBED)
def test_every_kind_is_offered_and_set_up(world: cast.World, client: FlaskClient, kind: str) -> None:
    form = form_of(kind)
    assert form.title in client.get("/settings/channels/new").text
    shown = client.get(f"/settings/channels/new/{kind}").text
    assert [field.name for field in form.fields if f'name="{field.name}"' not in shown] == []
    values = {field.name: typed(field) for field in form.fields}
    values |= {field.name: "110000" for field in form.fields if field.is_required and not values[field.name]}
    given = {**values, "kind": kind, "name": "Neu", "address": ADDRESSES.get(kind, "1"), "team": str(world.social)}
    answer = client.post("/settings/channels", data=given)
    assert answer.status_code == 303
    channel = stored("Neu")
    assert (channel.kind, channel.team_id) == (kind, world.social)
    assert set(seal.unseal(channel.secrets)) == {field.name for field in form.fields if field.kind == "secret"}


def test_a_kind_that_nobody_can_hear_has_no_form(world: cast.World, client: FlaskClient) -> None:
    assert client.get("/settings/channels/new/brieftaube").status_code == 404
    assert client.post("/settings/channels", data={"kind": "brieftaube"}).status_code == 404


def test_the_address_for_the_platform_can_be_copied(page: str, client: FlaskClient) -> None:
    shown = client.get(page).text
    assert f"/hooks/messenger/{page.rpartition('/')[2]}" in shown
    assert [kind for kind in DESCRIBED if is_hooked(kind)] == DESCRIBED


def test_secrets_are_never_shown_and_an_empty_field_keeps_them(page: str, client: FlaskClient) -> None:
    shown = client.get(page).text
    assert SECRET not in shown
    assert shown.count("gespeichert</span>") == 3
    before = seal.unseal(stored(PAGE["name"]).secrets)
    empty = {**PAGE, "app_secret": "", "verify_token": "••••••••", "page_token": "********", "app_id": "110001"}
    assert client.post(page, data=empty).status_code == 303
    changed = stored(PAGE["name"])
    assert changed.settings["app_id"] == "110001"
    assert seal.unseal(changed.secrets) == before


def test_a_secret_is_replaced_where_a_new_one_is_typed(page: str, client: FlaskClient) -> None:
    new = {**PAGE, "app_secret": "", "verify_token": "", "page_token": "ganz-neu"}
    client.post(page, data=new)
    kept = seal.unseal(stored(PAGE["name"]).secrets)
    assert (kept["page_token"], kept["app_secret"]) == ("ganz-neu", PAGE["app_secret"])


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"address": ""}, "address", "Bitte füllen Sie dieses Feld aus."),
        ({"app_id": ""}, "app_id", "Bitte füllen Sie dieses Feld aus."),
        ({"page_token": ""}, "page_token", "Bitte füllen Sie dieses Feld aus."),
        ({"api_base": "ftp://127.0.0.1"}, "api_base", "ist keine https-Adresse"),
        ({"api_base": "https://169.254.169.254/latest"}, "api_base", "gehört zur Maschine selbst"),
        ({"api_base": "https://[fe80::1]"}, "api_base", "gehört zur Maschine selbst"),
        ({"name": "Service"}, "name", "Einen Kanal „Service“ gibt es schon."),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_kept(
    world: cast.World, client: FlaskClient, changes: dict[str, str], field: str, words: str
) -> None:
    answer = client.post("/settings/channels", data={**PAGE, **changes})
    assert answer.status_code == 422
    assert words in answer.text.partition(f'id="{field}-error"')[2].partition("</span>")[0]
    assert f'value="{PAGE["app_id"]}"' in answer.text or "app_id" in changes
    assert SECRET not in answer.text
    assert db.session.query(Channel).count() == 1


def test_secrets_do_not_go_to_another_server_unasked(page: str, client: FlaskClient) -> None:
    moved = {**PAGE, "api_base": "https://203.0.113.5"}
    silent = {**moved, "app_secret": "", "verify_token": "", "page_token": ""}
    answer = client.post(page, data=silent)
    assert answer.status_code == 422
    assert answer.text.count("Der Server ist ein anderer") == 3
    assert client.post(page, data=moved).status_code == 303


def test_a_list_is_typed_line_by_line(world: cast.World, client: FlaskClient) -> None:
    terms = "Nordlicht Lampe\r\n\r\n  #nordlicht "
    given: dict[str, Any] = {"kind": "x", "name": "X", "address": "42000000", "username": "nordlicht", "terms": terms}
    given |= {field.name: SECRET for field in form_of("x").fields if field.kind == "secret"}
    client.post("/settings/channels", data=given)
    channel = stored("X")
    assert channel.settings["terms"] == ["Nordlicht Lampe", "#nordlicht"]
    assert "Nordlicht Lampe\n#nordlicht</textarea>" in client.get(f"/settings/channels/{channel.id}").text


def test_only_administrators_set_channels_up(page: str, world: cast.World, client: FlaskClient) -> None:
    enter(client, world.cleo)
    paths = ("/settings/channels/new", "/settings/channels/new/messenger", page)
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
