"""Checks the signature of a call by itself (RFC 5849, section 3.4), without the library that made it."""

from __future__ import annotations

import base64
import hmac
from urllib.parse import quote, unquote

from flask import Request

PARTS = {
    "oauth_consumer_key", "oauth_nonce", "oauth_signature", "oauth_signature_method", "oauth_timestamp", "oauth_token",
    "oauth_version",
}  # fmt: skip


def said(request: Request) -> dict[str, str]:
    """Return the parameters of the header; empty if it is none."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    pairs = (each.strip().partition("=") for each in rest.split(",")) if scheme == "OAuth" else ()
    return {name: unquote(text.strip('"')) for name, _, text in pairs}


def is_signed(request: Request, *, key: str, secret: str, token: str, token_secret: str) -> bool:
    """Say whether the header is complete, names our key and token, and signs exactly this call."""
    found = said(request)
    if set(found) < PARTS or (found["oauth_consumer_key"], found["oauth_token"]) != (key, token):
        return False
    signature = found.pop("oauth_signature")
    pairs = sorted(
        (quote(name, "~"), quote(text, "~")) for name, text in [*request.args.items(multi=True), *found.items()]
    )
    base = "&".join(
        quote(each, "~") for each in (request.method, request.base_url, "&".join(f"{n}={t}" for n, t in pairs))
    )
    signing_key = f"{quote(secret, '~')}&{quote(token_secret, '~')}".encode()
    return hmac.compare_digest(base64.b64encode(hmac.digest(signing_key, base.encode(), "sha1")).decode(), signature)
