"""Hearing and speaking: bytes from and to the platforms, as values."""
