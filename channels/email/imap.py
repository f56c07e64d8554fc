"""Hear a mailbox over IMAP: by UID, never by flags, and without marking anything as read."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from time import monotonic, sleep
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from channels.contract import ChannelFault, Raw
from channels.email.settings import EmailSettings
from channels.email.tls import trusting

_TIMEOUT = SocketTimeout(connect=15, read=60)
_LOOK_AGAIN_WITHIN = 300.0
"""Seconds after which IDLE ends and a fetch is worth it although the server said nothing; some forget to.

Routers forget silent lines, and servers may hang up on an IDLE of 30 minutes (RFC 2177).
"""
_STEP = 1.0
_BATCH_BYTES = 8_000_000
_BATCH = 50
_FAULTS = (IMAPClientError, imaplib.IMAP4.error, OSError, ssl.SSLError)
_PASSING = re.compile(r"\[(?:THROTTLED|UNAVAILABLE|INUSE|LIMIT|AUTHENTICATIONFAILED|EXPIRED)\b", re.IGNORECASE)
"""Response codes that never speak of one mail (RFC 5530 section 3, and Gmail's own)."""
_RECENT = 20
_PROOFS = 4
_SPELT_BYTES = re.compile(r"b(['\"])(.*?)\1", re.DOTALL)
_CONTENT_HEADER = re.compile(
    rb"^(?:content-[\w-]+|mime-version):.*\r?\n(?:[ \t].*\r?\n)*", re.IGNORECASE | re.MULTILINE
)


def _told(error: Exception) -> str:
    """Return the server's own words; imaplib hands them on as the spelling of a bytes object."""
    return _SPELT_BYTES.sub(r"\2", str(error))


def connected(settings: EmailSettings, password: str) -> IMAPClient:
    """Connect, secure and log in; raises `ChannelFault` in words for the person who has to mend it."""
    server = f"{settings.imap_host}:{settings.imap_port}"
    try:
        client = IMAPClient(
            settings.imap_host,
            settings.imap_port,
            ssl=settings.imap_tls == "tls",
            ssl_context=trusting(settings.ca_file) if settings.imap_tls == "tls" else None,
            timeout=_TIMEOUT,
        )
    except _FAULTS as error:
        raise ChannelFault(f"Der Mailserver {server} ist nicht erreichbar: {_told(error)}") from error
    user = settings.imap_user or settings.address
    try:
        if settings.imap_tls == "starttls":
            client.starttls(trusting(settings.ca_file))
        client.login(user, password)
    except LoginError as error:
        hang_up(client)
        is_passing = "UNAVAILABLE" in str(error) or "emporary" in str(error)
        told = f"Der Mailserver {server} lehnt die Anmeldung als {user} ab: {_told(error)}."
        raise ChannelFault(f"{told} Bitte Benutzername und Kennwort prüfen.", is_permanent=not is_passing) from error
    except _FAULTS as error:
        hang_up(client)
        raise ChannelFault(f"Die Anmeldung am Mailserver {server} ist gescheitert: {_told(error)}") from error
    return client


def opened(client: IMAPClient, folder: str) -> dict[bytes, Any]:
    """Open a folder so that nothing in it can change; raises `ChannelFault` if it does not exist."""
    try:
        return dict(client.select_folder(folder, readonly=True))
    except (IMAPClientAbortError, OSError) as error:
        raise ChannelFault(f"Die Verbindung zum Postfach ist weg: {_told(error)}") from error
    except _FAULTS as error:
        words = f"Den Ordner „{folder}“ gibt es im Postfach nicht oder er lässt sich nicht öffnen: {_told(error)}"
        raise ChannelFault(words, is_permanent=True) from error


def hang_up(client: IMAPClient) -> None:
    """Log out if the server still listens; never raises."""
    try:
        client.logout()
    except _FAULTS:
        try:
            client.shutdown()
        except _FAULTS:
            pass  # the socket was gone already


def _entered(settings: EmailSettings, password: str) -> tuple[IMAPClient, dict[bytes, Any]]:
    client = connected(settings, password)
    try:
        return client, opened(client, settings.folder)
    except ChannelFault:
        hang_up(client)
        raise


class MailboxPoller:
    """A logged-in connection; its cursor is `{"folder", "uidvalidity", "last_uid"}`."""

    def __init__(self, settings: EmailSettings, password: str) -> None:
        self._settings, self._password = settings, password
        self._client, state = _entered(settings, password)
        self._validity, self._count = int(state.get(b"UIDVALIDITY", 0)), int(state.get(b"EXISTS", 0))
        self.has_idle = bool(self._client.has_capability("IDLE"))
        self._looked_at = monotonic()

    def fetch(self, cursor: Mapping[str, object], *, limit: int = 50) -> Iterator[Raw]:
        """Yield mails with higher UIDs than the cursor's; a renumbered folder is read anew from its recent mails.

        What was filed before comes again then, and the desk knows it by its Message-ID.
        """
        self._looked_at = monotonic()
        try:
            state = opened(self._client, self._settings.folder)
            self._validity, self._count = int(state[b"UIDVALIDITY"]), int(state[b"EXISTS"])
            yield from self._mails(self._new_uids(cursor, state)[:limit])
        except (KeyError, ValueError, TypeError) as error:
            raise ChannelFault(f"Der Mailserver antwortet unverständlich: {error!r}") from error
        except _FAULTS as error:
            raise ChannelFault(f"Die Verbindung zum Postfach ist weg: {_told(error)}") from error

    def wait(self, *, within: float, stop: Callable[[], bool]) -> bool:
        """Wait in IDLE, or for the polling interval where the server has none; looks at `stop` every second."""
        until = monotonic() + min(within, _LOOK_AGAIN_WITHIN if self.has_idle else self._settings.poll_seconds)
        if not self.has_idle:
            while monotonic() < until and not stop():
                sleep(max(0.0, min(_STEP, until - monotonic())))
            return not stop() and monotonic() - self._looked_at >= self._settings.poll_seconds
        try:
            has_news = self._was_told() or self._idle(until, stop)
        except _FAULTS as error:
            raise ChannelFault(f"Die Verbindung zum Postfach ist weg: {_told(error)}") from error
        return has_news or monotonic() - self._looked_at >= _LOOK_AGAIN_WITHIN

    def close(self) -> None:
        hang_up(self._client)

    def _new_uids(self, cursor: Mapping[str, object], state: Mapping[bytes, Any]) -> list[int]:
        settings = self._settings
        last_uid = int(str(cursor.get("last_uid", 0)))
        is_known = (cursor.get("folder", settings.folder), cursor.get("uidvalidity")) == (
            settings.folder,
            self._validity,
        )
        # A server that lost its index may keep UIDVALIDITY and still count from the beginning.
        if not is_known or int(state.get(b"UIDNEXT", last_uid + 1)) <= last_uid:
            return self._recent_uids()
        # "n:*" always names the last mail, even if its UID is below n (RFC 3501 section 6.4.8).
        return sorted(uid for uid in self._client.search(["UID", f"{last_uid + 1}:*"]) if uid > last_uid)

    def _recent_uids(self) -> list[int]:
        """Return the mails of the days before the newest one, which is today in any mailbox that is used."""
        newest = self._client.search(["UID", "*"])
        if not newest:
            return []
        arrived = self._client.fetch(newest, ["INTERNALDATE"])[max(newest)][b"INTERNALDATE"]
        since = arrived.date() - timedelta(days=self._settings.import_since_days)
        return sorted(self._client.search(["SINCE", since]))

    def _mails(self, uids: list[int]) -> Iterator[Raw]:
        folder, most = self._settings.folder, self._settings.max_bytes
        found = self._client.fetch(uids, ["RFC822.SIZE"]) if uids else {}
        sizes = {uid: int(facts.get(b"RFC822.SIZE", 0)) for uid, facts in found.items()}
        for batch in _batches(uids, sizes):
            is_too_large = sizes.get(batch[0], 0) > most
            contents = self._contents(batch, "BODY[HEADER]" if is_too_large else "BODY[]")
            # What is missing was deleted by somebody since the search.
            for uid in (uid for uid in batch if contents.get(uid) is not None):
                content = _headers_with_note(contents[uid], sizes[uid]) if is_too_large else contents[uid]
                cursor = {"folder": folder, "uidvalidity": self._validity, "last_uid": uid}
                yield Raw(content=content, source=f"IMAP {folder} {self._validity}/{uid}", cursor=cursor)

    def _contents(self, batch: list[int], section: str) -> dict[int, bytes]:
        """Fetch a batch; a refused one is fetched mail by mail, and what the server never hands out becomes a note.

        Dovecot hangs up on a mail it cannot read. Without the note that one mail would stop the channel for good. A
        server that is only in trouble refuses every mail, and then nothing may be passed over: `ChannelFault`.
        """
        try:
            return self._asked_for(batch, section)
        except _FAULTS as error:
            self._resume_after(error)
        found: dict[int, bytes] = {}
        refusals: dict[int, Exception] = {}
        for uid in batch:
            try:
                found |= self._asked_for_twice(uid, section)
            except _FAULTS as error:
                self._resume_after(error)
                refusals[uid] = error
                self._prove_server_works(refusals, list(found), section)
        if len(batch) > 1 and len(refusals) == len(batch):
            raise _refused(refusals[batch[-1]])
        return found | {uid: self._note(uid, error) for uid, error in refusals.items()}

    def _asked_for_twice(self, uid: int, section: str) -> dict[int, bytes]:
        try:
            return self._asked_for([uid], section)
        except _FAULTS as error:
            self._resume_after(error)
        return self._asked_for([uid], section)

    def _prove_server_works(self, refusals: Mapping[int, Exception], good: list[int], section: str) -> None:
        """Fetch another mail than the refused ones; raises `ChannelFault` if none of a few is handed out."""
        known = good[-1:]
        recent = [uid for uid in self._client.search("ALL")[-_RECENT:] if uid not in refusals and uid not in known]
        sizes = self._client.fetch(recent, ["RFC822.SIZE"]) if recent else {}
        lightest_first = sorted(sizes, key=lambda uid: int(sizes[uid].get(b"RFC822.SIZE", 0)))
        for uid in (known + lightest_first)[:_PROOFS]:
            try:
                if self._asked_for([uid], section):
                    return
            except _FAULTS as error:
                self._resume_after(error)
        raise _refused(list(refusals.values())[-1])

    def _note(self, uid: int, error: Exception) -> bytes:
        """Return what is filed in place of a mail; without a header it is parked, where somebody sees it."""
        place = f"Ordner {self._settings.folder}, UIDVALIDITY {self._validity}, UID {uid}"
        words = " ".join(_told(error).split())
        return f"(Der Mailserver gibt diese Mail nicht heraus: {place}. Er sagt: {words})".encode()

    def _resume_after(self, error: Exception) -> None:
        """Connect again after a refusal; raises `ChannelFault` where the server itself calls its trouble passing."""
        if _PASSING.search(str(error)):
            raise _refused(error) from error
        self._reconnect()

    def _asked_for(self, uids: list[int], section: str) -> dict[int, bytes]:
        found = self._client.fetch(uids, [section.replace("BODY[", "BODY.PEEK[")])
        return {uid: facts[section.encode()] for uid, facts in found.items() if section.encode() in facts}

    def _reconnect(self) -> None:
        hang_up(self._client)
        self._client, state = _entered(self._settings, self._password)
        if int(state.get(b"UIDVALIDITY", 0)) != self._validity:
            raise ChannelFault("Der Ordner wurde neu nummeriert, während wir lasen.")

    def _was_told(self) -> bool:
        """Say whether mail was announced beside the answer to a search; IDLE would not say it again."""
        told = self._client._imap.response("EXISTS")[1]  # noqa: SLF001 - IMAPClient keeps these from us
        return any(int(count) > self._count for count in told if count)

    def _idle(self, until: float, stop: Callable[[], bool]) -> bool:
        """Return whether mail arrived. A dead socket looks like an empty answer that comes too early."""
        self._client.idle()
        has_news = False
        while not has_news and not stop() and (left := until - monotonic()) > 0:
            step, began = min(_STEP, left), monotonic()
            answers = self._client.idle_check(timeout=step)
            has_news = _tells_news(answers)
            if not answers and monotonic() - began < step / 2:
                break
        answers = self._client.idle_done()[1]
        has_news = has_news or _tells_news(answers)
        if not has_news:
            # Raises if the socket is dead; after half a TLS record, the other reason for silence, it does not.
            has_news = _tells_news(self._client.noop()[1])
        return has_news


def _refused(error: Exception) -> ChannelFault:
    return ChannelFault(f"Der Mailserver gibt zurzeit keine Mails heraus: {_told(error)}")


def _tells_news(answers: Iterable[Any]) -> bool:
    has_news = False
    for answer in answers or ():
        if not isinstance(answer, tuple):
            continue
        if b"BYE" in answer[:2]:
            raise ChannelFault("Der Mailserver hat die Verbindung beendet.")
        has_news = has_news or b"EXISTS" in answer[:2] or b"RECENT" in answer[:2]
    return has_news


def _batches(uids: list[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """Cut UIDs into lists of at most 50 and about 8 MB, large mails alone; order stays."""
    batch: list[int] = []
    weight = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if batch and (weight + size > _BATCH_BYTES or len(batch) >= _BATCH):
            yield batch
            batch, weight = [], 0
        batch.append(uid)
        weight += size
    if batch:
        yield batch


def _headers_with_note(headers: bytes, size: int) -> bytes:
    """Return a mail that can be filed in place of one that is too large to fetch."""
    note = f"[Diese Mail ist {size // 1_000_000} MB groß und wurde nicht geladen. Sie liegt weiterhin im Postfach.]"
    rest = _CONTENT_HEADER.sub(b"", headers).rstrip(b"\r\n")
    return rest + b"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + note.encode() + b"\r\n"
