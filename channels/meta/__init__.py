"""What Messenger, Instagram and WhatsApp share: Meta's Graph interface, its hooks and its error codes."""
