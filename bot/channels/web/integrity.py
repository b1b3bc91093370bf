"""What a browser checks a script by before it runs it (subresource integrity)."""

import hashlib
from base64 import b64encode
from functools import lru_cache
from pathlib import Path


def integrity(file: Path) -> str:
    """The hash of a file as it is now, as the attribute wants it."""
    return _integrity(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _integrity(file: Path, changed: int) -> str:
    return "sha384-" + b64encode(hashlib.sha384(file.read_bytes()).digest()).decode()
