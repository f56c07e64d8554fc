"""Direct messages that went past the hook: X does not tell them again, so they are looked for, and none is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.contract import Contact, Poller
from channels.x import XConnector, poller
from channels.xapi import paging
from tests.channels.x.test_polling import contacts, entered, last, round_of
from tests.emulators.x import XEmulator


def private(connector: XConnector, cursor: Mapping[str, Any], poller: Poller | None = None) -> list[Contact]:
    return [each for each in contacts(connector, round_of(connector, cursor, poller)) if not each.is_public]


def begun(connector: XConnector) -> Mapping[str, Any]:
    """Return the cursor of a channel that was set up two hours ago."""
    cursor = last(round_of(connector, {}))
    return {**cursor, "dm_since": str(int(cursor["dm_since"]) - (2 * 3_600_000 << 22))}


def test_a_new_channel_remembers_from_when_on_messages_may_be_missed(
    platform: XEmulator, connector: XConnector
) -> None:
    platform.writes_privately("karla", "Von früher", at=datetime.now(UTC) - timedelta(hours=3))
    cursor = last(round_of(connector, {}))
    assert int(cursor["dm_since"]) > 0
    assert private(connector, cursor) == []


def test_messages_of_an_outage_are_asked_for(platform: XEmulator, connector: XConnector) -> None:
    cursor = begun(connector)
    platform.writes_privately("karla", "Von früher", at=datetime.now(UTC) - timedelta(hours=4))
    missed = platform.writes_privately("karla", "Verpasst", at=datetime.now(UTC) - timedelta(hours=1))
    assert [each.external_id for each in private(connector, cursor)] == [missed]


def test_a_limit_at_the_first_question_loses_nothing(platform: XEmulator, connector: XConnector) -> None:
    cursor, looking = begun(connector), entered(connector)
    missed = platform.writes_privately("karla", "Verpasst", at=datetime.now(UTC) - timedelta(hours=1))
    platform.limits["dm_events"] = 0
    platform.posts("karla", "@nordlicht Hallo?")
    raws = round_of(connector, cursor, looking)
    assert last(raws)["dm_since"] == cursor["dm_since"], "mentions say nothing about messages"
    platform.limits["dm_events"] = 15
    assert [each.external_id for each in private(connector, last(raws))] == [missed]


def test_a_message_that_went_past_the_hook_is_found_while_we_listen(
    platform: XEmulator, connector: XConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "LOOK_EVERY", 0.0)
    cursor, looking = last(round_of(connector, {})), entered(connector)
    assert private(connector, cursor, looking) == []
    platform.is_deaf = True
    missed = platform.writes_privately("karla", "Hört mich jemand?", at=datetime.now(UTC) + timedelta(seconds=5))
    assert [each.external_id for each in private(connector, cursor, looking)] == [missed]


def test_looking_reads_one_message_now_and_then(platform: XEmulator, connector: XConnector) -> None:
    for hour in range(5, 30):
        platform.writes_privately("karla", "Von früher", at=datetime.now(UTC) - timedelta(hours=hour))
    looking, cursor = entered(connector), last(round_of(connector, {}))
    before = platform.cost
    for _ in range(5):
        round_of(connector, cursor, looking)
    assert platform.cost - before == pytest.approx(0.010)


@pytest.mark.parametrize("token", ["", "vergessen"])
def test_an_outage_longer_than_one_round_is_read_to_its_end(
    platform: XEmulator, connector: XConnector, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 3)
    cursor, now = begun(connector), datetime.now(UTC)
    ids = {platform.writes_privately("karla", f"{n}", at=now - timedelta(minutes=n)) for n in range(110)}
    platform.writes_privately("karla", "Von früher", at=now - timedelta(hours=5))
    looking, heard = entered(connector), []
    raws = round_of(connector, cursor, looking)
    while raws:
        heard += contacts(connector, raws)
        cursor = last(raws)
        if token and len(heard) < 100:
            monkeypatch.setattr(paging, "MOST_PAGES", 10)
            cursor = {**cursor, "rests": {"dm_since": {**cursor["rests"]["dm_since"], "token": token}}}
        raws = round_of(connector, cursor, looking)
    assert {each.external_id for each in heard} == ids


def test_who_may_not_read_messages_hears_mentions(platform: XEmulator, connector: XConnector) -> None:
    platform.has_messages = False
    id_ = platform.posts("karla", "@nordlicht Hallo")
    assert [each.external_id for each in contacts(connector, round_of(connector, {}))] == [id_]
