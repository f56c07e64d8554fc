"""Platforms as their contract files describe them; each rejection cites the line it follows."""
