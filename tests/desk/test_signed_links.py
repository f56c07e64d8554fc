"""A signed link proves who came by it in private; what everybody can read and copy proves nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.db import db
from app.desk import signed_links
from app.models import Merge
from app.runs import comparing
from channels.contract import Contact
from tests import world as cast
from tests.desk.voices import MINUTE, Page, comment, dm
from tests.world import HOUR, MONDAY_NINE

LATER = MONDAY_NINE + HOUR


@pytest.fixture
def owner_id(page: Page) -> int:
    """Eva, who has written by mail before."""
    owner_id = cast.ticket(cast.hear(page.world).ticket_id).customer_id
    comparing.compare_new(at=MONDAY_NINE + MINUTE)
    return owner_id


@pytest.mark.parametrize(("heard", "proofs"), [(dm, ["signed_link"]), (comment, [])])
def test_a_link_proves_who_came_by_it_in_private_only(
    page: Page, owner_id: int, heard: Callable[..., Contact], proofs: list[str]
) -> None:
    token, _ends_on = signed_links.make(owner_id, at=MONDAY_NINE)
    filed = page.hear(heard(sent_at=LATER, text=f"Hallo! {token}", details={"referral": {"ref": token}}))

    comparing.compare_new(at=LATER + MINUTE)

    assert [merge.proof for merge in db.session.query(Merge)] == proofs
    assert (cast.ticket(filed.ticket_id).customer_id == owner_id) is bool(proofs)
