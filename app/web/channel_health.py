"""How a channel is, in words, and what to do about it: by the platform's code, never by its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app import clock
from app.access import Person
from app.desk.channels import TOKEN_WARNING
from app.finders import channels
from app.finders.channels import ChannelHealth, ChannelSetUp
from app.web.door import settings
from app.web.words import _
from channels.registry import form_of, is_hooked

_TOKEN_CODES = {"190", "102", "401", "89", "unauthorised", "revoked"}
_RIGHT_CODES = {"10", "403", "220", "453"}
_BUSY_CODES = {"4", "17", "32", "613", "80006", "429"}
_TOKEN_CODES_OF = {("x", "32"), ("x", "215")}
"""Where another platform means something else by the same number."""
_CREDIT_CODES = {"402"}
_BLOCK_CODES = {"368", "326", "64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What mends a channel; `field` is the secret it leads to."""

    words: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthShown:
    """The health of a channel as its page tells it."""

    row: ChannelHealth
    step: NextStep | None
    expiry: str
    """valid, soon or past; empty where the platform names no end."""


def health_of(person: Person, channel: ChannelSetUp) -> HealthShown:
    """Return how a channel is; raises `NotFound` for those who may not know."""
    row = channels.health(person, channel.id)
    expiry = _expiry(row.token_expires_at, clock.now())
    step = _step(channel.kind, row.problem_code) if row.problem or expiry in {"soon", "past"} else None
    if not row.problem and step:
        step = NextStep(words=_("Zugang bald erneuern, solange der alte noch gilt."), field=_token_of(channel.kind))
    return HealthShown(row=row, step=step, expiry=expiry)


def _expiry(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    return "past" if at <= now else "soon" if at - now <= TOKEN_WARNING else "valid"


def _step(kind: str, code: str) -> NextStep | None:
    is_right = code in _RIGHT_CODES or (len(code) == 3 and code.startswith("2"))
    if code in _TOKEN_CODES or (kind, code) in _TOKEN_CODES_OF:
        words = _("Der Zugang gilt nicht mehr: Erzeugen Sie ihn bei der Plattform neu und ersetzen Sie ihn hier.")
        return NextStep(words=words, field=_token_of(kind))
    if code in _BUSY_CODES:
        return NextStep(words=_("Die Plattform bremst uns. Faden wartet und versucht es von selbst wieder."))
    if code in _BLOCK_CODES:
        return NextStep(words=_("Die Plattform hat das Konto gesperrt. Sehen Sie dort nach, was sie verlangt."))
    if code in _CREDIT_CODES:
        return NextStep(words=_("Das Guthaben bei der Plattform ist aufgebraucht: Laden Sie es dort auf."))
    if is_right:
        return NextStep(
            words=_("Der App fehlt eine Berechtigung: Geben Sie sie ihr bei der Plattform und prüfen Sie dann.")
        )
    return None


def _token_of(kind: str) -> str:
    """Return the secret that opens the platform: the one that is called a token, and no key for signatures."""
    secrets = [each.name for each in form_of(kind).fields if each.kind == "secret"]
    tokens = [name for name in secrets if "token" in name and not name.startswith(("verify", "hook"))]
    return next(iter(tokens or secrets), "")


def hook_url(kind: str, channel_id: int) -> str:
    """Return where the platform calls us, empty for a kind whose platform never does; 0 is a channel to come."""
    if not is_hooked(kind):
        return ""
    return settings().hook_url(kind, channel_id).removesuffix("/0") + ("" if channel_id else "/…")
