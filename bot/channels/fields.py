"""Takes what came over the wire apart: whatever shape it has, nothing is raised."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

LONGEST_TEXT = 8192  # characters looked at; Telegram sends at most 4096
KEPT = timedelta(hours=24)  # Telegram drops an update that could not be delivered for so long
LARGEST = 2**63  # ids beyond it are nobody's

Fields = Mapping[str, Any]


def decode(body: bytes) -> object:
    """The JSON value of a body; None for what is not UTF-8, broken, too deep or too long."""
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        return None


def clean(text: object) -> str:
    """Words without NUL and lone surrogates, in NFC, trimmed; empty for what is no text."""
    if not isinstance(text, str):
        return ""
    plain = text[:LONGEST_TEXT].replace("\0", "")
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", plain.encode("utf-8", "ignore").decode())
    return plain.strip()


def moment(date: object, now: datetime) -> datetime:
    """A Unix time as an instant of the last 24 hours; now where there is none."""
    seconds = number_of(date)
    if not seconds or seconds > now.timestamp():
        return now
    oldest = now - KEPT
    return oldest if seconds < oldest.timestamp() else datetime.fromtimestamp(seconds, UTC)


def fields_of(value: object) -> Fields:
    """The fields of a JSON object; none of anything else."""
    return value if isinstance(value, dict) else {}


def number_of(value: object) -> int | None:
    """A whole number of a size that a platform would use; True is none."""
    if type(value) is not int or abs(value) >= LARGEST:
        return None
    return value
