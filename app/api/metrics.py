"""`/metrics` for Prometheus (text format 0.0.4); with a token, or without one where all of it stays on this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from app import clock, health
from app.api import problems, routes
from app.finders import meters

bp = Blueprint("metrics", __name__)
problems.explain(bp)
PROXIES = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


@bp.get("/metrics")
def show() -> Response:
    """Answer the figures; team names are labels, so strangers get none."""
    if not _is_from_here():
        routes.admitted()
    return Response("\n".join([*_lines(meters.meters()), ""]), mimetype="text/plain; version=0.0.4")


def _is_from_here() -> bool:
    """Say whether the request comes from this machine; one that a proxy passed on comes from anywhere.

    A proxy need not say that it is one, nor pass the Host on: where the pages have a public address, nobody is local.
    """
    hosts = (request.remote_addr, _name_in(f"//{request.host}"), _name_in(current_app.config["FADEN"].base_url))
    return all(map(_is_loopback, hosts)) and not any(name in request.headers for name in PROXIES)


def _name_in(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _lines(found: meters.Meters) -> list[str]:
    late = (clock.now() - found.earliest_due_at).total_seconds() if found.earliest_due_at else 0.0
    return [
        "# TYPE faden_open_tickets gauge",
        *(f'faden_open_tickets{{team="{_quoted(team)}"}} {count}' for team, count in found.open_by_team.items()),
        "# TYPE faden_oldest_overdue_seconds gauge",
        f"faden_oldest_overdue_seconds {max(0.0, late):.0f}",
        "# TYPE faden_outbox_messages gauge",
        f'faden_outbox_messages{{state="queued"}} {found.queued}',
        f'faden_outbox_messages{{state="unsure"}} {found.unsure}',
        "# TYPE faden_parked_envelopes gauge",
        f"faden_parked_envelopes {found.parked}",
        "# TYPE faden_part_age_seconds gauge",
        *(f'faden_part_age_seconds{{part="{_quoted(part)}"}} {age:.1f}' for part, age in found.ages.items()),
        *_proof_lines(found.proof),
        *_channel_lines(health.incoming()),
    ]


def _proof_lines(proof: meters.Proof | None) -> list[str]:
    """Tell what the last nightly proof found: any difference is an error of the product."""
    if proof is None:
        return []
    return [
        "# TYPE faden_deadline_differences gauge",
        f"faden_deadline_differences {proof.wrong}",
        "# TYPE faden_deadline_proof_age_seconds gauge",
        f"faden_deadline_proof_age_seconds {proof.age:.0f}",
    ]


def _channel_lines(channels: list[health.Incoming]) -> list[str]:
    labels = [f'{{channel="{_quoted(each.name)}",kind="{_quoted(each.kind)}"}}' for each in channels]
    figures = {
        "faden_channel_up gauge": [int(not each.problem) for each in channels],
        "faden_pending_envelopes gauge": [each.pending for each in channels],
        "faden_refused_calls_total counter": [each.refused for each in channels],
    }
    lines = []
    for figure, counts in figures.items():
        name = figure.partition(" ")[0]
        lines += [f"# TYPE {figure}", *(f"{name}{label} {count}" for label, count in zip(labels, counts, strict=True))]
    return lines


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
