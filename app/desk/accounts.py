"""A channel's row as the value a connector is built from."""

from __future__ import annotations

from app import seal
from app.models import Channel
from channels.contract import Account


def account_of(channel: Channel) -> Account:
    """Open the secrets and return the account; raises `seal.SealBroken` if the key is another one."""
    return Account(
        id=channel.id,
        kind=channel.kind,
        name=channel.name,
        address=channel.address,
        settings=dict(channel.settings),
        secrets=seal.unseal(channel.secrets),
    )
