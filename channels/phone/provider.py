"""What a telephone system must be able to do, and the settings all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from channels import settings
from channels.contract import Account, CallEvent, Check, Health, HookAnswer, HookRequest, Poller
from channels.numbers import e164, is_country


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """What every telephone channel can be told; `own_numbers` are the account's address and its others as E.164."""

    country: str
    own_numbers: frozenset[str]
    blocked: frozenset[str]

    @classmethod
    def of(cls, account: Account) -> Self:
        """Read the settings; raises `ValueError` naming the one that is wrong."""
        country = settings.text(account.settings, "country", "DE", pattern="[A-Za-z]{2}").upper()
        if not is_country(country):
            raise ValueError(f"Einstellung country: Das Land „{country}“ gibt es nicht, erwartet wird z. B. DE.")
        own = {e164(account.address, country=country), *_numbers(account, "numbers", country)} - {""}
        return cls(country, frozenset(own), _numbers(account, "blocked", country))

    def is_ours(self, number: str) -> bool:
        """Say whether a number is one of the channel's; a channel that names none believes every call."""
        return not self.own_numbers or number in self.own_numbers


def _numbers(account: Account, name: str, country: str) -> frozenset[str]:
    known = {number: e164(number, country=country) for number in settings.lines(account.settings, name)}
    wrong = next((number for number, found in known.items() if not found), None)
    if wrong is not None:
        raise ValueError(f"Einstellung {name}: „{wrong}“ ist keine Telefonnummer.")
    return frozenset(known.values())


class Provider(Protocol):
    """One telephone system, built from an account; building it talks to nobody."""

    def parse(self, raw: bytes, *, received_at: datetime) -> Sequence[CallEvent]:
        """Understand one call of the hook, or one entry that the poller brought; raises `Unreadable`."""

    def verify(self, request: HookRequest) -> bool:
        """Check that the telephone system itself calls us."""

    def acknowledge(self, request: HookRequest) -> HookAnswer:
        """Return what it is answered: for a ring, which further events we want."""

    def poller(self) -> Poller | None:
        """Return what brings the calls we have missed; None where nobody keeps them for us."""

    def check(self) -> list[Check]:
        """Say line by line what works; never raises."""

    def health(self) -> Health:
        """Ask how the account is, with one cheap call; never raises."""
