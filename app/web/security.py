"""What the browser is told to forbid, what a form must carry, and how often a door may be tried."""

from __future__ import annotations

import math
from collections.abc import Callable
from http import HTTPStatus
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings
from app.web import door

LARGEST_REQUEST = 40_000_000
"""Bytes; the attachments of one answer, with what their encoding adds."""
LARGEST_TEXT = 2_000_000

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script, no inline style, nothing from elsewhere."""

A_YEAR = 31_536_000


def _who() -> str:
    """Return address and name together, so that guessing one password does not lock out a whole office."""
    return f"{get_remote_address()} {request.form.get('email', '').strip().lower()[:254]}"


limiter = Limiter(
    key_func=_who,
    headers_enabled=True,
    strategy="moving-window",
    in_memory_fallback_enabled=True,
    key_prefix="faden",
)
csrf = CSRFProtect()
P = ParamSpec("P")
R = TypeVar("R")


def attempts(route: Callable[P, R]) -> Callable[P, R]:
    """Limit how often a password may be wrong: for one address from one place, and for one place in all."""
    of_one = limiter.limit("10 per 10 minutes", methods=["POST"], deduct_when=_is_wrong)
    of_place = limiter.limit("100 per 10 minutes", key_func=get_remote_address, methods=["POST"], deduct_when=_is_wrong)
    return of_one(of_place(route))


def requests_for_mail(route: Callable[P, R]) -> Callable[P, R]:
    """Limit how many mails one place may make us send."""
    of_one = limiter.limit("5 per 10 minutes", methods=["POST"])
    return of_one(limiter.limit("20 per 10 minutes", key_func=get_remote_address, methods=["POST"])(route))


def guesses(route: Callable[P, R]) -> Callable[P, R]:
    """Limit how often one place may try addresses that lead nowhere."""
    is_nowhere = limiter.limit(
        "100 per 10 minutes",
        key_func=get_remote_address,
        deduct_when=lambda response: response.status_code == HTTPStatus.NOT_FOUND,
    )
    return is_nowhere(route)


def answers_of_strangers(route: Callable[P, R]) -> Callable[P, R]:
    """Limit how often one place may open or answer links that we mailed to customers."""
    return limiter.limit("60 per 10 minutes", key_func=get_remote_address)(route)


def _is_wrong(response: Response) -> bool:
    return response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def secure(flask: Flask) -> None:
    """Put everything in place that protects pages, forms and log-in."""
    settings: Settings = flask.config["FADEN"]
    is_behind_tls = settings.base_url.startswith("https://")
    flask.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_TEXT,
        SESSION_COOKIE_NAME="__Host-faden-form" if is_behind_tls else "faden-form",
        SESSION_COOKIE_SECURE=is_behind_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_STORAGE_URI=_storage(settings.redis_url),
        RATELIMIT_STORAGE_OPTIONS={} if not settings.redis_url else {"socket_connect_timeout": 2, "socket_timeout": 5},
        RATELIMIT_HEADER_RETRY_AFTER_VALUE="delta-seconds",
    )
    csrf.init_app(flask)
    flask.before_request(_check_form)
    limiter.init_app(flask)
    flask.after_request(_add_headers)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        flask.wsgi_app = ProxyFix(flask.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def minutes_to_wait() -> int:
    """Return after how many minutes at the latest a refused attempt may be repeated."""
    limit = limiter.current_limit
    return max(1, math.ceil(limit.limit.get_expiry() / 60)) if limit else 10


def _storage(redis_url: str) -> str:
    return redis_url.replace("unix://", "redis+unix://", 1) or "memory://"


def _check_form() -> None:
    """Refuse what changes something without the token of its form; who brings a key of their own needs none."""
    if current_app.config.get("WTF_CSRF_ENABLED", True) and not door.is_guarded_elsewhere():
        csrf.protect()


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
    headers.setdefault(
        "X-Frame-Options", "SAMEORIGIN" if "frame-ancestors 'self'" in headers["Content-Security-Policy"] else "DENY"
    )
    if response.mimetype == "text/html":
        # The same address answers with a page or with a part of it.
        headers.add("Vary", "HX-Request, HX-Request-Type")
        headers.setdefault("Cache-Control", "no-store")
    if door.is_behind_tls():
        headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}; includeSubDomains")
    return response
