"""The marks under which chats and messages are kept: without the pepper a stolen database names nobody."""

from hashlib import blake2b

SIZE = 16  # bytes


class Keyed:
    """`keyed("telegram", "42", "7")` → 32 hex digits; the same for the same parts and pepper."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def __call__(self, *parts: str) -> str:
        whole = "\x1f".join(parts).encode()
        return blake2b(whole, digest_size=SIZE, key=self._pepper).hexdigest()
