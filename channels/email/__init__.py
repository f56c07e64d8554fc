"""E-mail: hearing over IMAP, SMTP and LMTP, speaking over SMTP."""

from channels.email.connector import EmailConnector

__all__ = ["EmailConnector"]
