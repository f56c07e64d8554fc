"""X: mentions, answers, direct messages, and posts that only speak about us."""

from channels.x.connector import XConnector

__all__ = ["XConnector"]
