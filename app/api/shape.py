"""What every answer is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Answered(BaseModel):
    """Instants are ISO 8601 in UTC with `Z`."""

    model_config = ConfigDict(from_attributes=True)
