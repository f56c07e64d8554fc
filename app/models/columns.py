"""Column types that several nouns share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, Enum, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only where the key is a plain INTEGER."""

Json = JSON().with_variant(JSONB(), "postgresql")

Key = Annotated[int, mapped_column(BigId, primary_key=True)]


def word_of(kind: type[StrEnum]) -> Enum:
    """Store the word of a closed list as plain text, so that a new word needs no change of the table."""
    return Enum(kind, native_enum=False, length=24, values_callable=lambda words: [word.value for word in words])


JsonMap = dict[str, Any]
JsonList = list[Any]
