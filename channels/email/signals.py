"""Was this written by a machine? Auto-replies, lists, delivery reports, complaints and receipts."""

from __future__ import annotations

import re

from channels.contract import Bounce
from channels.email.addresses import addresses
from channels.email.charsets import decoded
from channels.email.headers import message_ids, text_of
from channels.email.tree import Part

_AUTO_HEADERS = (
    "x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply", "x-autoreply-from", "x-mail-autoreply",
)  # fmt: skip
_AUTO_SUBJECT = re.compile(
    r"^(?:abwesenheitsnotiz|abwesenheitsnachricht|automatische (?:antwort|rückmeldung|eingangsbestätigung)|abwesend:"
    r"|out of (?:the )?office|auto(?:matic|mated)?[- ]?(?:reply|response)|vacation(?::| reply)|réponse automatique"
    r"|automatisch antwoord|respuesta automática|risposta automatica)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver(?:able|ed)|unzustellbar|nicht zugestellt|returned mail|mail delivery"
    r"|delivery has failed|delivery error|mail failure"
    r"|delivery (?:status )?(?:notification|failure|failed|report|problem)|failure notice|mail system error"
    r"|message (?:could not be|not) delivered|mail could not be delivered|mail not delivered|non remis|non recapitabile"
    r"|no entregado|warning: could not send|bounced?\b|user unknown",
    re.IGNORECASE,
)
_DAEMON = re.compile(
    r"^(?:mailer[-_. ]?daemon|postmaster|mail[-_. ]?(?:delivery|er)[-_. ]?(?:subsystem|system)?|mdaemon|bounce[sd]?)$",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SMTP_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")
_FAILED_LINE = re.compile(
    r"^[ \t]*(?:<|to:? ?<?|failed recipient: |mailto:)?([^\s<>,;:]{1,64}@[^\s<>,;:]{1,190})>?:?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_COPIED_ID = re.compile(rb"^message-id:\s*(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
_SCANNED = 20_000
_RETURNED = frozenset({
    "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers",
})  # fmt: skip
_SIGNS_OF_A_BOUNCE = 2
_DELAYED = re.compile(r"delay|warning|verz(?:ö|oe)ger|warnung", re.IGNORECASE)
_LONGEST_ADDRESS = 320
# Words of servers for an address that is dead; everything else with 5.x.x is a refusal that may pass.
_DEAD = re.compile(r"^5\.(?:1\.(?:0|1|2|3|6|10)|2\.1|4\.4)$")


def is_auto_reply(root: Part, subject: str) -> bool:
    """Say whether a machine answered (RFC 3834 section 5, and what mailers did before and beside it)."""
    submitted = root.first("auto-submitted").strip().lower()
    if submitted:
        return not submitted.startswith("no")
    if any(root.first(name).strip().lower() not in {"", "no"} for name in _AUTO_HEADERS):
        return True
    if root.first("precedence").strip().lower() in {"auto_reply", "auto-reply"}:
        return True
    # Exchange asks "DR, OOF" on mails of people, too; "All" is what machines write (MS-OXCMAIL 2.1.3.2.20).
    if root.first("x-auto-response-suppress").strip().lower() == "all":
        return True
    return bool(_AUTO_SUBJECT.match(subject))


def is_bulk(root: Part, own: frozenset[str]) -> bool:
    """Say whether a list or a mailing programme sent it.

    A shop whose address is itself a group gets every customer's mail with `Precedence: list` and the group's own
    List-Id; such mail is a person's.
    """
    list_id = root.first("list-id").lower()
    if list_id and any(address.replace("@", ".") in list_id for address in own):
        return False
    return bool(list_id) or root.first("precedence").strip().lower() in {"bulk", "list", "junk"}


def is_feedback_report(root: Part) -> bool:
    """Say whether it is a complaint in the abuse reporting format (RFC 5965)."""
    return _report_type(root) == "feedback-report" or any(
        part.get_content_type() == "message/feedback-report" for part in root.walk()
    )


def is_delivery_receipt(root: Part) -> bool:
    """Say whether it confirms delivery or reading (RFC 8098, RFC 3464 with nothing failed)."""
    if _report_type(root) == "disposition-notification":
        return True
    actions = [text_of(block.first("action")).lower() for block in _status_blocks(root) if block.first("action")]
    return bool(actions) and all(action in {"delivered", "relayed", "expanded"} for action in actions)


def bounce_of(root: Part, subject: str, text: str) -> Bounce | None:
    """Read a delivery report, None if this is none. Only `Status` and `Action` decide what is permanent."""
    if is_delivery_receipt(root) or is_feedback_report(root) or _score(root, subject) < _SIGNS_OF_A_BOUNCE:
        return None
    blocks = _status_blocks(root)
    recipients = [value for block in blocks for value in _recipients(block)]
    recipients += [each.key for each in addresses(root.first("x-failed-recipients"))]
    if not recipients:
        recipients = [found.lower() for found in _FAILED_LINE.findall(text[:_SCANNED])]
    status = next((found[1] for block in blocks if (found := _STATUS.search(block.first("status")))), "")
    reason = next((text_of(block.first("diagnostic-code")) for block in blocks if block.first("diagnostic-code")), "")
    if not status:
        found = _STATUS.search(reason) or _STATUS.search(text[:_SCANNED])
        status = found[1] if found else ""
    actions = {text_of(block.first("action")).lower() for block in blocks}
    return Bounce(
        recipients=tuple(dict.fromkeys(recipients)),
        message_id=_returned_message_id(root),
        status=status,
        reason=reason[:500],
        has_failed=_has_failed(actions, status, subject),
        is_permanent=bool(_DEAD.match(status)) and "delayed" not in actions,
    )


def _has_failed(actions: set[str], status: str, subject: str) -> bool:
    """Say whether the message came back for good (RFC 3464 section 2.3.3): an action decides, then the status."""
    if actions - {""}:
        return "failed" in actions
    return not status.startswith("4") and not _DELAYED.search(subject)


def smtp_code(bounce: Bounce, text: str) -> str:
    """Return the three digits a server answered with, empty if the report does not say."""
    found = _SMTP_CODE.search(bounce.reason) or _SMTP_CODE.search(text[:_SCANNED])
    return found[1] if found else ""


def _score(root: Part, subject: str) -> int:
    """Weigh the signs of a delivery report; two are enough."""
    kinds = [part.get_content_type() for part in root.walk()]
    senders = addresses(root.first("from"))
    local = senders[0].key.partition("@")[0] if senders else root.first("from").strip().strip("<>").lower()
    return_path = root.first("return-path").strip()
    score = 2 if "message/delivery-status" in kinds or _report_type(root) == "delivery-status" else 0
    score += 2 if root.first("x-failed-recipients") else 0
    score += 1 if _DAEMON.match(local) or (senders and _DAEMON.match(senders[0].name)) else 0
    score += 1 if return_path == "<>" else 0
    score += 1 if _BOUNCE_SUBJECT.search(subject) else 0
    return score


def _report_type(root: Part) -> str:
    kind, found = root.content
    return found.get("report-type", "").lower() if kind == "multipart/report" else ""


def _status_blocks(root: Part) -> list[Part]:
    reports = [part for part in root.walk() if part.get_content_type() == "message/delivery-status"]
    return [block for part in reports for block in part.parts]


def _recipients(block: Part) -> list[str]:
    raw = block.first("final-recipient") or block.first("original-recipient")
    address = text_of(raw).rpartition(";")[2].strip().strip("<>").lower()
    return [address] if address and len(address) <= _LONGEST_ADDRESS else []


def _returned_message_id(root: Part) -> str:
    """Return the Message-ID of the mail that came back, from its copy or its copied headers."""
    for part in root.walk():
        if part.get_content_type() not in _RETURNED:
            continue
        raw = part.parts[0].first("message-id") if part.parts else ""
        if not raw:
            found = _COPIED_ID.search(part.content_bytes()[:_SCANNED])
            raw = decoded(found[1]) if found else ""
        ids = message_ids(raw)
        if ids:
            return ids[0]
    return ""
