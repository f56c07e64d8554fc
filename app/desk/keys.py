"""Keys that join by themselves: a number told by a network or a platform is one person's, whatever it is used for."""

from __future__ import annotations

from sqlalchemy import select

from app.db import db
from app.models import Identity
from channels.numbers import with_country_code
from routing.identity import Proof

BY_NUMBER = frozenset({"phone", "whatsapp"})
"""Kinds on which people are known by their telephone number."""
CLAIMED = frozenset({"email", "form", "phone"})
"""Kinds on which anybody can give any address; every other platform tells whose it is."""
VOUCHED_FOR, TOLD, WROTE = Proof.VERIFIED_MAIL.value, Proof.PLATFORM_ID.value, "wrote to us"
TYPED = "claimed"
"""One of us has typed the address, and nobody has written from it yet."""
SAME_NUMBER = Proof.PHONE_NUMBER.value


def owner_by_number(kind: str, value: str) -> int | None:
    """Return whose the number is on another channel; None where nobody has it, or it is none."""
    if kind not in BY_NUMBER:
        return None
    number = with_country_code(value)
    if not number:
        return None
    same = select(Identity.customer_id).where(
        Identity.kind.in_(BY_NUMBER - {kind}), Identity.value.in_({number, number.removeprefix("+")})
    )
    return db.session.scalar(same.order_by(Identity.id).limit(1))


def evidence(kind: str, value: str, *, is_vouched_for: bool) -> tuple[str, bool]:
    """Return what ties an address to whoever writes from it first, and whether that is more than a claim."""
    if is_vouched_for:
        return VOUCHED_FOR, True
    is_told = kind not in CLAIMED and not value.startswith("unknown:")
    return (TOLD, True) if is_told else (WROTE, False)
