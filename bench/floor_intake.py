"""The floor of the intake: the standard library's parser and one transaction with the same rows, nothing else.

`python -m bench.floor_intake MBOX DATABASE_URL BLOBS`. No framework, no ORM, no checks: what any product must do.
"""

import email
import hashlib
import os
import sys
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

from bench.floor_store import Store

SETUP = """SELECT c.id, c.team_id, p.policy_id, p.id, p.calendar_id FROM channel c, policy_version p
 WHERE p.route = 'email'"""
IDENTITY = "SELECT id, customer_id, receipted_at FROM identity WHERE kind = 'email' AND value = ? AND scope = ''"
CUSTOMER = """INSERT INTO customer (name, name_key, customer_group, language, created_at, is_demo)
 VALUES (?, ?, '', '', ?, false) RETURNING id"""
PART = "INSERT INTO name_part (customer_id, part) VALUES (?, ?) ON CONFLICT DO NOTHING"
NEW_IDENTITY = """INSERT INTO identity (customer_id, kind, value, scope, name, is_verified, evidence, is_blocked,
 created_at) VALUES (?, 'email', ?, '', ?, false, 'wrote to us', false, ?) RETURNING id"""
PARENT = """SELECT c.id, c.ticket_id FROM message m JOIN conversation c ON c.id = m.conversation_id
 WHERE m.external_id = ? AND m.channel_id = ?"""
ENVELOPE = """INSERT INTO envelope (channel_id, digest, size, source, state, received_at, filed_at, problem, attempts)
 VALUES (?, ?, ?, 'floor', 'filed', ?, ?, '', 0) RETURNING id"""
TICKET = """INSERT INTO ticket (subject, state, priority, team_id, customer_id, created_at, updated_at, due_at, soon_at,
 breach_at, oldest_unanswered_at, queue_at, customer_name, preview, preview_at, channel_kind, channel_count, waits_for,
 cause, is_social, is_shared)
 VALUES (?, 'open', 'normal', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'email', 1, '', '', false, false) RETURNING id"""
CONVERSATION = """INSERT INTO conversation (ticket_id, home_ticket_id, channel_id, identity_id, external_key, subject,
 is_public, details, created_at) VALUES (?, ?, ?, ?, ?, ?, false, '{}', ?) RETURNING id"""
MESSAGE = """INSERT INTO message (conversation_id, channel_id, envelope_id, external_id, direction, state,
 message_class, is_automatic, is_bounce, author_name, author_address, subject, text, quoted_text, html, has_quote,
 has_html, attachment_count, details, sent_at, stored_at, attempts, fault, fault_words, kind, is_public, is_elsewhere,
 progress) VALUES (?, ?, ?, ?, ?, ?, ?, ?, false, ?, ?, ?, ?, '', ?, false, ?, ?, '{}', ?, ?, 0, '', '', 'message',
 false, false, '') RETURNING id"""
ATTACHMENT = """INSERT INTO attachment (message_id, name, type, size, digest, content_id, is_inline, kind, source_url,
 fault_words, details) VALUES (?, ?, ?, ?, ?, ?, ?, 'file', '', '', '{}')"""
EVENT = "INSERT INTO event (ticket_id, kind, at, message_id, details) VALUES (?, ?, ?, ?, '{}')"
OBLIGATION = """INSERT INTO obligation (conversation_id, message_id, kind, route, channel_id, team_id, policy_id,
 policy_version_id, calendar_id, calendar_version, is_held, target_minutes, opened_at, warn_at,
 soon_at, due_at, breach_at, state, verdict, fired, rung_at)
 VALUES (?, ?, 'first', 'email', ?, ?, ?, ?, ?, 1, false, 240, ?, ?, ?, ?, ?, 'open', '', '', ?)"""
TOUCH = "UPDATE ticket SET state = 'open', updated_at = ?, preview = ?, preview_at = ? WHERE id = ?"
COUNT = """INSERT INTO counter (key, count) VALUES (?, 1), (?, 1)
 ON CONFLICT (key) DO UPDATE SET count = counter.count + excluded.count"""
RECEIPTED = "UPDATE identity SET receipted_at = ? WHERE id = ?"
RECEIPT = "Guten Tag,\n\nIhre Nachricht ist da: Anliegen {}. Sie erhalten eine Antwort bis {:%H:%M} Uhr.\n"


