"""The floor still writes what the schema asks for: a column it does not know would stop every measurement."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.db import db
from app.models import Customer, Message, Obligation, Ticket
from bench import crowd, floor_intake, mails
from tests import world as cast

pytestmark = pytest.mark.usefixtures("core")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_the_floor_files_mails_as_we_do(database_url: str, folder: Path) -> None:
    cast.build()
    db.session.remove()
    made = mails.mails(12, seed=3, until=NOW)
    mbox = mails.write(folder / "some.mbox", made)

    floor_intake.main(str(mbox), database_url, str(folder / "blobs"))

    assert len(_all(select(Ticket.id))) == len({mail.matter for mail in made})
    assert len(_all(select(Message.id).where(Message.direction == "in"))) == len(_all(select(Obligation.id))) == 12
    assert "" not in _all(select(Customer.name_key))


def test_the_crowd_fits_into_todays_tables() -> None:
    cast.build()
    db.session.remove()

    with db.engine.connect() as connection:
        crowd.fill(connection, now=NOW, tickets=200)

    assert len(_all(select(Ticket.id))) == 200


def _all(statement: Any) -> list[Any]:
    db.session.expire_all()
    return list(db.session.scalars(statement))
