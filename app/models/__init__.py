"""The rows. Facts and transitions that need only the row itself; no session, no query."""

from app.models.call import RUNNING, Call, CallOutcome, CallState
from app.models.channel import UNFILED, Channel, Envelope, EnvelopeState, ProblemSource
from app.models.customer import Customer, Identity
from app.models.errand import UNDONE, Early, Errand, ErrandKind, ErrandState, Trace
from app.models.message import (
    IN_OUTBOX,
    Attachment,
    Direction,
    Message,
    MessageClass,
    MessageKind,
    MessageState,
    Reaction,
    Revision,
)
from app.models.obligation import (
    SETTLED,
    UNTOLD,
    Calendar,
    Notification,
    NotificationState,
    Obligation,
    ObligationState,
    Policy,
)
from app.models.part import Heartbeat, Lease, StoredAnswer
from app.models.promise import UNFIRED, UNKEPT, Promise, PromiseState
from app.models.team import Agent, Role, SignIn, Team, Token, membership
from app.models.ticket import FIRST_NUMBER, NOTHING_DUE, Conversation, Priority, Publicity, Ticket, TicketState
from app.models.timeline import Counter, Event, Note

__all__ = [
    "FIRST_NUMBER",
    "IN_OUTBOX",
    "NOTHING_DUE",
    "RUNNING",
    "SETTLED",
    "UNDONE",
    "UNFILED",
    "UNFIRED",
    "UNKEPT",
    "UNTOLD",
    "Agent",
    "Attachment",
    "Calendar",
    "Call",
    "CallOutcome",
    "CallState",
    "Channel",
    "Conversation",
    "Counter",
    "Customer",
    "Direction",
    "Early",
    "Envelope",
    "EnvelopeState",
    "Errand",
    "ErrandKind",
    "ErrandState",
    "Event",
    "Heartbeat",
    "Identity",
    "Lease",
    "Message",
    "MessageClass",
    "MessageKind",
    "MessageState",
    "Note",
    "Notification",
    "NotificationState",
    "Obligation",
    "ObligationState",
    "Policy",
    "Priority",
    "ProblemSource",
    "Promise",
    "PromiseState",
    "Publicity",
    "Reaction",
    "Revision",
    "Role",
    "SignIn",
    "StoredAnswer",
    "Team",
    "Ticket",
    "TicketState",
    "Token",
    "Trace",
    "membership",
]
