"""IMAP against a real Dovecot: what arrives is heard once, whatever happens to the line, the flags or the numbers."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from time import monotonic

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from channels.contract import ChannelFault, Raw, Unreadable
from tests.channels.email.boxes import Opened, connector, mail
from tests.channels.email.world import heard
from tests.servers.dovecot import Dovecot, Mailbox
from tests.waiting import until


def cursor_of(found: list[Raw]) -> Mapping[str, object]:
    assert found[-1].cursor is not None
    return found[-1].cursor


def test_what_lies_there_is_fetched_once_in_order(mailbox: Mailbox, opened: Opened) -> None:
    for number in range(3):
        mailbox.deliver(mail(number))
    poller = opened(connector(mailbox))

    first = list(poller.fetch({}, limit=2))
    second = list(poller.fetch(cursor_of(first), limit=2))
    third = list(poller.fetch(cursor_of(second), limit=2))

    assert [raw.content for raw in first + second + third] == [mail(0), mail(1), mail(2)]
    assert first[0].source == f"IMAP INBOX {mailbox.uid_validity()}/1"


def test_fetching_marks_nothing_as_read(mailbox: Mailbox, opened: Opened) -> None:
    uid = mailbox.deliver(mail(1))

    list(opened(connector(mailbox)).fetch({}))

    client = mailbox.connect()
    client.select_folder("INBOX", readonly=True)
    flags = client.get_flags([uid])[uid]
    client.logout()
    assert b"\\Seen" not in flags


def test_a_mail_read_elsewhere_before_we_look_is_heard(mailbox: Mailbox, opened: Opened) -> None:
    mailbox.mark_read(mailbox.deliver(mail(1)))

    assert len(list(opened(connector(mailbox)).fetch({}))) == 1


def test_a_mail_deleted_before_we_look_stops_nothing(mailbox: Mailbox, opened: Opened) -> None:
    uids = [mailbox.deliver(mail(number)) for number in range(3)]
    mailbox.delete(uids[1])

    found = list(opened(connector(mailbox)).fetch({}))

    assert [raw.content for raw in found] == [mail(0), mail(2)]


def test_a_new_mail_ends_the_waiting_at_once(mailbox: Mailbox, opened: Opened) -> None:
    first = mailbox.deliver(mail(0))
    poller = opened(connector(mailbox))
    cursor = cursor_of(list(poller.fetch({})))
    assert first == cursor["last_uid"]
    postman = threading.Timer(0.3, mailbox.deliver, [mail(1)])
    postman.start()
    began = monotonic()

    has_news = poller.wait(within=20, stop=lambda: False)
    postman.join()

    assert has_news
    assert monotonic() - began < 15
    assert [raw.content for raw in poller.fetch(cursor)] == [mail(1)]


def test_a_mail_announced_between_search_and_idle_is_not_overlooked(mailbox: Mailbox, opened: Opened) -> None:
    poller = opened(connector(mailbox))
    assert list(poller.fetch({})) == []
    mailbox.deliver(mail(1))
    poller._client.search("ALL")
    began = monotonic()

    assert poller.wait(within=20, stop=lambda: False)
    assert monotonic() - began < 15
    assert len(list(poller.fetch({}))) == 1
    assert not poller.wait(within=0.1, stop=lambda: False)


def test_waiting_in_silence_ends_in_time_and_costs_the_line_nothing(mailbox: Mailbox, opened: Opened) -> None:
    poller = opened(connector(mailbox))
    began = monotonic()

    assert not poller.wait(within=0.4, stop=lambda: False)
    assert 0.3 < monotonic() - began < 15
    mailbox.deliver(mail(1))
    assert len(list(poller.fetch({}))) == 1


def test_waiting_ends_when_told_to_stop(mailbox: Mailbox, opened: Opened) -> None:
    poller = opened(connector(mailbox))
    began = monotonic()

    assert not poller.wait(within=60, stop=lambda: True)
    assert monotonic() - began < 15


@pytest.mark.parametrize("how", ["killed", "kicked"])
def test_a_connection_that_dies_in_idle_is_noticed(dovecot: Dovecot, opened: Opened, how: str) -> None:
    mailbox = dovecot.mailbox()
    poller = opened(connector(mailbox))
    end = dovecot.kill_connections if how == "killed" else lambda: dovecot.kick(mailbox.user)
    breaker = threading.Timer(0.3, end)
    breaker.start()
    try:
        began = monotonic()
        with pytest.raises(ChannelFault) as caught:
            poller.wait(within=20, stop=lambda: False)
        assert monotonic() - began < 15
    finally:
        breaker.join()

    assert not caught.value.is_permanent
    assert "Mailserver" in caught.value.words or "Postfach" in caught.value.words
    mailbox.deliver(mail(1))
    until(lambda: len(list(opened(connector(mailbox)).fetch({}))) == 1, what="a new connection hearing the mail")


def test_a_connection_that_died_unnoticed_is_noticed_by_the_next_fetch(dovecot: Dovecot, opened: Opened) -> None:
    poller = opened(connector(dovecot.mailbox()))
    dovecot.kill_connections()

    with pytest.raises(ChannelFault, match="Verbindung zum Postfach"):
        list(poller.fetch({}))


def test_a_renumbered_folder_is_read_anew(mailbox: Mailbox, opened: Opened) -> None:
    for number in range(3):
        mailbox.deliver(mail(number))
    cursor = cursor_of(list(opened(connector(mailbox)).fetch({})))
    validity = mailbox.renumber()
    assert validity != cursor["uidvalidity"]

    found = list(opened(connector(mailbox)).fetch(cursor))

    assert [raw.content for raw in found] == [mail(0), mail(1), mail(2)]
    assert cursor_of(found)["uidvalidity"] == validity


def test_numbers_that_ran_backwards_without_notice_are_noticed(mailbox: Mailbox, opened: Opened) -> None:
    mailbox.deliver(mail(1))
    cursor = {"folder": "INBOX", "uidvalidity": mailbox.uid_validity(), "last_uid": 40}

    assert [raw.content for raw in opened(connector(mailbox)).fetch(cursor)] == [mail(1)]


def test_another_folder_has_a_cursor_of_its_own(mailbox: Mailbox, opened: Opened) -> None:
    mailbox.deliver(mail(1))
    mailbox.deliver(mail(2), folder="Shop & Büro")
    cursor = cursor_of(list(opened(connector(mailbox)).fetch({})))

    found = list(opened(connector(mailbox, folder="Shop & Büro")).fetch(cursor))

    assert [raw.content for raw in found] == [mail(2)]


def test_of_a_mail_that_is_too_large_the_headers_are_heard(mailbox: Mailbox, opened: Opened) -> None:
    mailbox.deliver(mail(1, "x" * 70 + "\r\n" + "y" * 20_000))
    mailbox.deliver(mail(2))
    of = connector(mailbox, max_bytes=10_000)

    found = list(opened(of).fetch({}))

    assert len(found) == 2
    assert b"Message-ID: <m1@kundin.example>" in found[0].content
    assert b"wurde nicht geladen" in found[0].content
    assert len(found[0].content) < 1000


def unreadable(mailbox: Mailbox, *numbers: int) -> None:
    folder = mailbox.server.folder / "home" / mailbox.user / "Maildir" / "new"
    # Seconds, then microseconds without leading zeros: as text, M99 would come after M100.
    files = sorted(folder.iterdir(), key=lambda file: [int(digits) for digits in re.findall(r"\d+", file.name)[:2]])
    for number in numbers:
        files[number].chmod(0)


def test_a_mail_the_server_cannot_read_stops_nothing(mailbox: Mailbox, opened: Opened) -> None:
    for number in range(3):
        mailbox.deliver(mail(number))
    unreadable(mailbox, 1)

    found = list(opened(connector(mailbox)).fetch({}))

    assert [raw.content for raw in (found[0], found[2])] == [mail(0), mail(2)]
    with pytest.raises(Unreadable):
        heard(found[1].content)
    assert [raw.cursor["last_uid"] for raw in found if raw.cursor] == [1, 2, 3]


def test_notes_for_two_mails_are_never_the_same(mailbox: Mailbox, opened: Opened) -> None:
    for number in range(4):
        mailbox.deliver(mail(number))
    unreadable(mailbox, 1, 2)

    found = list(opened(connector(mailbox)).fetch({}))

    assert [raw.content for raw in (found[0], found[3])] == [mail(0), mail(3)]
    validity = mailbox.uid_validity()
    for uid, raw in ((2, found[1]), (3, found[2])):
        assert f"Ordner INBOX, UIDVALIDITY {validity}, UID {uid}." in raw.content.decode()


def test_a_server_that_hands_out_no_mail_at_all_makes_us_wait(mailbox: Mailbox, opened: Opened) -> None:
    for number in range(3):
        mailbox.deliver(mail(number))
    unreadable(mailbox, 0, 1, 2)
    poller = opened(connector(mailbox))

    with pytest.raises(ChannelFault, match="zurzeit keine Mails") as caught:
        list(poller.fetch({}))

    assert not caught.value.is_permanent


def test_the_only_new_mail_is_given_up_only_if_older_ones_can_be_read(mailbox: Mailbox, opened: Opened) -> None:
    mailbox.deliver(mail(0))
    cursor = cursor_of(list(opened(connector(mailbox)).fetch({})))
    mailbox.deliver(mail(1))
    unreadable(mailbox, -1)

    found = list(opened(connector(mailbox)).fetch(cursor))

    assert [raw.cursor["last_uid"] for raw in found if raw.cursor] == [2]
    assert b"UID 2." in found[0].content


@pytest.mark.parametrize("words", ["[THROTTLED] Account exceeded command or bandwidth limits.", "Internal error"])
def test_mails_that_are_refused_for_a_while_are_heard_afterwards(
    mailbox: Mailbox, opened: Opened, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    for number in range(5):
        mailbox.deliver(mail(number))
    poller = opened(connector(mailbox))
    fetch = IMAPClient.fetch

    def refusing(client: IMAPClient, uids: object, what: list[str]) -> object:
        if any("BODY" in each for each in what):
            raise IMAPClientError(f"fetch failed: {words}")
        return fetch(client, uids, what)

    with monkeypatch.context() as trouble:
        trouble.setattr(IMAPClient, "fetch", refusing)
        with pytest.raises(ChannelFault, match="zurzeit keine Mails"):
            list(poller.fetch({}))

    assert [raw.content for raw in poller.fetch({})] == [mail(number) for number in range(5)]


def test_a_server_without_idle_is_asked_in_intervals(
    mailbox: Mailbox, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller = opened(connector(mailbox, poll_seconds=1))
    monkeypatch.setattr(poller, "has_idle", False)
    began = monotonic()

    assert poller.wait(within=30, stop=lambda: False)
    assert 0.5 < monotonic() - began < 20
    mailbox.deliver(mail(1))
    assert len(list(poller.fetch({}))) == 1
