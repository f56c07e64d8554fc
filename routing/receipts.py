"""When the automatic receipt may be sent: once per new ticket, and never so that two machines talk to each other."""

from __future__ import annotations

from datetime import datetime, timedelta

from routing.addresses import is_no_reply

AT_MOST_ONCE_WITHIN = timedelta(hours=1)
"""Per address, whatever it writes about."""
NEWS_FOR = timedelta(hours=24)
"""An older mail comes from an imported archive or a broken relay; its sender must not hear from us out of the blue."""


def may_receipt(
    *,
    is_new_ticket: bool,
    is_automatic: bool,
    is_bounce: bool,
    sender_is_own: bool,
    sender_address: str,
    last_receipt_at: datetime | None,
    sent_at: datetime,
    now: datetime,
) -> bool:
    """Decide on the receipt for one inbound mail (RFC 3834 section 2).

    `last_receipt_at` is the last one to this address on any ticket; `sender_is_own` means one of our own
    addresses, so that a form or a copy to ourselves is never answered.
    """
    if not is_new_ticket or is_automatic or is_bounce or sender_is_own or is_no_reply(sender_address):
        return False
    if last_receipt_at is not None and now - last_receipt_at < AT_MOST_ONCE_WITHIN:
        return False
    return now - sent_at <= NEWS_FOR
