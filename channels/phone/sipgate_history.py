"""What sipgate remembers of calls, asked after an outage: events are never sent again, so this fills the gap.

`GET /v2/history` (developer.sipgate.io, REST API); the shape of an entry is known from the vendor's examples only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from operator import itemgetter
from time import monotonic, sleep
from typing import Any

from channels.contract import CallEvent, CallStep, ChannelFault, Handle, Health, Raw, Unreadable
from channels.http import Caller, NotReached, Reply
from channels.numbers import with_country_code

PAGE = 50
MOST_PAGES = 40
OUTGOING = "OUTGOING"
EVERY = 600.0
"""Seconds between two questions; what is pushed comes at once."""
BEGINS = "begins_at"
OVERLAP = timedelta(hours=4)
LATEST = datetime.max.replace(tzinfo=UTC)
_ANSWERED = frozenset({"PICKUP", "ANSWERED", "SUCCESS"})


class History:
    """The history since an instant, oldest first; the cursor is the newest entry's time."""

    def __init__(self, base: str, token: tuple[str, str]) -> None:
        self._caller, self._token = Caller(base), token
        self._seen: set[str] = set()
        self._asked_at = monotonic()

    def fetch(self, cursor: Mapping[str, object], *, limit: int = 50) -> Iterable[Raw]:
        """Yield the calls since the cursor, without one only where to begin: now. Raises `ChannelFault`.

        An entry carries the time of its ring and may come only after later ones, so four hours are looked at again,
        though nothing before the beginning.
        """
        self._asked_at = monotonic()
        since = _instant(cursor.get("since"), latest=LATEST)
        if since is None:
            yield from self._beginning()
            return
        begins = str(cursor.get(BEGINS, ""))
        entries = self._since(max(since - OVERLAP, _instant(begins, latest=LATEST) or since - OVERLAP))
        fresh = [(at, entry) for entry in entries if (at := _instant(entry.get("created"), latest=LATEST))]
        for at, entry in sorted(fresh, key=itemgetter(0)):
            if (id_ := _id(entry)) in self._seen or limit <= 0:
                continue
            self._seen.add(id_)
            limit -= 1
            yield Raw(
                content=json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace"),
                source=f"sipgate Verlauf {at:%d.%m.%Y %H:%M:%S}",
                cursor={"since": max(at, since).isoformat(), BEGINS: begins},
            )

    def _beginning(self) -> Iterator[Raw]:
        """Yield a mark that means nothing but the time over there: what lies before it was heard by nobody for us."""
        reply = _ask(self._caller, self._token, {"limit": 1, "offset": 0})
        try:
            now = parsedate_to_datetime(reply.headers.get("date", ""))
        except ValueError:
            return
        begins_at = now.astimezone(UTC).isoformat()
        content = json.dumps({BEGINS: begins_at}).encode()
        yield Raw(content=content, source="sipgate Verlauf, Beginn", cursor={"since": begins_at, BEGINS: begins_at})

    def _since(self, since: datetime) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        for page in range(MOST_PAGES):
            found = self._page({"from": since.isoformat(timespec="seconds"), "limit": PAGE, "offset": page * PAGE})
            entries += found
            if len(found) < PAGE:
                break
        return entries

    def _page(self, query: Mapping[str, str | int]) -> list[dict[str, Any]]:
        reply = _ask(self._caller, self._token, query)
        items = found.get("items") if isinstance(found := reply.json(), dict) else None
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

    def wait(self, *, within: float, stop: Callable[[], bool]) -> bool:
        """Let ten minutes pass: the history is for what the hook has missed."""
        until = min(monotonic() + within, self._asked_at + EVERY)
        while monotonic() < until and not stop():
            sleep(max(0.0, min(0.5, until - monotonic())))
        return not stop()

    def close(self) -> None:
        self._caller.close()


