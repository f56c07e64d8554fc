"""The telephone connector: one kind, and behind it whichever telephone system the account names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from channels import settings
from channels.contract import (
    Account,
    CallEvent,
    Capability,
    Check,
    DeliveryError,
    DeliveryFault,
    Exchange,
    Field,
    Form,
    Health,
    HookAnswer,
    HookRequest,
    Outgoing,
    Poller,
    Sent,
)
from channels.numbers import shown
from channels.phone.by_hand import ByHand
from channels.phone.provider import PhoneSettings, Provider
from channels.phone.sipgate import Sipgate

PROVIDERS: Mapping[str, Callable[[Account, PhoneSettings], Provider]] = {"sipgate": Sipgate, "none": ByHand}
"""One line and one file a telephone system."""


class PhoneConnector:
    """A telephone number; raises `ValueError` naming the setting if the account is set up wrong."""

    kind = "phone"
    form = Form(
        title="Telefon",
        address_label="Rufnummer",
        steps=(
            "Öffnen Sie bei sipgate „Einstellungen“, dann „sipgate.io“ und dort „Push-API“ (Webhooks).",
            "Tragen Sie die Adresse dieses Kanals als Ziel für eingehende und für ausgehende Anrufe ein.",
            "Wählen Sie die Rufnummern und Personen aus, deren Anrufe hier erscheinen sollen, und speichern Sie.",
            "Damit nach einem Ausfall nichts fehlt: Legen Sie ein Zugriffstoken mit dem Recht „history:read“ an.",
            "Tragen Sie bei jeder Person ein, wie sie in der Telefonanlage heißt, damit es bei ihr klingelt.",
        ),
        fields=(
            Field(name="provider", label="Telefonanlage", kind="choice", default="sipgate",
                  choices=(("sipgate", "sipgate"), ("none", "Keine: Anrufe werden von Hand notiert"))),
            Field(name="country", label="Land für Nummern ohne Vorwahl", default="DE", help="Zwei Buchstaben."),
            Field(name="token_id", label="Token-ID", kind="secret", help="Zum Nachholen verpasster Meldungen."),
            Field(name="token", label="Token", kind="secret"),
            Field(name="numbers", label="Weitere Rufnummern", kind="lines",
                  help="Eine eigene Nummer je Zeile. Anrufe anderer Nummern liegen unter „Geparkte Nachrichten“."),
            Field(name="blocked", label="Gesperrte Rufnummern", kind="lines", is_advanced=True,
                  help="Eine Nummer je Zeile; sie hören das Besetztzeichen."),
            Field(name="public_key", label="Öffentlicher Schlüssel", kind="lines", is_advanced=True,
                  help="PEM, mit dem die Aufrufe geprüft werden; leer: der von sipgate."),
            Field(name="api_base", label="Adresse der Schnittstelle", is_advanced=True),
        ),
    )  # fmt: skip

    def __init__(self, account: Account) -> None:
        name = settings.text(account.settings, "provider", "sipgate")
        if name not in PROVIDERS:
            raise ValueError(f"Einstellung provider: „{name}“ gibt es nicht, nur {', '.join(PROVIDERS)}.")
        self.settings = PhoneSettings.of(account)
        self.provider = PROVIDERS[name](account, self.settings)

    def parse(self, raw: bytes, *, received_at: datetime) -> Iterable[CallEvent]:
        """Understand what the telephone system tells; raises `Unreadable`."""
        return self.provider.parse(raw, received_at=received_at)

    def send(self, outgoing: Outgoing) -> Sent:
        """Refuse: a telephone takes no text."""
        words = f"Ein Telefon nimmt keinen Text. {_call(outgoing.recipient.value, self.settings.country)}"
        raise DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words=words)

    def capability(self, exchange: Exchange, *, now: datetime) -> Capability:
        """Nothing can be written; the reason says whom to ring up."""
        del now
        return Capability(reason=_call(exchange.recipient.value, self.settings.country), max_attachments=0)

    def poller(self) -> Poller | None:
        """Return what brings the calls of an outage; None without a token, or where nobody keeps them."""
        return self.provider.poller()

    def check(self) -> list[Check]:
        return self.provider.check()

    def health(self, *, now: datetime) -> Health:
        del now
        return self.provider.health()

    def handshake(self, request: HookRequest) -> HookAnswer:
        """Refuse: no telephone system asks who we are."""
        del request
        return HookAnswer(status=403)

    def verify(self, request: HookRequest) -> bool:
        return self.provider.verify(request)

    def acknowledge(self, request: HookRequest) -> HookAnswer:
        return self.provider.acknowledge(request)


def _call(number: str, country: str) -> str:
    if not number.startswith("+"):
        return "Die Rufnummer ist unterdrückt: Ein Rückruf ist nicht möglich."
    return f"Rufen Sie an: {shown(number, country=country)}."
