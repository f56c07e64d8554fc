"""What a worker can be asked to do: jobs carry ids, and the rows decide whether there is still anything to do."""

from __future__ import annotations

from app.runs import deliver as delivering
from app.runs import errands, pushing, webhooks


def deliver(message_id: int) -> None:
    """Send one message to a customer."""
    delivering.deliver(message_id)


def notify(notification_id: int) -> None:
    """Mail one notification to one of us."""
    delivering.notify(notification_id)


def errand(errand_id: int) -> None:
    """Make one call of a platform that follows from what was filed or decided."""
    errands.run(errand_id)


def push(notification_id: int) -> None:
    """Wake the devices of one of us."""
    pushing.push(notification_id)


def call_webhook(call_id: int) -> None:
    """Tell another program."""
    webhooks.call(call_id)