def put(folder: Path, content: bytes) -> str:
    """Keep a content under its digest, on the disk before this returns: file and folder are synced."""
    digest = hashlib.sha256(content).hexdigest()
    path = folder / digest[:2] / digest[2:]
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".draft").open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.with_suffix(".draft").rename(path)
        entry = os.open(path.parent, os.O_RDONLY)
        os.fsync(entry)
        os.close(entry)
    return digest


def understand(raw: bytes) -> tuple[Any, dict[str, str], list[tuple[str, str, bytes, str]]]:
    """Read headers, texts and files with the standard library alone."""
    mail: Any = email.message_from_bytes(raw, policy=default)
    texts, files = {"text/plain": "", "text/html": ""}, []
    for part in mail.walk():
        kind = part.get_content_type()
        if not part.is_multipart() and part.get_filename() is None and kind in texts:
            texts[kind] = part.get_content()
        elif not part.is_multipart():
            files.append((part.get_filename() or "", kind, part.get_content(), part["Content-ID"] or ""))
    return mail, texts, files


def file_mail(store: Store, raw: bytes, setup: tuple[int, ...], blobs: Path) -> None:
    """Write every row of one mail in one transaction."""
    (channel, team, *aim), now, (mail, texts, files) = setup, datetime.now(UTC), understand(raw)
    text, html, sender = texts["text/plain"], texts["text/html"], mail["From"].addresses[0]
    id_, parent = str(mail["Message-ID"]).strip("<>"), str(mail["In-Reply-To"] or "").strip("<>")
    subject, sent_at = str(mail["Subject"]), mail["Date"].datetime.astimezone(UTC)
    address, name = sender.addr_spec, sender.display_name
    kept = [(file, kind, len(body), put(blobs, body), cid, bool(cid)) for file, kind, body, cid in files]
    preview, due, warn = " ".join(text[:420].split())[:140], sent_at + timedelta(hours=4), sent_at + timedelta(hours=3)
    envelope = store.run(ENVELOPE, channel, put(blobs, raw), len(raw), now, now)[0]
    known = store.run(IDENTITY, address)
    if known is None:
        parts = sorted(name.lower().split())
        customer = store.run(CUSTOMER, name, " ".join(parts), now)[0]
        for part in parts:
            store.run(PART, customer, part)
        known = (store.run(NEW_IDENTITY, customer, address, name, now)[0], customer, None)
    thread = store.run(PARENT, parent, channel) if parent else None
    if thread:
        conversation, ticket = thread
        store.run(TOUCH, now, preview, sent_at, ticket)
    else:
        cached = (now, now, due, warn, due, sent_at, due, name, preview, sent_at)
        ticket = store.run(TICKET, subject, team, known[1], *cached)[0]
        conversation = store.run(CONVERSATION, ticket, ticket, channel, known[0], id_, subject, now)[0]
    head = (conversation, channel, envelope, id_, "in", "received", "contact", False, name, address)
    message = store.run(MESSAGE, *head, subject, text, html, bool(html), len(kept), sent_at, now)[0]
    for each in kept:
        store.run(ATTACHMENT, message, *each)
    store.run(EVENT, ticket, "received" if thread else "opened", now, message)
    store.run(OBLIGATION, conversation, message, channel, team, *aim, sent_at, warn, warn, due, due, warn)
    if not thread:
        store.run(COUNT, f"team:{team}", f"unassigned:{team}")
    if not thread and known[2] is None:
        own = (conversation, channel, None, f"faden.{os.urandom(16).hex()}@nordlicht.example", "out", "queued", "auto")
        words = ("", "service@nordlicht.example", f"Eingang: {subject}", RECEIPT.format(ticket, due), "")
        store.run(MESSAGE, *own, True, *words, False, 0, now, now)
        store.run(RECEIPTED, now, known[0])
    store.connection.commit()


def main(mbox: str, url: str, blobs: str) -> None:
    setup = (store := Store(url)).run(SETUP)
    for raw in (mails := [each.partition(b"\n")[2] for each in Path(mbox).read_bytes().split(b"\n\nFrom ") if each]):
        file_mail(store, raw, setup, Path(blobs))
    store.connection.close()
    print(f"{len(mails)} mails, {sum(os.times()[:2]):.2f} s of CPU")


if __name__ == "__main__":
    main(*sys.argv[1:4])
