"""Reads what the tip page sends: sealed bytes only, of the right shape and size, or nothing at all."""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sealing import BLOCK
from handlers.tips import FILES

ID = re.compile(r"[0-9a-f]{32}")
KEY = 32  # bytes of a public key
SEALED_KEY = 80  # … of a private one, sealed
OVERHEAD = 1 + 48  # the version, and what a sealed box adds
LARGEST = OVERHEAD + 24 * BLOCK  # 5,000 letters of Vietnamese, and what stands around them
SMALLEST = OVERHEAD + BLOCK
MESSAGES = 4


class Unreadable(ValueError):
    """It was not made by our page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    kind: str
    seq: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file that was sent before: its id in the envelope, its name in the store, its sealed description."""

    id: str
    name: str
    seq: int
    meta: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A tip as the browser sealed it; `finder` is what its code derives to, None: sent without one."""

    tip: str
    pub: bytes
    urgent: bool
    keys: tuple[Mapping[str, Any], ...]
    finder: bytes | None
    reply_pub: bytes
    messages: tuple[Envelope, ...]
    files: tuple[SentFile, ...]

    @property
    def unit(self) -> str:
        """The unit that works on it: the first of its keys."""
        return str(self.keys[0]["unit"])


def read_submission(raw: object) -> Submission:
    """The submission of a decoded body; Unreadable for anything else."""
    try:
        return _submission(raw if isinstance(raw, dict) else {})
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unreadable from None


def hex_bytes(text: object, size: int) -> bytes:
    """So many bytes from their hex digits; ValueError for anything else."""
    found = bytes.fromhex(text) if isinstance(text, str) else b""
    if len(found) != size:
        raise ValueError("not so many bytes")
    return found


def sealed(text: object) -> bytes:
    """An envelope from its base64; ValueError where its size is none that sealing gives."""
    found = b64decode(text, validate=True) if isinstance(text, str) else b""
    if not SMALLEST <= len(found) <= LARGEST or (len(found) - OVERHEAD) % BLOCK or found[0] != 1:
        raise ValueError("not an envelope")
    return found


def _submission(raw: Mapping[str, Any]) -> Submission:
    reply = raw["reply"]
    files = tuple(map(_file, raw["files"]))
    messages = tuple(map(_envelope, raw["messages"]))
    keys = tuple(map(_key, raw["keys"]))
    places = [each.seq for each in messages] + [each.seq for each in files]
    if type(raw["urgent"]) is not bool or len({key["unit"] for key in keys}) != len(keys):
        raise ValueError
    if not 1 <= len(keys) <= 2 or keys[0]["dormant"] or len(set(places)) != len(places):
        raise ValueError
    if len(files) > FILES or not 1 <= len(messages) <= MESSAGES or messages[0].kind != "tip":
        raise ValueError
    return Submission(
        tip=_id(raw["tip"]),
        pub=hex_bytes(raw["pub"], KEY),
        urgent=raw["urgent"],
        keys=keys,
        finder=hex_bytes(reply["finder"], 32) if reply else None,
        reply_pub=hex_bytes(reply["pub"], KEY) if reply else b"",
        messages=messages,
        files=files,
    )


def _envelope(raw: Mapping[str, Any]) -> Envelope:
    if raw["kind"] not in ("tip", "part"):
        raise ValueError
    return Envelope(kind=raw["kind"], seq=_place(raw["seq"]), body=sealed(raw["body"]))


def _file(raw: Mapping[str, Any]) -> SentFile:
    return SentFile(
        id=_id(raw["id"]),
        name=_id(raw["name"]),
        seq=_place(raw["seq"]),
        meta=sealed(raw["meta"]),
    )


def _key(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    epoch, unit = raw["epoch"], raw["unit"]
    if type(epoch) is not int or not isinstance(unit, str) or len(unit) > 64:
        raise ValueError
    hidden = hex_bytes(raw["sealed"], SEALED_KEY).hex()
    return {"unit": unit, "epoch": epoch, "sealed": hidden, "dormant": raw["dormant"] is True}


def _id(text: object) -> str:
    if not isinstance(text, str) or not ID.fullmatch(text):
        raise ValueError
    return text


def _place(seq: object) -> int:
    if type(seq) is not int or not 0 <= seq < 100:
        raise ValueError
    return seq
