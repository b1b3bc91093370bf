"""What an officer proves: the password, by a proof that the browser derives, and the phone, by a one-time code."""

import asyncio
from hashlib import blake2b
from hmac import compare_digest

import pyotp
from nacl import pwhash
from nacl.exceptions import InvalidkeyError
from nacl.secret import SecretBox

STEP = 30  # seconds that a one-time code lives (RFC 6238)
AROUND = (0, -1, 1)  # a clock may be half a minute off
SALT = 16  # bytes
PROOF = 32
ISSUER = "Binh An"

# the proof is already the output of Argon2id (64 MiB) over the password: a light hash is enough for it
OPSLIMIT = pwhash.argon2id.OPSLIMIT_MIN
MEMLIMIT = 1024 * 1024


def hashed(proof: bytes) -> str:
    """What is stored of a proof."""
    return pwhash.argon2id.str(proof, OPSLIMIT, MEMLIMIT).decode()


async def matches(proof: bytes, stored: str) -> bool:
    return await asyncio.to_thread(_matches, proof, stored)


def _matches(proof: bytes, stored: str) -> bool:
    try:
        return bool(pwhash.verify(stored.encode(), proof))
    except (InvalidkeyError, ValueError):
        return False


def fake_salt(login: str, key: bytes) -> bytes:
    """The salt of an account that there is not: the same each time, so that it looks like one."""
    return blake2b(f"salt {login}".encode(), digest_size=SALT, key=key).digest()


def fresh_secret() -> str:
    """A new secret for one-time codes, base32."""
    return pyotp.random_base32()


def address_of(secret: str, login: str) -> str:
    """The otpauth:// address that a phone's app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: float) -> int | None:
    """The time step that a code belongs to; None where it is wrong or more than a step off."""
    totp, step = pyotp.TOTP(secret), int(now) // STEP
    return next(
        (
            step + off
            for off in AROUND
            if compare_digest(totp.generate_otp(step + off).encode(), code.encode())
        ),
        None,
    )


def code_at(secret: str, now: float) -> str:
    return pyotp.TOTP(secret).at(int(now))


def boxed(text: str, key: bytes) -> bytes:
    """A small secret as it lies in the database."""
    return bytes(SecretBox(key).encrypt(text.encode()))


def unboxed(sealed: bytes, key: bytes) -> str:
    """The secret again; nacl.exceptions.CryptoError where the key is another."""
    return SecretBox(key).decrypt(sealed).decode()
