"""What a thief of the database, a spoofer and a flood get: each by the number it has in docs/security.md."""

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import aiohttp
import pytest

from bot import sealing
from bot.channels.web.integrity import integrity
from bot.channels.web.submission import Unreadable, read_submission
from bot.codes import WAITING, Codes
from bot.config import Secret, Secrets
from bot.sealing import Forged, Keys
from bot.store.database import Database, open_database
from bot.store.drafts import Drafts
from bot.store.keyed import Keyed
from bot.store.tips import Tips
from bot.wiring import running
from handlers.errors import Refusal
from handlers.limits import Quota
from handlers.message import Chat
from handlers.tips import Code, Head, Police, Route
from tests.dialogs.people import PEPPER, config_for
from tests.units import COMMUNE, PROVINCE, found, found_in, opened

NOW = datetime(2027, 2, 5, 3, 0, tzinfo=UTC)
SECRET = bytes.fromhex(PEPPER)
KEYED = Keyed(SECRET)
STATIC = Path(__file__).parents[2] / "bot" / "web" / "static"


async def send(database: Database, number: int) -> None:
    """A tip from a chat of its own."""
    async with database.transaction() as tx:
        drafts, chat = Drafts(tx, KEYED), Chat("telegram", "4242", str(number))
        head = Head(where=COMMUNE, police=Police.NO, channel="chat", sealed_by="server")
        await drafts.begin(chat, Route(COMMUNE, PROVINCE), head, NOW)
        await drafts.add(chat, "part", {"text": f"việc số {number}"}, NOW, enough=True)
        await drafts.offer(chat, code(), NOW)
        await drafts.send(chat, NOW, code=True)


def code() -> Code:
    """A receipt, without the work of deriving it."""
    pair = sealing.fresh_keys()
    digits = sealing.fresh_digits()
    lookup = sealing.lookup(digits.encode(), SECRET)
    return Code(digits=digits, lookup=lookup, pub=pair.pub, private=pair.private)


