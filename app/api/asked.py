"""What requests may say; anything else is refused beside its field."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from app.finders.tickets import Wanted
from channels.text import text_of_html

LONGEST_TEXT = 100_000
LONGEST_HTML = 500_000
MOST_ROWS = 200


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain U+0000, which no database keeps")
    return text


def _one_line(text: str) -> str:
    if any(ord(letter) < ord(" ") for letter in text):
        raise ValueError("must be one line")
    return text


RowId = Annotated[int, Field(ge=1, le=2**53 - 1)]
Word = Annotated[str, Field(min_length=1, max_length=254), AfterValidator(_one_line)]
Term = Annotated[str, Field(max_length=254), AfterValidator(_one_line)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_without_nul)]
Html = Annotated[str, Field(max_length=LONGEST_HTML), AfterValidator(_without_nul)]
Reason = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_one_line)]
Recipient = Annotated[str, Field(pattern=r"^[^\s<>,;:\"\\]+$", max_length=254), AfterValidator(_one_line)]
"""An address, a name or a number as its channel writes it."""
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]


class Asked(BaseModel):
    """Unknown fields are refused: a misspelt one would otherwise be lost without a word."""

    model_config = ConfigDict(extra="forbid")


class PageAsked(Asked):
    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=1000)] = ""


class TicketsAsked(PageAsked):
    state: Literal["open", "waiting", "resolved", "joined"] | None = None
    team: Term = ""
    assignee: Term = ""
    channel: Term = ""
    customer: Term = ""
    tag: Term = ""
    q: Term = ""
    sort: Literal["due", "updated", "created"] = "due"

    def wanted(self) -> Wanted:
        """Return the filters as the finder takes them."""
        named = self.model_dump(include={"team", "assignee", "channel", "customer", "tag", "q", "sort"})
        named["tag"] = " ".join(self.tag.strip().lstrip("#").lower().split())
        return Wanted(state=self.state or "", **named)


class CustomersAsked(PageAsked):
    q: Term = ""


class SearchAsked(Asked):
    q: Word
    limit: Limit = 20


class NotificationsAsked(PageAsked):
    to: Term = ""


class Said(Asked):
    """A text, or HTML that is turned into text: mails go out as text for now."""

    text: Text | None = None
    html: Html | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if (self.text is None) == (self.html is None):
            raise ValueError("exactly one of text and html is needed")
        return self

    @property
    def words(self) -> str:
        return text_of_html(self.html) if self.html is not None else self.text or ""


class ReplyAsked(Said):
    """A reply of the class `holding` says only that we are at it: it needs `promise_at`, and only a person chooses it.

    Any reply may carry a promise; `promise_text` says what is promised, else the text does. `automatic`: no person
    wrote it, so it settles nothing. `public` absent is as the conversation; false on a public one answers its author in
    private, where the platform lets us. `answers` is the message of the customer it goes to, if not the newest.
    """

    conversation: RowId
    public: bool | None = None
    answers: RowId | None = None
    message_class: Literal["substantive", "holding"] = Field(default="substantive", alias="class")
    promise_at: AwareDatetime | None = None
    promise_text: Term = ""
    automatic: bool = False
    last_seen: RowId | None = None
    """The newest message the writer has read: a newer one of the customer refuses the reply."""
    seen_conversations: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    """How many conversations the writer has read: one that was joined in since refuses the reply, however old it is."""
    also: list[RowId] = Field(default=[], max_length=5)
    """Further private conversations of the same, proven person that get the same text."""


class ReleaseAsked(Asked):
    last_seen: RowId | None = None
    """The newest message that whoever lets the answer go has read."""


class NoteAsked(Asked):
    text: Text


class CallAsked(Asked):
    """What became of a call; `number` as people write it, empty where it is withheld."""

    direction: Literal["in", "out"]
    number: Term = ""
    outcome: Literal["reached", "not_reached", "voicemail"]
    text: Text = ""
    promise_at: AwareDatetime | None = None
    """By when the customer was told that we get back."""


class AssignmentAsked(Asked):
    """An absent assignee with a team gives the ticket to nobody in that team; null takes it from everybody."""

    assignee: RowId | Word | None = None
    team: RowId | Word | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("assignee or team is needed")
        return self


class HandoverAsked(Asked):
    """`team` and `agent` are an id or a name; `agent` is who of them is asked by name."""

    team: RowId | Word
    reason: Reason
    agent: RowId | Word | None = None


class TeamAsked(Asked):
    """`team` is an id or a name."""

    team: Word


class RefusalAsked(Asked):
    reason: Reason


class PriorityAsked(Asked):
    priority: Literal["normal", "urgent"]


class TagAsked(Asked):
    """A word of at most 60 characters; small and capital letters are the same."""

    tag: Word


class GroupAsked(Asked):
    group: Term


class JoinAsked(Asked):
    """`of_two_people`: the two are different people's, and they are to be joined for all that."""

    into: RowId
    of_two_people: bool = False


class PartAsked(Asked):
    conversation: RowId


class FirstAsked(Said):
    """A first message from us; `channel` is an id or a name, the recipient is typed or one of our identities."""

    channel: RowId | Word
    to: Recipient | None = None
    identity: RowId | None = None
    subject: Term = ""

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if (self.to is None) == (self.identity is None):
            raise ValueError("exactly one of to and identity is needed")
        return self


class HidingAsked(Asked):
    """Why a comment is hidden; criticism is no reason."""

    reason: Literal["insult", "third_party", "advertising"]
