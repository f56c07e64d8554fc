"""A key pair of our own in the place of sipgate's, so that signatures can be made as well as checked."""

from __future__ import annotations

import base64
from functools import cache

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem() -> str:
    return private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signature(body: bytes) -> str:
    """Return what X-Sipgate-Signature says for this body."""
    return base64.b64encode(private_key().sign(body, padding.PKCS1v15(), SHA256())).decode()
