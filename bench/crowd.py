"""A shop after most of a year: 100,000 tickets of three messages each, written by the database itself in seconds.

Everything follows from the ticket's place n. Of ten tickets two are owed an answer (n ends in 1 or 2), one waits for
the customer (0) and seven are closed; one in a hundred was joined into its neighbour (99). Every fiftieth, an owed
one, has ten messages. Caches, obligations and counters agree with the rows they are made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from app.models import FIRST_NUMBER

TICKETS = 100_000
LONG_EVERY = 50
"""Tickets n = 1, 51, 101 … have ten messages."""
WORDS = (
    "Guten Tag, die Lampe aus meiner letzten Bestellung wackelt und das Kabel fehlt. Seit Freitag warte ich auf eine "
    "Rückmeldung. Bitte schicken Sie mir Ersatz oder überweisen Sie den Betrag zurück. Das Päckchen kam beschädigt an, "
    "der Größe nach passt es auch nicht. Außerdem brauche ich eine Rechnung mit ausgewiesener Mehrwertsteuer. "
    "Können Sie prüfen, ob die Lieferung noch diese Woche möglich ist?\n\nViele Grüße"
)
TABLES = (
    *("customer", "identity", "ticket", "conversation", "envelope", "message", "attachment", "event", "obligation"),
    "participation",
)

OWED = "n % 10 IN (1, 2)"
FREE = "n % 7 < 2"
DUE = "(n * 37 % 4320 - 120)"
"""Minutes until the deadline of an owed ticket: from two hours ago to three days ahead."""
LENGTH = f"CASE WHEN n % {LONG_EVERY} = 1 THEN 10 ELSE 3 END"
IS_IN = "((k % 2 = 1 OR k = 10) AND NOT (n % 10 = 0 AND k = 3))"
TEAM = "(SELECT min(id) FROM team) + n % (SELECT count(*) FROM team)"
AGENT = "(SELECT min(id) FROM agent) + n / 10 % (SELECT count(*) FROM agent)"
SHARED = "(n % 50 IN (2, 7))"
"""Of a hundred tickets another team takes part in two open and two closed ones."""
SOCIAL = "(n % 9 < 2 AND n % 100 < 98 AND EXISTS (SELECT 1 FROM channel WHERE kind = 'x'))"
"""Two of nine came over social media, half of them in public, where the shop has an account there."""
PUBLIC = f"({SOCIAL} AND n % 9 = 0)"
CHANNEL = (
    f"CASE WHEN {SOCIAL} THEN (SELECT min(id) FROM channel WHERE kind = 'x') ELSE (SELECT min(id) FROM channel) END"
)
NEXT_TEAM = "(SELECT min(id) FROM team) + (n + 1) % (SELECT count(*) FROM team)"
STEPS = " UNION ALL ".join(f"SELECT {k} AS k" for k in range(1, 11))


def number(place: int) -> int:
    """Return the number of the n-th ticket."""
    return FIRST_NUMBER - 1 + place


def fill(connection: Connection, *, now: datetime, tickets: int = TICKETS, words: str = WORDS) -> None:
    """Fill a shop that has teams, agents, a policy and a channel but no ticket; `now` is where its past ends."""
    is_postgresql = connection.dialect.name == "postgresql"
    to = _Spelling(is_postgresql, f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}", tickets, words)
    _trust(connection, "replica" if is_postgresql else "OFF")
    for statement in (*_matters(to), *_messages(to), *_owed(to), *_around(to)):
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})  # % stands for itself
    connection.exec_driver_sql("ANALYZE")
    connection.commit()
    _trust(connection, "origin" if is_postgresql else "ON")


def _trust(connection: Connection, word: str) -> None:
    """Let the database check foreign keys or not; SQLite takes that only outside a transaction."""
    cursor = connection.connection.cursor()
    cursor.execute(
        f"SET session_replication_role = {word}" if word in {"replica", "origin"} else f"PRAGMA foreign_keys={word}"
    )
    cursor.close()


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How one of the two databases counts from 1 to n and reckons with instants."""

    is_postgresql: bool
    now: str
    tickets: int
    words: str

    @property
    def many(self) -> str:
        if self.is_postgresql:
            return f"generate_series(1, {self.tickets}) AS many(n)"
        counting = f"VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < {self.tickets}"
        return f"(WITH RECURSIVE counting(n) AS ({counting}) SELECT n FROM counting) AS many"

    @property
    def each(self) -> str:
        """Return n with k, one row for each message of each ticket."""
        return f"{self.many} JOIN ({STEPS}) AS steps ON k <= {LENGTH}"

    def at(self, minutes: str) -> str:
        """Return the instant so many minutes after `now`."""
        if self.is_postgresql:
            return f"(timestamptz '{self.now}+00' + ({minutes}) * interval '1 minute')"
        return f"strftime('%Y-%m-%d %H:%M:%f000', '{self.now}', ({minutes}) || ' minutes')"

    @property
    def facts(self) -> str:
        """Return what a network told of a post, and nothing of a mail, as JSON."""
        told = """'{"username": "kundin", "can_reply": true, "followers": 812, "parent": {"text": "Neu im Laden"}}'"""
        either = f"CASE WHEN {SOCIAL} THEN {told} ELSE '{{}}' END"
        return f"CAST({either} AS json)" if self.is_postgresql else either

    @property
    def never(self) -> str:
        return "timestamptz '9999-01-01 00:00:00+00'" if self.is_postgresql else "'9999-01-01 00:00:00.000000'"

    def then(self, step: str = "0") -> str:
        """Return when the ticket was opened: three minutes after the one before it; messages lie a minute apart."""
        return self.at(f"(n - {self.tickets} - 4) * 3 + {step}")


