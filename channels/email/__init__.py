"""E-mail: hearing over IMAP, SMTP and LMTP, speaking over SMTP."""
