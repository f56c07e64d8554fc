"""The mails of the sample shop's customers, as their mail programs would have written them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Any

LONG_LINE = 80
"""A longer line of the content file was wrapped there for reading and goes on in the next one."""
WIDTH, HEIGHT = 320, 200


def from_customer(
    customer: str, to: str, subject: str, step: Mapping[str, Any], *, id_: str, replies_to: str, at: datetime
) -> bytes:
    """Return a customer's mail with what the step says, and its picture and file."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = customer, to, subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{id_}>"
    if replies_to:
        mail["In-Reply-To"] = mail["References"] = f"<{replies_to}>"
    for name, value in step.get("headers", {}).items():
        mail[name] = value
    mail.set_content(flowing(step["says"]))
    if "html" in step:
        mail.add_alternative(step["html"], subtype="html")
    if "photo" in step:
        page = mail.get_payload()[1]  # type: ignore[index]
        picture = photo()
        page.add_related(picture, "image", "png", cid=f"<{step['photo']}>", filename="foto.png")  # type: ignore[union-attr]
    if "file" in step:
        mail.add_attachment(delivery_note(), maintype="application", subtype="pdf", filename=step["file"])
    return mail.as_bytes()


def bounce(reason: str, *, ours: str, recipient: str, to: str, id_: str, at: datetime) -> bytes:
    """Return the report of a mail server that knows no such recipient (RFC 3464)."""
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"] = f"Mail Delivery System <mailer-daemon@{recipient.rpartition('@')[2]}>"
    report["To"], report["Subject"] = to, "Undelivered Mail Returned to Sender"
    report["Date"], report["Message-ID"] = format_datetime(at), f"<{id_}>"
    report["Auto-Submitted"] = "auto-replied"
    report.attach(MIMEText(f"<{recipient}>: host mx.{recipient.rpartition('@')[2]} said: {reason}\n"))
    reporting, final = Message(), Message()
    reporting["Reporting-MTA"] = f"dns; mx.{recipient.rpartition('@')[2]}"
    final["Final-Recipient"] = f"rfc822; {recipient}"
    final["Action"], final["Status"] = "failed", reason.split()[1]
    final["Diagnostic-Code"] = f"smtp; {reason}"
    status = MIMENonMultipart("message", "delivery-status")
    status.set_payload([reporting, final])
    report.attach(status)
    returned = EmailMessage()
    returned["Message-ID"], returned["From"], returned["To"] = f"<{ours}>", to, recipient
    returned.set_content("(Der Text der zurückgekommenen Mail wurde gekürzt.)")
    report.attach(MIMEMessage(returned))
    return report.as_bytes()


def flowing(text: str) -> str:
    """Undo the line breaks that the content file has for its readers only."""
    lines: list[str] = []
    goes_on = False
    for line in text.rstrip().split("\n"):
        if goes_on and line:
            lines[-1] += f" {line}"
        else:
            lines.append(line)
        goes_on = len(line) > LONG_LINE
    return "\n".join(lines) + "\n"


def photo() -> bytes:
    """Draw a lampshade in three pieces (PNG, 320 x 200)."""
    rows = b"".join(b"\0" + b"".join(bytes(_colour(x, y)) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def _colour(x: int, y: int) -> tuple[int, int, int]:
    """Return a wooden table with three shards of opal glass on it."""
    shards = (
        (x - 95) ** 2 / 60**2 + (y - 95) ** 2 / 48**2 < 1 and x - 80 < y / 2,
        (x - 175) ** 2 / 58**2 + (y - 110) ** 2 / 44**2 < 1 and (y - 110) > (x - 230) / 3,
        (x - 250) ** 2 / 34**2 + (y - 70) ** 2 / 30**2 < 1 and x + y > 300,
    )
    if any(shards):
        light = 236 - abs(y - 90) // 4
        return light, light, min(255, light + 6)
    grain = (x // 3 + (y * y) // 40) % 9
    return 158 + grain, 118 + grain, 84 + grain // 2


def delivery_note() -> bytes:
    """Write a PDF of one page."""
    words = (
        b"BT /F1 18 Tf 72 760 Td (Nordlicht) Tj /F1 12 Tf 0 -40 Td (Lieferschein NL-20795: 1 x Tischlampe Lykke) Tj ET"
    )
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer
