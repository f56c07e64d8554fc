"""The demo's mail loop: the ports of this start, and demo channels that send into the sink."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from app import clock
from app.db import db
from app.desk import channels
from app.models import Agent, Channel
from app.runs import demo_platforms, sink
from app.runs.ports import free_port

SMTP_PORT = 2525


def choose_address(smtp_listen: str) -> str:
    """Choose where the listener listens, unless somebody has said it."""
    return smtp_listen or f"{sink.HOST}:{free_port(SMTP_PORT, host=sink.HOST)}"


def prepare(data_dir: Path, port: int, smtp_listen: str, tell: Callable[[str], None]) -> None:
    """Load the sample shop into an empty database, and have its channels speak into the sink and to the platforms.

    The pages are on `port`, the listener on `smtp_listen`. The sink's port is chosen last, the one of the last start if
    it is free: loading takes its time, and another demo may start meanwhile.
    """
    if db.session.scalar(select(Agent.id).limit(1)) is None:
        from app.runs import demo  # noqa: PLC0415 - needed once in the life of a demo

        log_ins = demo.load(
            at=clock.now(), smtp_host=sink.HOST, smtp_port=sink.port(data_dir), has_platforms=demo_platforms.are_there()
        )
        tell("Demo-Zugänge (nur jetzt zu sehen):")
        for email, password in log_ins:
            tell(f"  {email}  {password}")
    listener = int(smtp_listen.rpartition(":")[2] or 0)
    sink.remember_port(data_dir, free_port(sink.port(data_dir), host=sink.HOST, but_not=listener))
    _send_into_sink(sink.port(data_dir))
    if demo_platforms.are_there():
        demo_platforms.prepare(data_dir, port)


def _send_into_sink(port: int) -> None:
    wanted = {"smtp_host": sink.HOST, "smtp_port": port, "smtp_tls": "none"}
    found = db.session.scalars(select(Channel).where(Channel.is_demo.is_(True), Channel.kind == "email")).all()
    rows = [(row.id, row.name, row.address, dict(row.settings), row.team_id) for row in found]
    for id_, name, address, settings, team_id in rows:
        if {**settings, **wanted} != settings:
            channels.change(
                id_, name=name, address=address, settings={**settings, **wanted}, secrets={}, team_id=team_id
            )