@pytest.fixture
async def stolen(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite:///{tmp_path}/stolen.db") as database:
        yield database


# 4: dump and decrypt


async def test_4_a_database_with_all_server_secrets_opens_no_tip(stolen: Database) -> None:
    async with stolen.transaction() as tx:
        keys = await found(tx, PROVINCE, COMMUNE)
    await send(stolen, 1)

    sealed = [bytes(row["sealed"]) for row in await stolen.read("SELECT sealed FROM tip_key")]
    tried = [SECRET, *await every_32_bytes(stolen)]

    assert not any(opens(key, envelope) for key in tried for envelope in sealed)
    assert any(opens(keys[COMMUNE].private, envelope) for envelope in sealed)  # the control


async def every_32_bytes(database: Database) -> list[bytes]:
    """Whatever in the database could be a key."""
    tables = [
        r["name"]
        for r in await database.read("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    found = []
    for table in tables:
        for row in await database.read(f"SELECT * FROM {table}"):  # noqa: S608
            for value in row.values():
                raw = value if isinstance(value, bytes) else hexed(str(value))
                found += [raw[at : at + 32] for at in range(0, max(len(raw) - 31, 0), 1)]
    return found[:20_000]


def hexed(text: str) -> bytes:
    return bytes.fromhex(text) if re.fullmatch(r"([0-9a-f]{2})+", text) else b""


def opens(private: bytes, sealed: bytes) -> bool:
    try:
        return len(sealing.unseal_key(Keys(b"", private), sealed)) == 32
    except Forged:
        return False


# 6: replay


def submission(keys: dict[str, Any], finder: bytes = b"f" * 32) -> dict[str, Any]:
    """A tip as the page would send it."""
    pair, tip = sealing.fresh_keys(), sealing.fresh_id()
    body = sealing.seal(
        pair.pub, tip=tip, kind="tip", seq=0, day="2027-02-05", body={"where": COMMUNE}
    )
    return {
        "tip": tip,
        "pub": pair.pub.hex(),
        "urgent": False,
        "keys": [
            {
                "unit": unit,
                "epoch": 1,
                "sealed": sealing.seal_key(pair.private, key.pub).hex(),
                "dormant": place > 0,
            }
            for place, (unit, key) in enumerate(keys.items())
        ],
        "reply": {"finder": finder.hex(), "pub": pair.pub.hex()},
        "messages": [{"kind": "tip", "seq": 0, "body": b64encode(body).decode()}],
        "files": [],
    }


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[tuple[str, dict[str, Keys], aiohttp.ClientSession]]:
    config = config_for(tmp_path)
    keys = await found_in(config.database_url, COMMUNE, PROVINCE)
    async with (
        running(config, Secrets(pepper=Secret(PEPPER))) as started,
        aiohttp.ClientSession() as session,
    ):
        yield started.public_url, keys, session


async def test_6_the_same_submission_many_times_at_once_is_one_tip(
    page: Any, tmp_path: Path
) -> None:
    url, keys, session = page
    sent = submission(keys)

    async def post() -> int:
        async with session.post(f"{url}/api/tip", json=sent) as response:
            return int(response.status)

    statuses = await asyncio.gather(*(post() for _ in range(20)))

    assert set(statuses) == {200}
    async with open_database(config_for(tmp_path).database_url) as database:
        assert len(await database.read("SELECT * FROM tip")) == 1
        tip = str((await database.read("SELECT id FROM tip"))[0]["id"])
        assert await opened(database, tip, COMMUNE, keys[COMMUNE])


# 5 and 18: from elsewhere


@pytest.mark.parametrize(
    "path", ["/api/tip", "/api/tip/answers", "/api/tip/follow", "/bao-tin", "/api/tip/file"]
)
async def test_18_nothing_is_taken_from_another_site(path: str, page: Any) -> None:
    url, keys, session = page
    body = submission(keys)

    async with session.post(
        url + path, json=body, headers={"Sec-Fetch-Site": "cross-site"}
    ) as evil:
        assert evil.status == 403
    async with session.post(
        url + path, json=body, headers={"Origin": "https://evil.example"}
    ) as evil:
        assert evil.status == 403
    async with session.post(url + path, json=body) as own:
        assert own.status != 403  # the control


# 7: correlation by order


async def test_7_a_stolen_database_tells_no_order(stolen: Database) -> None:
    async with stolen.transaction() as tx:
        await found(tx, PROVINCE, COMMUNE)
        await tx.run("CREATE TABLE control (id TEXT)")
    ids = []
    for number in range(40):
        await send(stolen, number)
        now = {row["id"] for row in await stolen.read("SELECT id FROM tip")}
        ids += [id for id in now if id not in ids]
        async with stolen.transaction() as tx:
            await tx.run("INSERT INTO control (id) VALUES ($1)", ids[-1])

    for table, column in (
        ("tip", "id"),
        ("tip_key", "tip"),
        ("tip_message", "tip"),
        ("tip_reply_key", "tip"),
    ):
        lain = [row[column] for row in await stolen.read(f"SELECT {column} FROM {table}")]  # noqa: S608
        assert abs(agreement(ids, list(dict.fromkeys(lain)))) < 0.5, table
    kept = [row["id"] for row in await stolen.read("SELECT id FROM control")]
    assert agreement(ids, kept) == 1  # the control: a table with row numbers tells it all
    assert {row["day"] for row in await stolen.read("SELECT day FROM tip")} == {"2027-02-05"}


def agreement(order: list[str], other: list[str]) -> float:
    """Kendall's tau: 1 for the same order, 0 for none."""
    place = {id: other.index(id) for id in order}
    pairs = [(a, b) for n, a in enumerate(order) for b in order[n + 1 :]]
    return sum(1 if place[a] < place[b] else -1 for a, b in pairs) / len(pairs)


# 15: receipts


def test_15_a_chat_may_try_few_codes() -> None:
    tries = Quota(10, timedelta(minutes=10))

    allowed = [tries.take("chat", NOW) for _ in range(30)]

    assert allowed.count(True) == 10
    assert tries.take("another", NOW)
    assert tries.take("chat", NOW + timedelta(minutes=11))


async def test_15_a_flood_of_codes_is_turned_away_and_memory_stays_bounded() -> None:
    codes = Codes(SECRET)
    flood = [asyncio.create_task(codes.fresh()) for _ in range(WAITING + 50)]
    await asyncio.sleep(0)

    refused = [task for task in flood if task.done() and isinstance(task.exception(), Refusal)]

    assert len(refused) == 50
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)


async def test_16_an_unknown_code_and_an_expired_one_are_the_same_answer(
    page: Any, tmp_path: Path
) -> None:
    url, keys, session = page
    await (await session.post(f"{url}/api/tip", json=submission(keys))).read()

    async def ask(finder: bytes) -> bytes:
        async with session.post(
            f"{url}/api/tip/answers", json={"finder": finder.hex()}
        ) as response:
            return await response.read()

    known = await ask(b"f" * 32)
    async with (
        open_database(config_for(tmp_path).database_url) as database,
        database.transaction() as tx,
    ):
        await tx.run("UPDATE tip SET expires = '2020-01-01'")
    assert await ask(b"f" * 32) == await ask(b"g" * 32)
    assert known != await ask(b"g" * 32)  # the control


# 23: no key, no tip


async def test_23_without_a_key_nothing_is_taken(tmp_path: Path) -> None:
    config = config_for(tmp_path)
    keys = {COMMUNE: sealing.fresh_keys()}
    async with (
        running(config, Secrets(pepper=Secret(PEPPER))) as started,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(f"{started.public_url}/bao-tin") as response:
            assert "chưa có cán bộ nhận tin kín" in await response.text()
        async with session.post(f"{started.public_url}/api/tip", json=submission(keys)) as response:
            assert response.status == 409
    async with open_database(config.database_url) as database:
        assert not await database.read("SELECT * FROM tip")


def spoilt() -> Iterator[Any]:
    """Submissions that our page never makes."""
    good = submission({COMMUNE: sealing.fresh_keys(), PROVINCE: sealing.fresh_keys()})
    for name in good:
        yield {key: value for key, value in good.items() if key != name}
        yield good | {name: 7}
    short = b64encode(b"\1" + b"x" * 100).decode()
    yield good | {"messages": [{"kind": "tip", "seq": 0, "body": short}]}
    yield good | {"messages": [{**good["messages"][0], "kind": "reply"}]}
    yield good | {"messages": good["messages"] * 2}
    yield good | {"messages": [{**good["messages"][0], "seq": -1}]}
    yield good | {"keys": good["keys"] * 2}
    yield good | {"keys": [{**good["keys"][0], "dormant": True}]}
    yield good | {"tip": "../../../etc/passwd"}
    yield []
    yield "tip"
    yield None


def test_23_only_what_sealing_makes_is_read() -> None:
    for raw in spoilt():
        with pytest.raises(Unreadable):
            read_submission(raw)
    assert read_submission(submission({COMMUNE: sealing.fresh_keys()}))


# 25: what browsers check


async def test_25_the_page_names_what_its_scripts_must_be(page: Any) -> None:
    url, _, session = page

    async with session.get(f"{url}/bao-tin") as response:
        html, policy = await response.text(), response.headers["Content-Security-Policy"]

    scripts = re.findall(r'<script src="/static/([^"?]+)[^"]*" integrity="([^"]+)"', html)
    assert [name for name, _ in scripts][:2] == [
        "vendor/libsodium/libsodium-sumo.js",
        "vendor/libsodium/libsodium-wrappers.js",
    ]
    for name, hash in scripts:
        assert integrity(STATIC / name) == hash
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy
    assert json.loads(re.findall(r'type="application/json">(.+?)</script>', html)[0])
    assert "geolocation=(self)" in response.headers["Permissions-Policy"]


@pytest.mark.soak
async def test_16_an_expired_code_takes_as_long_as_an_unknown_one(stolen: Database) -> None:
    async with stolen.transaction() as tx:
        await found(tx, PROVINCE, COMMUNE)
    await send(stolen, 1)
    lookup = str((await stolen.read("SELECT lookup FROM tip_reply_key"))[0]["lookup"])
    async with stolen.transaction() as tx:
        await tx.run("UPDATE tip SET expires = '2020-01-01'")

    async def ask(lookup: str) -> float:
        began = perf_counter()
        async with stolen.transaction() as tx:
            assert await Tips(tx).found(lookup, NOW.date()) is None
        return perf_counter() - began

    times = [(await ask(lookup), await ask("0" * 64)) for _ in range(500)]
    expired, unknown = median(a for a, _ in times), median(b for _, b in times)

    assert (
        abs(expired - unknown) < 0.001
    )  # a derivation takes a hundred times as long, and varies by more
