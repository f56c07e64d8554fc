"""The shop whose mailbox the mail tests read, and a short way to understand a mail as it would."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from channels.contract import Account, Contact
from channels.email.understand import contact

FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
SHOP = Account(id=1, kind="email", name="E-Mail", address="support@shop.example", settings={})


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.eml").read_bytes()


def heard(raw: bytes) -> Contact:
    return contact(raw, received_at=NOW, account=SHOP)
