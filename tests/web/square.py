"""A page and an account on X of the team Social Media, and what is said there."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from app.desk import channels, intake
from channels.contract import Contact, ContactType, Handle, Parent
from tests import world as cast
from tests.desk import voices
from tests.desk.voices import Page

NINE = cast.MONDAY_NINE
TOM = Handle(kind="x", value="55501", name="Tom Arndt")
ABOVE = Parent(
    external_id="1900",
    author=Handle(kind="x", value="42", name="Nordlicht"),
    text="Unsere neuen Lampen\nsind da!",
    sent_at=NINE,
    replies=24,
)

_ids = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """A page with private messages and comments, and an account on X; both belong to the team Social Media."""

    page: Page
    channel: int

    @property
    def world(self) -> cast.World:
        return self.page.world

    def post(self, **values: Any) -> intake.Filed:
        """File a public post of Tom's that mentions the shop."""
        id_ = f"19{next(_ids):04d}"
        defaults: dict[str, Any] = {
            "external_id": id_,
            "type": ContactType.POST,
            "sender": TOM,
            "sent_at": NINE,
            "text": "@nordlicht Seit neun Tagen unterwegs?",
            "conversation_key": id_,
            "is_public": True,
            "details": {"username": "fahrrad_tom", "can_reply": True, "followers": 1284, "replies": 3},
        }
        told = Contact(**{**defaults, **values})
        return intake.receive(told, channel_id=self.channel, envelope_id=None, at=max(told.sent_at, NINE))


def build() -> Square:
    """Write the shop into an empty database."""
    page = voices.page(cast.build())
    keys = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "k")
    settings = {"username": "nordlicht"}
    team_id = page.world.social
    channel = channels.add("x", name="X", address="42", settings=settings, secrets=keys, team_id=team_id)
    return Square(page=page, channel=channel)
