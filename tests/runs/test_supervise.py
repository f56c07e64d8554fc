"""`faden up`: what dies comes back, what is ended leaves nothing, and a second start is clean."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from app.runs import sink
from tests.fixtures.browser import Start
from tests.runs.mails import hand_in, mail
from tests.servers import programs
from tests.servers.product import COMMAND, Product
from tests.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
PARTS = {
    "web": "-m app web",
    "work": "-m app work",
    "listen": "-m app listen",
    "tick": "-m app tick",
    "queue": "valkey",
}


def process(product: Product, part: str) -> psutil.Process | None:
    """Return the process of a part; of the web it is the one that started the others."""
    return min(product.parts(PARTS[part]), key=lambda each: each.create_time(), default=None)


def is_well(product: Product) -> bool:
    try:
        return bool(product.health()["status"] == "ok")
    except OSError:
        return False


def test_every_part_that_dies_is_started_again(start_product: Start) -> None:
    product = start_product(FADEN_REDIS_URL="")
    before = {part: process(product, part) for part in PARTS}
    for found in before.values():
        assert found is not None
        found.kill()
    until(lambda: all(process(product, part) not in {None, before[part]} for part in PARTS), within=60)
    until(lambda: is_well(product), within=120, what="all parts being well again")


def test_after_kill_9_of_the_supervisor_nothing_is_left_and_a_new_start_is_clean(start_product: Start) -> None:
    product = start_product(FADEN_REDIS_URL="")
    parts = product.parts("")
    assert len(parts) >= len(PARTS)
    product.process.kill()
    product.process.wait()
    psutil.wait_procs(parts, timeout=10)
    assert [part.pid for part in parts if part.is_running()] == []
    product.start()
    assert is_well(product)


def test_a_request_that_never_ends_does_not_hold_up_the_end(start_product: Start) -> None:
    product = start_product()
    with socket.create_connection(("127.0.0.1", product.port)) as endless:
        endless.sendall(b"POST /login HTTP/1.1\r\nHost: faden\r\nContent-Length: 100\r\n\r\n")
        assert product.health()["status"] == "ok"
        asked_at = time.monotonic()
        product.process.send_signal(signal.SIGTERM)
        assert product.process.wait(20) == 0
        assert time.monotonic() - asked_at < 9


def up(product: Product, port: int) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), "up", "--port", str(port), "--data", str(product.folder)]
    return subprocess.run(command, env=product.environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_second_start_is_refused_in_one_line(start_product: Start) -> None:
    product = start_product()
    for port, name in ((product.port, "PORT"), (programs.free_port(), "FADEN_DATA_DIR")):
        refused = up(product, port)
        assert refused.returncode == 2
        assert refused.stderr.startswith(f"faden: {name}: ")
        assert refused.stderr.count("\n") == 1


def test_a_customer_of_the_demo_gets_an_honest_receipt(start_product: Start, folder: Path) -> None:
    product = start_product(FADEN_DEMO="1", FADEN_REDIS_URL="")
    assert "Demo-Zugänge" in product.log()
    until(lambda: f"Faden läuft: {product.url}" in product.log(), what="the address being told")
    listener = next(each for each in product.parts("-m app listen"))
    port = int(listener.environ()["FADEN_SMTP_LISTEN"].rpartition(":")[2])
    hand_in(port, mail("neu", to=demo_address(product)), to=(demo_address(product),))
    received = until(
        lambda: [path for path in sink.mails(folder) if b"eva@kundin.example" in path.read_bytes()], within=60
    )
    assert b"Auto-Submitted: auto-replied" in received[0].read_bytes()
    assert os.fspath(received[0]).endswith(".eml")


def demo_address(product: Product) -> str:
    """Return the address of the demo's mail channel, as the database has it."""
    import sqlite3

    with sqlite3.connect(product.folder / "faden.db") as connection:
        row = connection.execute("SELECT address FROM channel WHERE is_demo AND kind = 'email'").fetchone()
    connection.close()
    return str(row[0])
