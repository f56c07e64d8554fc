"""Meta's error codes in our words. The code decides and the subcode refines; the text is never looked at.

Source: developers.facebook.com/docs/messenger-platform/error-codes and docs/graph-api/guides/error-handling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.contract import ChannelFault, DeliveryError, DeliveryFault
from channels.meta.reading import mapping, words

Verdict = tuple[DeliveryFault, bool, str]
"""The fault, whether it is for good, and the sentence."""

_TOKEN = (DeliveryFault.UNAUTHORISED, False, "Facebook nimmt das Zugriffs-Token nicht mehr an. Bitte neu verbinden.")
_RIGHTS = (DeliveryFault.UNAUTHORISED, False, "Der App fehlt eine Berechtigung für die Seite.")
_BLOCKED = (DeliveryFault.UNAUTHORISED, False, "Facebook hat die Seite wegen seiner Richtlinien eingeschränkt.")
_CLOSED = (DeliveryFault.WINDOW_CLOSED, True, "Das Antwortfenster ist geschlossen.")
_BUSY = (DeliveryFault.RATE_LIMITED, False, "Facebook nimmt gerade nicht mehr Aufrufe an.")
# Not "unreachable", which is said of the platform as a whole: one person who blocked us must not turn the channel red.
_SHORT = (
    DeliveryFault.REJECTED,
    False,
    "Facebook ist vorübergehend gestört, oder die Person hat die Seite blockiert.",
)
_NOBODY = (DeliveryFault.GONE, True, "Diese Person gibt es bei Facebook nicht mehr, oder nicht für diese Seite.")
_AWAY = (DeliveryFault.GONE, True, "Die Person ist nicht erreichbar oder hat die Seite blockiert.")
_LOST = (DeliveryFault.GONE, True, "Das gibt es bei Facebook nicht mehr, oder es ist für uns nicht sichtbar.")
_SPENT = (DeliveryFault.WINDOW_CLOSED, True, "Auf diesen Kommentar wurde schon privat geantwortet.")
_OWNED = (DeliveryFault.REJECTED, True, "Ein anderes Programm führt dieses Gespräch gerade.")
_UNKNOWN = (DeliveryFault.REJECTED, True, "Facebook hat das abgelehnt.")

_BY_SUBCODE: Mapping[tuple[int, int], Verdict] = {
    (10, 2018278): _CLOSED,
    (10, 2534022): _CLOSED,
    (10, 2018300): _OWNED,
    (100, 2018001): _NOBODY,
    (100, 2534014): _NOBODY,
    (100, 33): _LOST,
    (551, 1545041): _AWAY,
}
_BY_CODE: Mapping[int, Verdict] = {
    **dict.fromkeys((102, 190, 467), _TOKEN),
    **dict.fromkeys((3, 10, *range(200, 300)), _RIGHTS),
    368: _BLOCKED,
    551: _AWAY,
    **dict.fromkeys((4, 17, 32, 341, 613, 80006), _BUSY),
    **dict.fromkeys((1, 2, 1200), _SHORT),
    **dict.fromkeys((803, 1705), _LOST),
    10900: _SPENT,
}
_BY_STATUS: Mapping[int, Verdict] = {401: _TOKEN, 403: _TOKEN, 404: _LOST, 429: _BUSY}
_PATIENT = 60.0
"""Seconds to wait where a limit does not say how long."""


@dataclass(eq=False)
class GraphError(Exception):
    """Meta refused a call."""

    status: int
    code: int = 0
    subcode: int = 0
    is_transient: bool = False
    said: str = ""
    """What Meta has to say to people, for the agent beside our sentence."""
    trace: str = ""
    retry_within: float | None = None

    @property
    def key(self) -> str:
        """The code as it is written down and shown."""
        return str(self.code or self.status)

    @property
    def verdict(self) -> Verdict:
        found = _BY_SUBCODE.get((self.code, self.subcode)) or _BY_CODE.get(self.code)
        if found is not None:
            return found
        if self.is_transient or (not self.code and self.status >= 500):
            return _SHORT
        return _BY_STATUS.get(self.status, _UNKNOWN) if not self.code else _UNKNOWN

    @property
    def sentence(self) -> str:
        """Our sentence, what Meta says, and the numbers its support asks for."""
        numbers = f"{self.key}/{self.subcode}" if self.subcode else self.key
        trace = f", {self.trace}" if self.trace else ""
        return f"{self.verdict[2]} {self.said} (Fehler {numbers}{trace})".replace("  ", " ")

    @property
    def is_about_account(self) -> bool:
        """The channel is in trouble, not this one message: token, permission, policy."""
        return self.verdict[0] is DeliveryFault.UNAUTHORISED

    def as_delivery(self) -> DeliveryError:
        fault, is_permanent, _ = self.verdict
        wait = (self.retry_within or _PATIENT) if fault is DeliveryFault.RATE_LIMITED else self.retry_within
        return DeliveryError(fault, is_permanent=is_permanent, words=self.sentence, retry_within=wait, code=self.key)

    def as_fault(self) -> ChannelFault:
        return ChannelFault(self.sentence, is_permanent=self.is_about_account, code=self.key)


def error_in(body: Mapping[str, Any], *, status: int, retry_within: float | None = None) -> GraphError:
    """Read an error body, in today's shape or in the old one of the log-in (`error_type`, `error_message`)."""
    error = mapping(body.get("error")) or mapping({k.removeprefix("error_"): v for k, v in body.items()})
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    if not mapping(body.get("error")) and words(error.get("type")) == "OAuthException":
        # The old shape carries the HTTP status as its code; its type is the only code there is.
        code = 190
    title = ": ".join(filter(None, (words(error.get(f"error_user_{part}"), most=200) for part in ("title", "msg"))))
    return GraphError(
        status,
        code,
        subcode,
        error.get("is_transient") is True,
        title or words(error.get("message"), most=300),
        words(error.get("fbtrace_id"), most=60),
        retry_within,
    )


def _number(value: object) -> int:
    found = words(value, most=12)
    return int(found) if found.isascii() and found.isdigit() else 0
