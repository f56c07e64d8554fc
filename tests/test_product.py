"""The product as its user starts it: every part comes up, says so, and leaves with the last Ctrl-C."""

from __future__ import annotations

import psutil
import pytest

from tests.fixtures.browser import Start

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("database", "queue"), [("sqlite", "embedded"), ("postgresql", "redis")], indirect=["database"]
)
def test_all_parts_come_up_and_leave_nothing_behind(start_product: Start, redis_url: str, queue: str) -> None:
    product = start_product(FADEN_REDIS_URL="" if queue == "embedded" else redis_url)
    parts = product.parts("")
    assert set(product.health()["parts"]) >= {"database", "queue", "worker", "listen", "tick"}
    product.stop()
    assert [part.pid for part in parts if psutil.pid_exists(part.pid)] == []
