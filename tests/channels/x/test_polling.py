"""Asking X what is new: nothing twice, nothing skipped, nothing asked before a limit has passed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from channels.contract import Account, ChannelFault, Contact, Poller, Raw
from channels.x import XConnector
from channels.xapi import paging
from tests.emulators.x import XEmulator


def entered(connector: XConnector) -> Poller:
    poller = connector.poller()
    assert poller is not None
    return poller


def round_of(connector: XConnector, cursor: Mapping[str, object], poller: Poller | None = None) -> list[Raw]:
    return list((poller or entered(connector)).fetch(cursor))


def contacts(connector: XConnector, raws: list[Raw]) -> list[Contact]:
    found = [each for raw in raws for each in connector.parse(raw.content, received_at=datetime.now(UTC))]
    return [each for each in found if isinstance(each, Contact)]


def last(raws: list[Raw]) -> Mapping[str, Any]:
    assert raws[-1].cursor is not None
    return raws[-1].cursor


def test_mentions_come_page_by_page_the_oldest_first(platform: XEmulator, connector: XConnector) -> None:
    ids = [platform.posts("karla", f"@nordlicht Nummer {n}") for n in range(230)]
    raws = round_of(connector, {})
    pages = [[each.external_id for each in contacts(connector, [raw])] for raw in raws]
    assert [len(page) for page in pages] == [30, 100, 100]
    assert sorted((id_ for page in pages for id_ in page), key=int) == ids
    assert all(max(map(int, one)) < min(map(int, next_)) for one, next_ in pairwise(pages))
    assert last(raws)["mentions_since"] == ids[-1]


def test_what_was_heard_is_not_asked_for_again(platform: XEmulator, connector: XConnector) -> None:
    platform.posts("karla", "@nordlicht eins")
    cursor = last(round_of(connector, {}))
    assert round_of(connector, cursor) == []
    id_ = platform.posts("karla", "@nordlicht zwei")
    assert [each.external_id for each in contacts(connector, round_of(connector, cursor))] == [id_]


def test_the_first_round_begins_a_day_ago(platform: XEmulator, connector: XConnector) -> None:
    platform.posts("karla", "@nordlicht alt", at=datetime.now(UTC) - timedelta(days=3))
    id_ = platform.posts("karla", "@nordlicht neu", at=datetime.now(UTC) - timedelta(hours=3))
    assert [each.external_id for each in contacts(connector, round_of(connector, {}))] == [id_]


def test_everything_that_is_needed_is_asked_for(platform: XEmulator, connector: XConnector) -> None:
    about = platform.posts("nordlicht", "Wir liefern wieder.")
    platform.posts("karla", "@nordlicht Wirklich?", replies_to=about, picture=True)
    (found,) = contacts(connector, round_of(connector, {}))
    assert found.sender.name == "Karla"
    assert found.parent
    assert found.parent.text == "Wir liefern wieder."
    assert [each.type for each in found.remote] == ["image"]


def test_the_new_spelling_is_heard_as_well(platform: XEmulator, connector: XConnector) -> None:
    platform.world.spelling = "post"
    about = platform.posts("nordlicht", "Wir liefern wieder.")
    platform.posts("karla", "@nordlicht Wirklich?", replies_to=about)
    (found,) = contacts(connector, round_of(connector, {}))
    assert found.replies_to == (about,)


def test_listening_finds_what_does_not_mention_us(platform: XEmulator, connector: XConnector) -> None:
    silent = platform.posts("tom", "Nordlicht Versand ist eine Katastrophe")
    tagged = platform.posts("tom", "Nie wieder #Nordlicht")
    platform.posts("nordlicht", "Nordlicht Versand macht Urlaub")
    found = {each.external_id: each for each in contacts(connector, round_of(connector, {}))}
    assert set(found) == {silent, tagged}
    assert found[silent].listening_term == "Nordlicht Versand"
    assert found[tagged].listening_term == "#nordlicht"
    assert all(len(call.query["query"]) <= 512 for call in platform.asked("/search/recent"))


def test_a_hit_that_mentions_us_is_one_contact(platform: XEmulator, connector: XConnector) -> None:
    id_ = platform.posts("tom", "@nordlicht Nordlicht Versand ist lahm")
    found = contacts(connector, round_of(connector, {}))
    assert {each.external_id for each in found} == {id_}
    assert not any(each.listening_term for each in found)


def test_each_term_has_a_place_of_its_own(platform: XEmulator, connector: XConnector) -> None:
    first = platform.posts("tom", "Nordlicht Versand!")
    cursor = last(round_of(connector, {}))
    assert cursor["search_since"] == {"Nordlicht Versand": first}
    platform.posts("tom", "#nordlicht?")
    assert len(contacts(connector, round_of(connector, cursor))) == 1


def test_an_old_cursor_asks_no_longer_ago_than_x_remembers(platform: XEmulator, connector: XConnector) -> None:
    old = {"mentions_since": "1", "search_since": {"Nordlicht Versand": "1"}, "dm_since": "1"}
    assert round_of(connector, old) == []
    assert len(platform.asked("/search/recent")) == 2


def test_a_limit_keeps_the_next_call_away(platform: XEmulator, connector: XConnector) -> None:
    platform.limits["mentions"] = 1
    poller = entered(connector)
    round_of(connector, {}, poller)
    id_ = platform.posts("karla", "@nordlicht Hallo")
    assert contacts(connector, round_of(connector, {}, poller)) == []
    assert len(platform.asked("/mentions")) == 1, "nobody asks before the limit has passed"
    assert len(platform.asked("/search/recent")) == 4, "other questions have limits of their own"
    platform.limits["mentions"] = 300
    assert [each.external_id for each in contacts(connector, round_of(connector, {}))] == [id_]


def test_after_the_reset_it_is_asked_again(platform: XEmulator, connector: XConnector) -> None:
    platform.limits["mentions"], platform.reset_after = 1, 0.5
    poller = entered(connector)
    round_of(connector, {}, poller)
    id_ = platform.posts("karla", "@nordlicht Hallo")
    until = time.monotonic() + 10
    while not (found := contacts(connector, round_of(connector, {}, poller))) and time.monotonic() < until:
        poller.wait(within=0.1, stop=lambda: False)
    assert [each.external_id for each in found] == [id_]


def test_more_mentions_than_one_round_asks_for_come_in_the_next(
    platform: XEmulator, connector: XConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 2)
    ids = {platform.posts("karla", f"@nordlicht Nummer {n}") for n in range(450)}
    poller, first = entered(connector), round_of(connector, {})
    late = platform.posts("karla", "@nordlicht Und noch eine")
    heard, cursor = contacts(connector, first), last(first)
    while raws := round_of(connector, cursor, poller):
        heard, cursor = heard + contacts(connector, raws), last(raws)
    assert sorted(each.external_id for each in heard) == sorted({*ids, late}), "each once"
    assert cursor["rests"] == {}


def test_hits_beyond_a_limit_come_once_it_has_passed(platform: XEmulator, connector: XConnector) -> None:
    ids = {platform.posts("tom", f"Nordlicht Versand {n}") for n in range(250)}
    platform.limits["search"] = 2
    raws = round_of(connector, {})
    assert len(contacts(connector, raws)) == 200, "what was paid for is kept"
    platform.limits["search"] = 450
    heard = contacts(connector, raws) + contacts(connector, round_of(connector, last(raws)))
    assert sorted(each.external_id for each in heard) == sorted(ids)


def test_a_rest_that_x_has_forgotten_stops_nothing(platform: XEmulator, connector: XConnector) -> None:
    id_ = platform.posts("tom", "Nordlicht Versand")
    rest = {"since": "1", "until": "5", "token": "t100"}
    raws = round_of(connector, {"rests": {"search_since Nordlicht Versand": rest}})
    assert [each.external_id for each in contacts(connector, raws)] == [id_]
    assert last(raws)["rests"] == {}


def test_a_revoked_token_is_a_fault_with_its_code(platform: XEmulator, connector: XConnector) -> None:
    poller = entered(connector)
    platform.revoke()
    with pytest.raises(ChannelFault) as caught:
        round_of(connector, {}, poller)
    assert (caught.value.code, caught.value.is_permanent) == ("89", True)
    with pytest.raises(ChannelFault):
        connector.poller()


def test_keys_of_another_account_are_refused(account: Account) -> None:
    with pytest.raises(ChannelFault, match="nicht zur Kennung 7"):
        XConnector(replace(account, address="7")).poller()


def test_trouble_over_there_is_a_passing_fault(platform: XEmulator, connector: XConnector) -> None:
    poller = entered(connector)
    platform.breaks.append(("/mentions", "before"))
    with pytest.raises(ChannelFault) as caught:
        round_of(connector, {}, poller)
    assert not caught.value.is_permanent


def test_what_was_heard_before_a_fault_is_kept(platform: XEmulator, connector: XConnector) -> None:
    id_ = platform.posts("karla", "@nordlicht Hallo")
    platform.breaks.append(("/search/recent", "before"))
    fetching = iter(entered(connector).fetch({}))
    assert last([next(fetching)])["mentions_since"] == id_
    with pytest.raises(ChannelFault):
        next(fetching)


def test_waiting_ends_when_it_is_told_to(connector: XConnector) -> None:
    began = time.monotonic()
    assert not entered(connector).wait(within=60, stop=lambda: True)
    assert time.monotonic() - began < 20


def test_reading_is_cheap(platform: XEmulator, connector: XConnector) -> None:
    for n in range(20):
        platform.posts("karla", f"@nordlicht {n}")
    round_of(connector, last(round_of(connector, {})))
    assert platform.cost == pytest.approx(20 * 0.001), "our own mentions, each once"
