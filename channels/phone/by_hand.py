"""No telephone system at all: calls are written down by those who made them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from channels.contract import Account, CallEvent, Check, Health, HookAnswer, HookRequest, Poller, Unreadable
from channels.phone.provider import PhoneSettings


class ByHand:
    """Hears nothing; the channel is there so that phone notes have a place."""

    def __init__(self, account: Account, known: PhoneSettings) -> None:
        del account, known

    def parse(self, raw: bytes, *, received_at: datetime) -> Sequence[CallEvent]:
        del raw, received_at
        raise Unreadable("Für diesen Kanal ist keine Telefonanlage eingestellt.")

    def verify(self, request: HookRequest) -> bool:
        del request
        return False

    def acknowledge(self, request: HookRequest) -> HookAnswer:
        del request
        return HookAnswer()

    def poller(self) -> Poller | None:
        return None

    def check(self) -> list[Check]:
        words = "Keine Telefonanlage: Anrufe werden von Hand notiert."
        return [Check(name="Telefonanlage", is_ok=True, words=words)]

    def health(self) -> Health:
        return Health(is_ok=True)
