"""Facebook Messenger and the comments, posts and recommendations of one page."""

from channels.messenger.connector import MessengerConnector

__all__ = ["MessengerConnector"]
