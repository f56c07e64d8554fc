"""What a worker can be asked to do: jobs carry ids, and the rows decide whether there is still anything to do."""

from __future__ import annotations

from app.runs import deliver as delivering
from app.runs import errands


def deliver(message_id: int) -> None:
    """Send one message to a customer."""
    delivering.deliver(message_id)


def notify(notification_id: int) -> None:
    """Mail one notification to one of us."""
    delivering.notify(notification_id)


def errand(errand_id: int) -> None:
    """Make one call of a platform that follows from what was filed or decided."""
    errands.run(errand_id)
