"""Two databases without a framework: what the floors write to."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

import psycopg


class Store:
    """Two databases behind one way to run a statement; both drivers keep prepared statements by themselves."""

    def __init__(self, url: str) -> None:
        self.is_postgresql = url.startswith("postgresql")
        if self.is_postgresql:
            self.connection: Any = psycopg.connect(url.replace("+psycopg", ""))
        else:
            self.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level="IMMEDIATE")
            for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
                self.connection.execute(f"PRAGMA {pragma}")
        self.cursor = self.connection.cursor()

    def run(self, statement: str, *values: Any) -> Any:
        """Run a statement and return its first row."""
        bound = values if self.is_postgresql else [str(v)[:26] if isinstance(v, datetime) else v for v in values]
        self.cursor.execute(statement.replace("?", "%s") if self.is_postgresql else statement, bound)
        return self.cursor.fetchone() if self.cursor.description else None
