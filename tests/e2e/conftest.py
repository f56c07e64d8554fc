"""One running product for all stories of this folder, and a browser that has patience with a busy machine."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.e2e.shop import Shop, set_up
from tests.fixtures.databases import Clock
from tests.servers import programs
from tests.servers.product import Product
from tests.servers.smtp_sink import SmtpSink

if TYPE_CHECKING:
    from tests.servers.postgresql import PostgreSQL
    from tests.servers.redis import Redis

MONDAY_NINE = "2026-11-23T09:00:00+01:00"


@pytest.fixture(scope="package")
def shop(postgresql: PostgreSQL, postgresql_template: str, redis_server: Redis) -> Iterator[Shop]:
    """`faden up` on PostgreSQL and Redis, set up as the documentation says; it is Monday, 09:00."""
    with contextlib.ExitStack() as end:
        folder, sink = programs.new_folder("shop"), SmtpSink()
        end.callback(shutil.rmtree, folder, ignore_errors=True)
        name, smtp_port = postgresql.create(template=postgresql_template), programs.free_port()
        end.callback(postgresql.drop, name)
        clock = Clock(folder / "clock")
        clock.set(MONDAY_NINE)
        product = Product(
            folder,
            FADEN_DATABASE_URL=postgresql.url(name),
            FADEN_REDIS_URL=redis_server.url.removesuffix("0") + "1",
            FADEN_SMTP_LISTEN=f"127.0.0.1:{smtp_port}",
        )
        sink.start()
        end.callback(sink.stop)
        set_up(product, sink)
        end.callback(_stop, product)
        product.start()
        yield Shop(product, clock, sink, smtp_port)


@pytest.fixture(scope="package")
def demo() -> Iterator[Product]:
    """`make run` on an empty folder: SQLite, the embedded queue, the demo's mail servers and platforms, no account."""
    folder = programs.new_folder("demo")
    # Several demos may start at once here, and all would choose the same port.
    product = Product(folder, FADEN_SMTP_LISTEN=f"127.0.0.1:{programs.free_port()}")
    try:
        product.start("--demo")
        yield product
    finally:
        _stop(product)
        shutil.rmtree(folder, ignore_errors=True)


def _stop(product: Product) -> None:
    """Stop what was started, also where it never became ready."""
    if hasattr(product, "process"):
        product.stop()
