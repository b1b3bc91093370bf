"""Proves that an event is Zalo's: a plain SHA-256 over the raw bytes, by either of the two secrets.

Doubtful in what is known of the platform, so all four variants are tried and counted: which of the
two secrets signs (the webhook page's "OA Secret Key", or the app's), and whether the timestamp that
is signed is the body's or the header's. `binhan zalo status` shows which one came.
"""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

HEADER = "X-ZEvent-Signature"
STAMP_HEADER = "X-ZEvent-Timestamp"
PREFIX = "mac="


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What an app signs with: secrets by name ("oa", "app"), empty ones left out."""

    app_id: str
    secrets: Mapping[str, str]


def variant(signing: Signing, body: bytes, given: str, stamps: Mapping[str, str]) -> str | None:
    """Which variant the signature is, "oa/body"; None: not Zalo's. The time it takes tells nothing."""
    claimed = given.removeprefix(PREFIX).strip().lower().encode("utf-8", "surrogateescape")
    found = None
    for name, mac in _macs(signing, body, stamps):
        if hmac.compare_digest(claimed, mac.encode()):
            found = found or name
    return found


def mac_of(app_id: str, body: bytes, stamp: str, secret: str) -> str:
    """64 hex digits; as `MacUtils.buildMac` of Zalo's own Java library."""
    signed = app_id.encode() + body + stamp.encode("utf-8", "replace") + secret.encode()
    return sha256(signed).hexdigest()


def _macs(signing: Signing, body: bytes, stamps: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for secret, letters in signing.secrets.items():
        for place, stamp in stamps.items():
            if letters and stamp:
                yield f"{secret}/{place}", mac_of(signing.app_id, body, stamp, letters)
