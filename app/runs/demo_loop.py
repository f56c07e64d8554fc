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


def choose_ports(data_dir: Path, smtp_listen: str) -> str:
    """Choose the listener's address and the sink's port, those of the last start if they are free."""
    if not smtp_listen:
        smtp_listen = f"{sink.HOST}:{free_port(SMTP_PORT, host=sink.HOST)}"
    sink.remember_port(
        data_dir, free_port(sink.port(data_dir), host=sink.HOST, but_not=int(smtp_listen.rpartition(":")[2]))
    )
    return smtp_listen


def prepare(data_dir: Path, port: int, tell: Callable[[str], None]) -> None:
    """Load the sample shop into an empty database, and have its channels speak into the sink and to the platforms."""
    if db.session.scalar(select(Agent.id).limit(1)) is None:
        from app.runs import demo  # noqa: PLC0415 - needed once in the life of a demo

        log_ins = demo.load(
            at=clock.now(), smtp_host=sink.HOST, smtp_port=sink.port(data_dir), has_platforms=demo_platforms.are_there()
        )
        tell("Demo-Zugänge (nur jetzt zu sehen):")
        for email, password in log_ins:
            tell(f"  {email}  {password}")
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
