"""Whose word is believed about a sender."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from channels.contract import Account
from channels.email import understand
from channels.email.authentication import is_vouched_for

SERVER = "mx.nordlicht.example"
EVA = "eva@kundin.example"


@pytest.mark.parametrize(
    "result",
    [
        f"{SERVER}; dmarc=pass (p=reject) header.from=kundin.example",
        f"{SERVER} 1; spf=fail smtp.mailfrom=x.example; dkim=pass header.d=kundin.example header.s=a",
        f"{SERVER};\r\n dkim=pass header.i=@mail.kundin.example",
        f"{SERVER.upper()}; SPF=Pass (ok (really)) smtp.mailfrom=bounce@post.kundin.example",
    ],
)
def test_the_domain_of_the_sender_vouches(result: str) -> None:
    assert is_vouched_for([result], sender=EVA, server=SERVER)


@pytest.mark.parametrize(
    "result",
    [
        "",
        f"{SERVER}; none",
        f"{SERVER}; dkim=pass header.d=newsletter.example",
        f"{SERVER}; dmarc=fail header.from=kundin.example",
        f"{SERVER}; spf=pass smtp.mailfrom=example",
        f"{SERVER}; arc=pass header.d=kundin.example",
        "evil.example; dmarc=pass header.from=kundin.example",
        f"evil.example ({SERVER}; dmarc=pass header.from=kundin.example)",
        f"{SERVER}; dkim=pass header.d=notkundin.example",
        "x" * 100_000,
        "(" * 20_000,
    ],
)
def test_nobody_else_vouches(result: str) -> None:
    assert not is_vouched_for([result], sender=EVA, server=SERVER)


def test_only_the_topmost_word_of_the_server_counts() -> None:
    forged = f"{SERVER}; dmarc=pass header.from=kundin.example"
    assert not is_vouched_for([f"{SERVER}; dmarc=fail", forged], sender=EVA, server=SERVER)
    assert is_vouched_for(["other.example; dmarc=fail", forged], sender=EVA, server=SERVER)


def test_without_a_server_to_believe_nobody_is_vouched_for() -> None:
    assert not is_vouched_for(["; dmarc=pass header.from=kundin.example"], sender=EVA, server="")


@pytest.mark.parametrize(("extra", "is_true"), [("", True), ("Reply-To: boss@kundin.example\n", False)])
def test_an_answer_address_that_somebody_typed_is_vouched_for_by_nobody(extra: str, is_true: bool) -> None:  # noqa: FBT001
    own = "service@nordlicht.example"
    sender, domain = (own, "nordlicht.example") if extra else (EVA, "kundin.example")
    raw = (
        f"From: {sender}\nTo: {own}\n{extra}Authentication-Results: {SERVER}; dmarc=pass header.from={domain}\n\nHallo"
    )
    account = Account(id=1, kind="email", name="", address=own, settings={"trusted_server": SERVER})
    heard = understand.contact(raw.encode(), received_at=datetime(2026, 11, 23, tzinfo=UTC), account=account)
    assert heard.is_vouched_for is is_true
