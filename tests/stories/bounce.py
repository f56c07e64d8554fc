"""A mail that never arrived, as a mail server reports it (RFC 3464)."""

from __future__ import annotations

_REPORT = """From: mailer-daemon@mx.example
To: {shop}
Subject: Undelivered Mail
Message-ID: <returned-{bare}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=dsn

--dsn
Content-Type: message/delivery-status

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--dsn
Content-Type: message/rfc822

Message-ID: <{bare}>

Guten Tag

--dsn--
"""


def returned(message_id: str, *, recipient: str, shop: str) -> bytes:
    """Return the report on our mail of that `Message-ID`, with angle brackets or without."""
    return _REPORT.format(bare=message_id.strip("<>"), recipient=recipient, shop=shop).encode()
