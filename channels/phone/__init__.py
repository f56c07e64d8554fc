"""Telephone systems that tell us of calls: who rings, who answered, who was missed."""

from channels.phone.connector import PhoneConnector

__all__ = ["PhoneConnector"]