def asked(base: str, token: tuple[str, str]) -> Health:
    """Ask for one entry and say how it went; never raises."""
    caller = Caller(base, within=10.0)
    try:
        _ask(caller, token, {"offset": 0, "limit": 1})
    except ChannelFault as fault:
        return Health(is_ok=False, words=fault.words, code=fault.code)
    finally:
        caller.close()
    return Health(is_ok=True)


def _ask(caller: Caller, token: tuple[str, str], query: Mapping[str, str | int]) -> Reply:
    try:
        reply = caller.call("GET", "v2/history", query={"types": "CALL", **query}, auth=token)
    except NotReached as error:
        raise ChannelFault(error.words) from error
    if reply.is_good:
        return reply
    code = str(reply.status)
    if reply.status in {401, 403}:
        words = "sipgate lehnt das Token ab. Bitte tragen Sie ein neues mit dem Recht „history:read“ ein."
        raise ChannelFault(words, is_permanent=True, code=code)
    raise ChannelFault(f"sipgate antwortet mit {code}.", code=code)


def parse(raw: bytes, *, received_at: datetime) -> list[CallEvent]:
    """Understand one entry as the steps it went through; raises `Unreadable`."""
    try:
        entry = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unreadable("Das ist kein Eintrag des Anrufverlaufs.") from error
    if not isinstance(entry, dict) or BEGINS in entry:
        return []
    rang_at = _instant(entry.get("created"), latest=received_at)
    call_id = _id(entry)
    if rang_at is None or not call_id or entry.get("type", "CALL") != "CALL":
        raise Unreadable("Das ist kein Eintrag des Anrufverlaufs: created, id oder type fehlt.")
    return _Entry(entry, call_id, rang_at, received_at).steps()


class _Entry:
    """One call that is over."""

    def __init__(self, entry: dict[str, Any], call_id: str, rang_at: datetime, received_at: datetime) -> None:
        self.call_id, self.rang_at = call_id, rang_at
        direction = str(entry.get("direction", ""))
        self.is_outgoing = direction.endswith(OUTGOING)
        self.has_talked = str(entry.get("status", "")) in _ANSWERED and not direction.startswith("MISSED")
        seconds = entry.get("duration")
        length = float(seconds) if isinstance(seconds, int | float) and 0 < seconds < 86_400 else 0.0
        self.ended_at = min(rang_at + timedelta(seconds=length), received_at)
        theirs, ours = ("target", "source") if self.is_outgoing else ("source", "target")
        self.number, self.own_number = (with_country_code(str(entry.get(each, ""))) for each in (theirs, ours))
        responder = entry.get("responder")
        self.agents = (responder[:64],) if isinstance(responder, str) and responder.isprintable() else ()

    def steps(self) -> list[CallEvent]:
        cause = "normalClearing" if self.has_talked else "noAnswer"
        answer = [self._step(CallStep.ANSWER, self.rang_at, agents=self.agents)] if self.has_talked else []
        return [
            self._step(CallStep.RING, self.rang_at),
            *answer,
            self._step(CallStep.HANGUP, self.ended_at, cause=cause),
        ]

    def _step(self, step: CallStep, at: datetime, **known: Any) -> CallEvent:
        return CallEvent(
            external_id=f"{self.call_id}:{step.value}",
            step=step,
            call_id=self.call_id,
            root_id=self.call_id,
            sent_at=at,
            is_outgoing=self.is_outgoing,
            customer=Handle(kind="phone", value=self.number) if self.number else None,
            own_number=self.own_number,
            details={"history": self.rang_at.isoformat()},
            **known,
        )


def _id(entry: object) -> str:
    if not isinstance(entry, dict):
        return ""
    named = entry.get("callId") or entry.get("id")
    text = str(named) if isinstance(named, str | int) and not isinstance(named, bool) else ""
    return text if text.isprintable() and len(text) <= 100 else ""


def _instant(value: object, *, latest: datetime) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return min(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), latest)
