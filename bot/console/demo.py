"""`serve --demo`: officers whose password is printed, made in Python as their browsers would make them."""

import secrets
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nacl import pwhash
from nacl.encoding import RawEncoder
from nacl.hash import blake2b
from nacl.secret import SecretBox

from bot.console.codes import PROOF, SALT, boxed, fresh_secret, hashed
from bot.sealing import Keys as Pair
from bot.sealing import fresh_keys
from bot.store.database import Database
from bot.store.officers import Keys, Officers, State
from handlers.officer import Role

FILE = "demo-officers.toml"
PASSES, MEMORY = 3, 64 * 1024 * 1024  # as keys.js
CARD = b"binhan recovery card"
PEOPLE = (
    ("trucban", "Trần Văn Trực (mẫu)", Role.DUTY, "commune"),
    ("canboxa", "Lê Thị Xã (mẫu)", Role.COMMUNE, "commune"),
    ("tinh", "Phạm Văn Tỉnh (mẫu)", Role.PROVINCE, "province"),
    ("quantri", "Đỗ Thị Quản Trị (mẫu)", Role.ADMIN, "province"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What is printed: all demo officers have the same password and the same secret for codes."""

    password: str
    secret: str
    logins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an officer's browser makes of a password and a card, and the pair that it holds."""

    keys: Keys
    pair: Pair


def identity(password: str, card: bytes) -> Identity:
    """The twin of `newIdentity` in keys.js."""
    salt, pair = secrets.token_bytes(SALT), fresh_keys()
    proof, kek = derived(password, salt)
    card_proof, card_kek = halves(
        blake2b(card, digest_size=2 * PROOF, key=CARD, encoder=RawEncoder)
    )
    keys = Keys(
        salt=salt,
        auth=hashed(proof),
        x_pub=pair.pub,
        wrap_pw=bytes(SecretBox(kek).encrypt(pair.private)),
        wrap_rec=bytes(SecretBox(card_kek).encrypt(pair.private)),
        rec_auth=hashed(card_proof),
    )
    return Identity(keys=keys, pair=pair)


def derived(password: str, salt: bytes) -> tuple[bytes, bytes]:
    """The proof and the key that wraps, as `derive` in keys.js makes them: a quarter of a second, 64 MiB."""
    raw = pwhash.argon2id.kdf(2 * PROOF, password.encode(), salt, opslimit=PASSES, memlimit=MEMORY)
    return halves(raw)


def halves(raw: bytes) -> tuple[bytes, bytes]:
    return raw[:PROOF], raw[PROOF:]


async def demo_officers(
    database: Database, folder: Path, key: bytes, areas: dict[str, str], now: datetime
) -> Demo:
    """The demo's officers, made at its first start; `areas`: the demo's commune and province."""
    demo = stored(folder / FILE)
    async with database.transaction() as tx:
        officers = Officers(tx)
        for login, name, role, area in PEOPLE:
            if await officers.by_login(login):
                continue
            made = await officers.add(login=login, name=name, role=role, area=areas[area], at=now)
            await officers.set_keys(
                made.id, identity(demo.password, secrets.token_bytes(32)).keys, now
            )
            await officers.set_totp(made.id, boxed(demo.secret, key), 0)
            await officers.set_state(made.id, State.ACTIVE)
    return demo


def stored(path: Path) -> Demo:
    """The demo's password and secret; made where there are none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        password = f"binh-an-{secrets.token_hex(3)}"
        path.write_text(f'password = "{password}"\nsecret = "{fresh_secret()}"\n', "utf-8")
    found = tomllib.loads(path.read_text("utf-8"))
    return Demo(**found, logins=tuple(login for login, *_ in PEOPLE))
