"""`serve --demo`: officers whose password is printed, made in Python as their browsers would make them."""

import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from nacl import pwhash
from nacl.encoding import RawEncoder
from nacl.hash import blake2b
from nacl.secret import SecretBox

from bot.console.codes import PROOF, SALT, boxed, fresh_secret, hashed
from bot.console.samples import MARK, SAMPLES, put_tip, unit_with_keys
from bot.sealing import Keys as Pair
from bot.sealing import fresh_keys
from bot.store.database import Database, Transaction
from bot.store.officers import Keys, Officers, State
from bot.store.units import Units
from handlers.ask import local_day
from handlers.officer import Role
from knowledge.areas import Area

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


async def demo_desk(
    database: Database, folder: Path, key: bytes, areas: Mapping[str, Area], now: datetime
) -> Demo:
    """The demo's officers, units and sample tips, made at its first start; `areas`: its commune and its province."""
    demo = stored(folder / FILE)
    async with database.transaction() as tx:
        if await Officers(tx).by_login(PEOPLE[0][0]) is None:
            members = await _people(tx, demo, key, areas, now)
            await _tips(tx, areas, members, local_day(now))
    return demo


async def _people(
    tx: Transaction, demo: Demo, key: bytes, areas: Mapping[str, Area], now: datetime
) -> dict[str, dict[str, bytes]]:
    """The officers; their public keys by area, of those who read tips."""
    officers, members = Officers(tx), dict[str, dict[str, bytes]]()
    for login, name, role, place in PEOPLE:
        made = await officers.add(login=login, name=name, role=role, area=areas[place].id, at=now)
        keys = identity(demo.password, secrets.token_bytes(32)).keys
        await officers.set_keys(made.id, keys, now)
        await officers.set_totp(made.id, boxed(demo.secret, key), 0)
        await officers.set_state(made.id, State.ACTIVE)
        if made.reads_tips:
            members.setdefault(made.area, {})[made.id] = keys.x_pub
    return members


async def _tips(
    tx: Transaction,
    areas: Mapping[str, Area],
    members: Mapping[str, dict[str, bytes]],
    today: date,
) -> None:
    commune, province = areas["commune"], areas["province"]
    await Units(tx).ensure(province.id, province.name, None)
    await Units(tx).ensure(commune.id, commune.name, province.id)
    pubs = {
        area.id: (await unit_with_keys(tx, area.id, members[area.id], today)).pub
        for area in (commune, province)
    }
    for sample in SAMPLES:
        marked = replace(sample, words=(MARK + sample.words[0], *sample.words[1:]))
        await put_tip(tx, marked, pubs, today)


def stored(path: Path) -> Demo:
    """The demo's password and secret; made where there are none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        password = f"binh-an-{secrets.token_hex(3)}"
        path.write_text(f'password = "{password}"\nsecret = "{fresh_secret()}"\n', "utf-8")
    found = tomllib.loads(path.read_text("utf-8"))
    return Demo(**found, logins=tuple(login for login, *_ in PEOPLE))