def _matters(to: _Spelling) -> list[str]:
    customers = max(1, to.tickets * 3 // 10)
    is_owed = f"CASE WHEN {OWED} THEN"
    is_open = "CASE WHEN n % 10 < 3 THEN"
    return [
        f"""INSERT INTO customer (id, name, name_key, customer_group, language, created_at, is_demo)
        SELECT n, 'Kundin ' || n, '', '', 'de', {to.then()}, false FROM {to.many} WHERE n <= {customers}""",
        f"""INSERT INTO name_part (customer_id, part) SELECT n, CASE k WHEN 1 THEN 'kundin' ELSE 'name' || n END
        FROM {to.many} JOIN (SELECT 1 AS k UNION ALL SELECT 2) AS words ON true WHERE n <= {customers}""",
        f"""INSERT INTO identity (id, customer_id, kind, value, scope, name, is_verified, evidence, is_blocked,
        created_at) SELECT n, n, 'email', 'kunde' || n || '@kundin.example', '', 'Kundin ' || n, false, '', false,
        {to.then()} FROM {to.many} WHERE n <= {customers}""",
        f"""INSERT INTO ticket (id, subject, state, priority, team_id, assignee_id, customer_id, joined_into_id,
        created_at, updated_at, resolved_at, closed_at, due_at, soon_at, breach_at, oldest_unanswered_at, queue_at,
        customer_name, preview, preview_at, channel_kind, channel_count, waits_for, cause, is_social, is_shared,
        publicity)
        SELECT {FIRST_NUMBER - 1} + n, 'Bestellung ' || (n * 919 % 1000000) || ': Lampe wackelt, Kabel fehlt',
        CASE WHEN n % 100 = 99 THEN 'joined' WHEN n % 10 = 0 THEN 'waiting' WHEN n % 10 < 3 THEN 'open' ELSE 'resolved'
        END, CASE WHEN n % 20 = 1 THEN 'urgent' ELSE 'normal' END, {TEAM}, CASE WHEN {FREE} THEN NULL ELSE {AGENT} END,
        1 + n % {customers}, CASE WHEN n % 100 = 99 THEN {FIRST_NUMBER - 2} + n END, {to.then()}, {to.then("11")},
        {is_open} NULL ELSE {to.then("11")} END, {is_open} NULL ELSE {to.then("11")} END,
        {is_owed} {to.at(DUE)} END, {is_owed} {to.at(DUE + "-60")} END, {is_owed} {to.at(DUE)} END,
        {is_owed} {to.then(LENGTH)} END, {is_owed} {to.at(DUE)} ELSE {to.never} END, 'Kundin ' || (1 + n % {customers}),
        '{to.words[:140]}', {to.then(LENGTH)}, CASE WHEN {SOCIAL} THEN 'x' ELSE 'email' END, 1, '', '', {SOCIAL},
        {SHARED}, CASE WHEN {PUBLIC} THEN 'public' END FROM {to.many}""",
        f"""INSERT INTO conversation (id, ticket_id, home_ticket_id, channel_id, identity_id, external_key, subject,
        is_public, details, created_at) SELECT n, {FIRST_NUMBER - 1} + n - CASE WHEN n % 100 = 99 THEN 1 ELSE 0 END,
        {FIRST_NUMBER - 1} + n, {CHANNEL}, 1 + n % {customers}, '', 'Bestellung', {PUBLIC},
        {to.facts}, {to.then()} FROM {to.many}""",
    ]


def _messages(to: _Spelling) -> list[str]:
    channel = "(SELECT min(id) FROM channel)"
    return [
        f"""INSERT INTO envelope (id, channel_id, digest, size, source, state, received_at, problem, attempts)
        SELECT n * 10 + k, {channel}, 'crowd-' || n || '-' || k, 9000, '',
        CASE WHEN n > {to.tickets - 5} AND k = 1 THEN 'stored' ELSE 'filed' END, {to.then("k")}, '', 0
        FROM {to.each} WHERE {IS_IN}""",
        f"""INSERT INTO message (id, conversation_id, channel_id, envelope_id, external_id, direction, state,
        message_class, is_automatic, is_bounce, author_id, author_name, author_address, subject, text, quoted_text,
        html, has_quote, has_html, attachment_count, details, sent_at, stored_at, attempts, fault, fault_words, kind,
        is_public, is_elsewhere, progress)
        SELECT n * 10 + k, n, {CHANNEL}, CASE WHEN {IS_IN} THEN n * 10 + k END, 'm' || n || '.' || k || '@kundin',
        CASE WHEN {IS_IN} THEN 'in' ELSE 'out' END, CASE WHEN {IS_IN} THEN 'received'
        WHEN n > {to.tickets - 20} THEN 'queued' ELSE 'sent' END, CASE WHEN {IS_IN} THEN 'contact' ELSE 'substantive'
        END, false, false, CASE WHEN {IS_IN} THEN NULL ELSE {AGENT} END, CASE WHEN {IS_IN} THEN 'Kundin' ELSE 'Ada' END,
        CASE WHEN {IS_IN} THEN 'kundin@kundin.example' ELSE 'service@nordlicht.example' END, 'Bestellung ' || n,
        '{to.words}' || ' Nr. ' || n || '-' || k, '', '',
        k > 2, false, CASE WHEN n % 50 = 1 AND k = 1 THEN 1 ELSE 0 END, {to.facts},
        {to.then("k")}, {to.then("k")}, 0, '', '', CASE WHEN {PUBLIC} THEN 'post' ELSE 'message' END, {PUBLIC}, false,
        '' FROM {to.each}""",
        f"""INSERT INTO attachment (message_id, name, type, size, digest, content_id, is_inline, kind,
        source_url, fault_words, details)
        SELECT n * 10 + 1, 'Rechnung.pdf', 'application/pdf', 100000, 'crowd', '', false, 'file', '', '', '{{}}'
        FROM {to.many}
        WHERE n % {LONG_EVERY} = 1""",
        f"""INSERT INTO event (ticket_id, kind, at, message_id, details) SELECT {FIRST_NUMBER - 1} + n,
        CASE WHEN k = 1 THEN 'opened' WHEN {IS_IN} THEN 'received' ELSE 'replied' END, {to.then("k")}, n * 10 + k,
        '{{}}' FROM {to.each}""",
    ]


def _owed(to: _Spelling) -> list[str]:
    is_open = f"{OWED} AND k = {LENGTH}"
    warn = f"{DUE} - 60"
    mail = "(SELECT min({}) FROM policy_version WHERE route = 'email')"
    settled = f"CASE WHEN {is_open} THEN NULL ELSE"
    return [
        f"""INSERT INTO obligation (conversation_id, message_id, kind, route, channel_id, team_id, policy_id,
        policy_version_id, calendar_id, calendar_version, is_held, target_minutes, opened_at, warn_at, soon_at,
        due_at, breach_at, state, verdict, settled_at, elapsed_seconds, fired, rung_at)
        SELECT n, n * 10 + k, CASE WHEN k = 1 THEN 'first' ELSE 'next' END, 'email',
        (SELECT min(id) FROM channel), {TEAM}, {mail.format("policy_id")}, {mail.format("id")},
        (SELECT min(id) FROM calendar), 1, false, 480, {to.then("k")}, {to.at(warn)}, {to.at(warn)},
        {to.at(DUE)}, {to.at(DUE)},
        CASE WHEN {is_open} THEN 'open' ELSE 'met' END, CASE WHEN {is_open} THEN '' ELSE 'met' END,
        {settled} {to.then("k + 1")} END, {settled} 60 END,
        CASE WHEN {is_open} AND {DUE} <= 0 THEN 'breach' WHEN {is_open} AND {warn} <= 0 THEN '75' ELSE '' END,
        CASE WHEN {is_open} AND {warn} > 0 THEN {to.at(warn)} WHEN {is_open} AND {DUE} > 0 THEN {to.at(DUE)} END
        FROM {to.each} WHERE {IS_IN}""",
        f"""INSERT INTO notification (key, kind, via, agent_id, ticket_id, subject, text, at, state, attempts,
        fault_words) SELECT 'obligation:' || n || ':breach', 'breached', 'mail', {AGENT}, {FIRST_NUMBER - 1} + n,
        '', '', {to.then()}, CASE WHEN n > {to.tickets - 50} THEN 'queued' ELSE 'sent' END, 0, ''
        FROM {to.many} WHERE n % 10 = 5""",
    ]


def _around(to: _Spelling) -> list[str]:
    """Return what counts the rows, and what numbers the next ones."""
    badges = " UNION ALL ".join(
        f"SELECT '{name}:' || {column} AS key FROM ticket WHERE closed_at IS NULL AND {condition}"
        for name, column, condition in (
            ("team", "team_id", "id > 0"),
            ("unassigned", "team_id", "assignee_id IS NULL"),
            ("agent", "assignee_id", "assignee_id IS NOT NULL"),
            ("social", "team_id", "is_social"),
        )
    )
    counting = [
        f"INSERT INTO counter (key, count) SELECT key, count(*) FROM ({badges}) AS badges GROUP BY key",
        f"""INSERT INTO participation (ticket_id, team_id, home_ticket_id, because, since)
        SELECT {FIRST_NUMBER - 1} + n, {NEXT_TEAM}, {FIRST_NUMBER - 1} + n, 'asked', {to.then()} FROM {to.many}
        WHERE {SHARED}""",
        """INSERT INTO counter (key, count) SELECT 'part:' || participation.team_id, count(*) FROM participation
        JOIN ticket ON ticket.id = participation.ticket_id WHERE closed_at IS NULL
        AND ticket.team_id <> participation.team_id GROUP BY participation.team_id""",
    ]
    if not to.is_postgresql:
        return counting
    return counting + [
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))" for table in TABLES
    ]
