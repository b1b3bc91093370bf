"""Seals what tipsters say, so that only officers' keys open it; its twin is `web/static/sealing.js`.

An envelope is `0x01 | crypto_box_seal(pad(JSON{v, tip, kind, seq, day, body}))`: the reader checks where it lay.
A file is `secretstream` in chunks of 64 KiB behind its 24-byte header, padded to one of a few sizes, its id bound in.
Both are checked by `tests/vectors/sealing.json` in Python and in a browser.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from nacl import bindings, pwhash
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

VERSION = 1
BLOCK = 1024  # bytes: a sealed text tells its length to within these
CHUNK = 64 * 1024
STEPS = tuple(kib * 1024 for kib in (64, 256, 1024, 2048, 5120, 10240, 20480))
HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
EXTRA = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
RECEIPT_MEMORY = 64 * 1024 * 1024  # bytes of Argon2id: what a cheap phone's browser survives
RECEIPT_PASSES = 3
MARK = 16  # bytes of an id


class Forged(Exception):
    """It does not open, or it is not what lay in this place."""


@dataclass(frozen=True, slots=True)
class Keys:
    """An X25519 pair, 32 bytes each."""

    pub: bytes
    private: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What twenty digits derive to: what finds the tip's answers, and the pair that opens them."""

    finder: bytes
    reply: Keys


def fresh_keys() -> Keys:
    private = PrivateKey.generate()
    return Keys(bytes(private.public_key), bytes(private))


def fresh_id() -> str:
    """32 hex digits; says nothing of when it was made."""
    return secrets.token_hex(MARK)


def fresh_digits() -> str:
    """The twenty digits of a new receipt (66 bits)."""
    return f"{secrets.randbelow(10**20):020d}"


def seal(pub: bytes, *, tip: str, kind: str, seq: int, day: str, body: Mapping[str, Any]) -> bytes:
    """The envelope of a part of a tip; `day` is ISO, `kind` one of tip, part, file, follow, reply, note, label."""
    inside = {"v": VERSION, "tip": tip, "kind": kind, "seq": seq, "day": day, "body": dict(body)}
    text = json.dumps(inside, ensure_ascii=False, separators=(",", ":")).encode()
    return bytes([VERSION]) + seal_key(_padded(text), pub)


def unseal(keys: Keys, envelope: bytes, *, tip: str, kind: str, seq: int) -> dict[str, Any]:
    """What an envelope holds: its day and body. Forged where it does not open or belongs elsewhere."""
    if envelope[:1] != bytes([VERSION]):
        raise Forged
    try:
        inside: dict[str, Any] = json.loads(_unpadded(unseal_key(keys, envelope[1:])))
    except ValueError:
        raise Forged from None
    if (inside.get("v"), inside.get("tip"), inside.get("kind"), inside.get("seq")) != (
        VERSION,
        tip,
        kind,
        seq,
    ):
        raise Forged
    return inside


def seal_key(plain: bytes, pub: bytes) -> bytes:
    """A private key, or any few bytes, sealed to whoever holds the other half of `pub`."""
    return bytes(SealedBox(PublicKey(pub)).encrypt(plain))


def unseal_key(keys: Keys, sealed: bytes) -> bytes:
    try:
        return bytes(SealedBox(PrivateKey(keys.private)).decrypt(sealed))
    except (CryptoError, ValueError, TypeError):
        raise Forged from None


def derive(digits: str, salt: bytes) -> Receipt:
    """The receipt of its twenty digits: slow on purpose (0.1–1 s, 64 MiB); run it in a thread."""
    raw = pwhash.argon2id.kdf(
        96, digits.encode(), salt, opslimit=RECEIPT_PASSES, memlimit=RECEIPT_MEMORY
    )
    private = PrivateKey.from_seed(raw[32:64])
    return Receipt(raw[:32], Keys(bytes(private.public_key), bytes(private)))


def lookup(finder: bytes, pepper: bytes) -> str:
    """The row under which a receipt's answers lie: 64 hex digits, of no use without the pepper."""
    return blake2b(finder, digest_size=32, key=pepper).hexdigest()


def receipt_salt(pepper: bytes) -> bytes:
    """The salt of all receipts of an installation; browsers are given it."""
    return blake2b(b"receipt salt", digest_size=pwhash.argon2id.SALTBYTES, key=pepper).digest()


def padded_size(size: int) -> int:
    """The size that a file is padded to; ValueError beyond the largest step."""
    for step in STEPS:
        if size <= step:
            return step
    raise ValueError("a file is at most 20 MiB")


def seal_file(chunks: Iterable[bytes], size: int, *, key: bytes, id: str) -> Iterator[bytes]:
    """A file of `size` bytes, sealed chunk by chunk and padded with zeros; the first piece is the header."""
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    yield bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    last = padded_size(size) // CHUNK - 1
    for place, chunk in enumerate(_full_chunks(chunks, last + 1)):
        tag = FINAL if place == last else 0
        yield bindings.crypto_secretstream_xchacha20poly1305_push(state, chunk, id.encode(), tag)


def unseal_file(sealed: Iterable[bytes], size: int, *, key: bytes, id: str) -> Iterator[bytes]:
    """The file's own bytes, from pieces as `sealed_pieces` cuts them; Forged if any is wrong, or the last missing."""
    pieces = iter(sealed)
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    left, tag = size, 0
    try:
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, next(pieces), key)
        for piece in pieces:
            if tag == FINAL:
                raise Forged
            chunk, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(
                state, piece, id.encode()
            )
            yield chunk[:left]
            left -= min(left, len(chunk))
    except (CryptoError, ValueError, RuntimeError, StopIteration):
        raise Forged from None
    if tag != FINAL or left:
        raise Forged


def sealed_pieces(whole: bytes) -> Iterator[bytes]:
    """A sealed file cut where its pieces were joined."""
    yield whole[:HEADER]
    for at in range(HEADER, len(whole), CHUNK + EXTRA):
        yield whole[at : at + CHUNK + EXTRA]


def sealed_size(size: int) -> int:
    """How large a file of `size` bytes is once sealed."""
    padded = padded_size(size)
    return HEADER + padded + padded // CHUNK * EXTRA


def fresh_file_key() -> bytes:
    return bindings.crypto_secretstream_xchacha20poly1305_keygen()


def _full_chunks(chunks: Iterable[bytes], count: int) -> Iterator[bytes]:
    """The bytes in exactly `count` full chunks, zeros behind the end."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= CHUNK:
            if not count:
                raise ValueError("more bytes than were announced")
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
            count -= 1
    if held and not count:
        raise ValueError("more bytes than were announced")
    for _ in range(count):
        yield bytes(held).ljust(CHUNK, b"\0")
        held.clear()


def _padded(data: bytes) -> bytes:
    """A length of four bytes, the data, zeros up to the next step of 1 KiB."""
    return (len(data).to_bytes(4, "big") + data).ljust(-(-(len(data) + 4) // BLOCK) * BLOCK, b"\0")


def _unpadded(padded: bytes) -> bytes:
    size = int.from_bytes(padded[:4], "big")
    if size > len(padded) - 4 or len(padded) % BLOCK or any(padded[4 + size :]):
        raise ValueError("not padded by us")
    return padded[4 : 4 + size]
