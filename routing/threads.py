"""Which conversation an inbound contact belongs to, judged by its clues and never by likeness."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """The clue that decided, strongest first."""

    REFERENCE = "reference"
    TOKEN = "token"  # noqa: S105
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class NumberClue:
    """A ticket number somebody wrote into the subject, and the conversation it would lead to."""

    conversation_id: int
    sender_belongs: bool
    """Whether the sender's address is known on that ticket; anybody can write a number."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What was found out about a contact; only conversations on its own channel may be named."""

    by_reference: tuple[int, ...] = ()
    """Conversations of the messages it replies to, the nearest first; what we do not know is left out."""
    by_token: int | None = None
    """The conversation named by a reply token whose signature was verified."""
    by_number: tuple[NumberClue, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The conversation a contact continues, and why."""

    conversation_id: int
    why: Why


def choose(clues: Clues) -> Choice | None:
    """Follow references, then the signed token, then a number the sender may use; None opens a new ticket."""
    if clues.by_reference:
        return Choice(clues.by_reference[0], Why.REFERENCE)
    if clues.by_token is not None:
        return Choice(clues.by_token, Why.TOKEN)
    usable = (clue.conversation_id for clue in clues.by_number if clue.sender_belongs)
    conversation_id = next(usable, None)
    return None if conversation_id is None else Choice(conversation_id, Why.NUMBER)
