"""What moves between matters in a play: messages taken out and put back, people made one and two, teams that come."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from app.access import Person
from app.db import db
from app.desk import merging, participation, splitting
from app.errors import NotFound
from app.models import Conversation, Merge, Message, Ticket
from routing.identity import Proof
from tests.world import World


class Moves(ABC):
    """Verbs of a play; each acts on the conversation that `which` leads to."""

    world: World
    now: datetime
    conversations: list[int]

    @property
    @abstractmethod
    def ada(self) -> Person: ...

    @abstractmethod
    def conversation(self, which: int) -> int: ...

    @abstractmethod
    def ticket(self, which: int) -> int: ...

    def split(self, which: int) -> None:
        """Take the newest message of the customer out of a conversation, into a ticket of its own or another one."""
        theirs = db.session.query(Message.id).filter_by(conversation_id=self.conversation(which), direction="in")
        newest = theirs.order_by(Message.id.desc()).first()
        into = self.ticket(which + 1) if which % 3 == 2 else None
        number = splitting.split([newest.id if newest else 0], into=into, by=self.ada, at=self.now)
        fresh = db.session.query(Conversation.id).filter_by(ticket_id=number).order_by(Conversation.id.desc()).first()
        assert fresh is not None
        self.conversations.append(int(fresh.id))

    def unsplit(self, which: int) -> None:
        """Put back what was taken out last of all, or before."""
        out = db.session.query(Conversation.id).filter(
            Conversation.id.in_(self.conversations), Conversation.split_from_id.is_not(None)
        )
        found = [int(row.id) for row in out.order_by(Conversation.id.desc())]
        if not found:
            raise NotFound("Nichts da.")
        splitting.unsplit(found[which % len(found)], by=self.ada, at=self.now)
        left = db.session.query(Conversation.id).filter(Conversation.id.in_(self.conversations))
        self.conversations = sorted(int(row.id) for row in left)

    def merged(self, which: int) -> None:
        """Both people turn out to be one."""
        kept, absorbed = (db.session.get_one(Ticket, self.ticket(each)).customer_id for each in (which, which + 1))
        merging.merge(kept, absorbed, proof=Proof.ORDER_AND_FACT, by=self.ada, at=self.now)

    def unmerged(self, which: int) -> None:
        owner = db.session.get_one(Ticket, self.ticket(which)).customer_id
        last = db.session.query(Merge).filter_by(kept_id=owner, undone_at=None).order_by(Merge.id.desc()).first()
        if last is None:
            raise NotFound("Nichts da.")
        merging.undo(last.id, by=self.ada, at=self.now)

    def invited(self, which: int) -> None:
        participation.invite(self.ticket(which), team_id=self.world.social, by=self.ada, at=self.now)

    def left(self, which: int) -> None:
        participation.leave(self.ticket(which), team_id=self.world.social, by=self.ada, at=self.now)
