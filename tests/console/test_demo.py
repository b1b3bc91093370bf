"""`serve --demo`: who reads the first lines can come in at once, and finds tips that say they are samples."""

from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from nacl.secret import SecretBox

from bot.console.codes import code_at
from bot.console.demo import Demo, derived
from bot.sealing import Keys, unseal, unseal_key
from bot.wiring import running
from tests.console.station import SECRETS, Caller, Clock, Station, text
from tests.dialogs.people import config_for


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[tuple[Demo, Station]]:
    config, clock = replace(config_for(tmp_path), demo=True), Clock()
    async with running(config, SECRETS, clock=clock) as started:
        assert started.demo
        station = Station(config, started.console_url, started.public_url, clock, {})
        yield started.demo, station
        await station.close()


async def came_in(demo: Demo, station: Station, login: str) -> tuple[Caller, Keys]:
    """Logged in with what the first lines print; the officer's own pair, as the browser opens it."""
    caller = station.stranger()
    salt = (await caller.post("/api/dang-nhap/muoi", {"login": login}))[1]["salt"]
    proof, kek = derived(demo.password, b64decode(salt))
    code = code_at(demo.secret, station.clock().timestamp())
    asked = {"login": login, "proof": text(proof), "code": code}
    status, me = await caller.post("/api/dang-nhap", asked)
    assert status == 200
    caller.csrf = me["csrf"]
    return caller, Keys(b64decode(me["pub"]), SecretBox(kek).decrypt(b64decode(me["wrap"])))


async def test_the_printed_password_and_code_open_sample_tips(
    demo: tuple[Demo, Station],
) -> None:
    caller, own = await came_in(*demo, "trucban")
    ring = (await caller.get("/api/khoa"))[1]
    [epoch] = ring["epochs"]
    unit = Keys(b64decode(epoch["pub"]), unseal_key(own, b64decode(epoch["sealed"])))

    told = []
    for tip in (await caller.get("/api/tin"))[1]["tips"]:
        private = unseal_key(unit, b64decode(tip["keys"][0]["sealed"]))
        keys = Keys(b64decode(tip["pub"]), private)
        part = next(m for m in tip["messages"] if m["kind"] == "part")
        body = b64decode(part["body"])
        told.append(unseal(keys, body, tip=tip["id"], kind="part", seq=part["seq"])["body"]["text"])

    assert len(told) == 5
    assert all(words.startswith("[TIN MẪU, KHÔNG CÓ THẬT]") for words in told)


async def test_each_demo_officer_comes_in_and_the_page_gives_a_fresh_code(
    demo: tuple[Demo, Station],
) -> None:
    for login in demo[0].logins:
        await came_in(*demo, login)

    status, answer = await demo[1].stranger().get("/api/ma-thu")

    assert (status, answer["code"]) == (200, code_at(demo[0].secret, demo[1].clock().timestamp()))
