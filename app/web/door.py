"""The door: who is logged in, and that nobody else comes in."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, signin
from app.access import Person
from app.config import Settings

PUBLIC = frozenset(
    {
        "account.ask",
        "account.log_in",
        "account.choose_language",
        "devices.worker",
        "passwords.forgotten",
        "passwords.send_link",
        "passwords.choose",
        "passwords.take",
        "health.show",
        "proofs.ask",
        "proofs.answer",
        "wall.show",
    }
)
"""The only pages that may be seen without logging in."""

GUARDED_ELSEWHERE = ("/api/", "/hooks/", "/metrics")
"""These ask for a token or a signature of their own, and never look at a cookie."""

STATIC = "/static/"
LASTS_FOR = timedelta(days=30)


def guard(flask: Flask) -> None:
    """Ask everybody at the door, before any page runs."""
    flask.before_request(_let_in)


def person() -> Person:
    """Return who is logged in; behind the door there is always somebody."""
    found: Person = g.person
    return found


def settings() -> Settings:
    """Return the settings this application was built with."""
    found: Settings = current_app.config["FADEN"]
    return found


def require_admin() -> Person:
    """Return the person if they set the product up; for everybody else the page does not exist."""
    if not person().is_admin:
        abort(404)
    return person()


def require_lead() -> Person:
    """Return the person if they watch over a team; for everybody else the page does not exist."""
    if not person().is_lead:
        abort(404)
    return person()


def is_guarded_elsewhere() -> bool:
    """Say whether the request goes to a part that does not know cookies."""
    return request.path.startswith(GUARDED_ELSEWHERE)


def visitor() -> Person | None:
    """Return who a public page is talking to, if their cookie is good; one query."""
    secret = request.cookies.get(cookie_name())
    return signin.person_of(secret, at=clock.now()) if secret else None


def _let_in() -> AnyResponse | None:
    g.person = None
    if request.endpoint is None or request.path.startswith(STATIC) or is_guarded_elsewhere():
        return None
    if request.endpoint in PUBLIC:
        return None
    g.person = visitor()
    return None if g.person else _to_the_log_in()


def _to_the_log_in() -> AnyResponse:
    """Send a page to the log-in and back; a stream or a program gets a plain 401."""
    if "HX-Request" not in request.headers and not wants_page():
        abort(401)
    is_page = request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers
    there = (
        request.full_path.rstrip("?")
        if is_page
        else _path_of(request.headers.get("HX-Current-URL", request.referrer or ""))
    )
    return redirect(url_for("account.ask", next=safe_path(there, default="") or None), 303)


def wants_page() -> bool:
    """Say whether a person's browser is asking, not a stream or a program; who says nothing takes anything."""
    return not request.accept_mimetypes or request.accept_mimetypes.accept_html


def _path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def safe_path(wanted: str | None, *, default: str = "/") -> str:
    """Return a path of ours, never another site: two slashes or hidden signs would be one."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return default
    if "\\" in wanted or any(ord(letter) <= ord(" ") for letter in wanted):
        return default
    parts = urlsplit(wanted)
    return default if parts.scheme or parts.netloc else wanted


def cookie_name() -> str:
    """Return the name of the cookie; behind TLS the browser itself keeps it to this host (RFC 6265bis, 4.1.3.2)."""
    return "__Host-faden" if is_behind_tls() else "faden"


def is_behind_tls() -> bool:
    """Say whether browsers reach us over https, as the base address says."""
    return settings().base_url.startswith("https://")


def give_cookie(response: AnyResponse, secret: str) -> None:
    """Let the browser keep the secret of its session where no script can read it."""
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=LASTS_FOR,
        path="/",
        secure=is_behind_tls(),
        httponly=True,
        samesite="Lax",
    )


def take_cookie(response: AnyResponse) -> None:
    """Let the browser forget the secret."""
    response.delete_cookie(cookie_name(), path="/", secure=is_behind_tls(), httponly=True, samesite="Lax")
