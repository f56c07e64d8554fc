"""Figures for a monitoring system."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from app.desk import channels, parts
from app.runs import intake
from channels.contract import Raw
from tests import world as cast
from tests.api.conftest import Caller
from tests.fixtures.databases import Clock
from tests.runs import pages

FROM_ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def test_the_figures_show_what_is_open_late_and_waiting(world: cast.World, ada: Caller, clock: Clock) -> None:
    heard = cast.hear(world)
    clock.set("2026-11-23T13:10:00+01:00")
    parts.beat("tick")
    text = ada.client.get("/metrics").text
    assert 'faden_open_tickets{team="Kundenservice"} 1\n' in text
    assert "faden_oldest_overdue_seconds 600\n" in text
    assert 'faden_outbox_messages{state="queued"} 1\n' in text
    assert 'faden_part_age_seconds{part="tick"} ' in text
    assert text.endswith("\n")
    ada.post(f"/tickets/{heard.ticket_id}/resolution")
    assert "faden_oldest_overdue_seconds 0\n" in ada.client.get("/metrics").text


def test_the_figures_show_how_the_channels_are(world: cast.World, ada: Caller) -> None:
    page = pages.add(world.social)
    raws = [Raw(content=pages.message("7400000000000021", "m_1", "Hallo", cast.MONDAY_NINE), source="Webhook")]
    intake.take_in(page, raws, is_call=True, at=cast.MONDAY_NINE)
    channels.refuse({page: 3}, at=cast.MONDAY_NINE)
    channels.report_problem(page, words="Widerrufen.", code="190", at=cast.MONDAY_NINE)
    text = ada.client.get("/metrics").text
    assert 'faden_pending_envelopes{channel="Facebook",kind="messenger"} 1\n' in text
    assert 'faden_refused_calls_total{channel="Facebook",kind="messenger"} 3\n' in text
    assert 'faden_channel_up{channel="Facebook",kind="messenger"} 0\n' in text
    assert 'faden_channel_up{channel="Service",kind="email"} 1\n' in text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_strangers_need_a_token(flask: Flask, ada: Caller) -> None:
    client = flask.test_client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base=FROM_ELSEWHERE).status_code == 401
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 401
    headers = {"Authorization": f"Bearer {ada.token}"}
    assert client.get("/metrics", environ_base=FROM_ELSEWHERE, headers=headers).status_code == 200


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_proxy_that_does_not_tell_of_itself_opens_nothing(flask: Flask, ada: Caller) -> None:
    client = flask.test_client()
    assert client.get("/metrics", headers={"Host": "hilfe.nordlicht.example"}).status_code == 401
    assert client.get("/metrics", headers={"Host": "127.0.0.1:8000"}).status_code == 200
    flask.config["FADEN"] = dataclasses.replace(flask.config["FADEN"], base_url="https://hilfe.nordlicht.example")
    assert client.get("/metrics", headers={"Host": "127.0.0.1:8000"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {ada.token}"}).status_code == 200
