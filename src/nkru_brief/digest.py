"""Digests: what a value or a file is, as SHA-256."""

import hashlib

from nkru_brief.values import to_json


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, as 64 hex digits."""
    return sha256(to_json(value))
