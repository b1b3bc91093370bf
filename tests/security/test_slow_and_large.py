"""What trickles in a byte at a time, what never ends, what comes too often: at every door that takes a body.

The webhooks keep limits of their own: tests/channels.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from yarl import URL

from bot.channels.web import WebChannel
from bot.channels.web.tip import TipPages
from bot.sealing import sealed_size
from bot.wiring import beating, utc_now
from bot.wiring.public import public_of
from tests.console.station import SECRETS, Caller, Station, open_station
from tests.console.test_gate import routes
from tests.dialogs.people import config_for
from tests.ports import free_port

SHORT, LONG = 0.5, 1000.0  # seconds that a door is patient
ENOUGH = 3.0  # in which the impatient have answered
MOST = (
    16 * 1024 * 1024
)  # bytes that a door may have taken before it refuses, with the kernel's buffers
OFTEN = 150  # requests at once, from one address
UPLOAD = "/api/tip/file"


@dataclass(frozen=True)
class Door:
    """A route that takes a body, and the headers of somebody whom it lets in."""

    name: str
    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict, hash=False)

    def head(self, *lines: str) -> bytes:
        kind = "application/json" if "/api/" in self.path else "application/x-www-form-urlencoded"
        headers = {"Host": f"127.0.0.1:{self.port}", "Content-Type": kind} | self.headers
        named = (f"{name}: {value}" for name, value in headers.items())
        return "\r\n".join((f"POST {self.path} HTTP/1.1", *named, *lines, "", "")).encode()


async def public_paths(folder: Path) -> list[str]:
    """Every path of the public application that takes a body, webhooks apart."""
    config = config_for(folder)
    async with beating(config, SECRETS, {}, clock=utc_now) as heart:
        app = public_of(config, SECRETS, heart, WebChannel(), None, None, utc_now)
    return [r.resource.canonical for r in app.router.routes() if r.method == "POST" and r.resource]


async def doors_of(station: Station, folder: Path) -> list[Door]:
    """All doors of both addresses; at the desk for three officers, who may do different things."""
    public, desk = (int(urlsplit(url).port or 0) for url in (station.public_url, station.url))
    session = {"Cookie": f"binhan={'0' * 32}"}
    doors = [Door(path, public, path, session) for path in await public_paths(folder)]
    for login in ("truc", "tinh", "quantri"):
        officer = await station.officer(login)
        cookies = officer.session.cookie_jar.filter_cookies(URL(station.url))
        known = "; ".join(f"{name}={cookie.value}" for name, cookie in cookies.items())
        headers = {"Cookie": known, "X-CSRF": officer.csrf, "Sec-Fetch-Site": "same-origin"}
        paths = [path for method, path in routes() if method == "POST" and path != "/dang-xuat"]
        doors += [Door(f"{login} {path}", desk, path, headers) for path in paths]
    return doors


async def trickled(door: Door, head: bytes) -> bool:
    """Whether a door answered, or hung up, while bytes came to it one by one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    try:
        writer.write(head)
        async with asyncio.timeout(ENOUGH):
            while True:
                try:
                    await asyncio.wait_for(reader.read(1), 0.1)
                except TimeoutError:
                    writer.write(b"x")
                else:
                    return True
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    finally:
        writer.close()


async def waiting(doors: Iterable[Door], head: Callable[[Door], bytes]) -> set[str]:
    """The doors that still waited for more when enough time was over."""
    doors = list(doors)
    answered = await asyncio.gather(*(trickled(door, head(door)) for door in doors))
    return {door.name for door, done in zip(doors, answered, strict=True) if not done}


def body(door: Door) -> bytes:
    """The head of a request with a body that has only begun."""
    size = sealed_size(1) if door.path == UPLOAD else 600
    return door.head(f"Content-Length: {size}")


def half_a_head(door: Door) -> bytes:
    return door.head()[:40]


@asynccontextmanager
async def patient(folder: Path, seconds: float) -> AsyncIterator[list[Door]]:
    async with open_station(folder, request_seconds=seconds) as station:
        yield await doors_of(station, folder)


async def test_13_a_byte_at_a_time_is_not_waited_for_at_any_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TipPages.upload, "lasting", SHORT)
    async with patient(tmp_path / "short", SHORT) as doors:
        assert len(doors) > 80
        assert await waiting(doors, body) | await waiting(one_each(doors), half_a_head) == set()

    async with patient(tmp_path / "long", LONG) as doors:  # the control: they would have waited
        bodies, heads = await asyncio.gather(
            waiting(doors, body), waiting(one_each(doors), half_a_head)
        )
        assert {"/", "/api/chat", "/api/tip", "/bao-tin", "tinh /api/dang-nhap"} <= bodies
        assert heads == {door.name for door in one_each(doors)}


def one_each(doors: Iterable[Door]) -> list[Door]:
    """One door of each address: a head is read before its path is known."""
    return list({door.port: door for door in doors}.values())


# what is larger than a door takes


async def poured(door: Door, *lines: str, most: int = 2 * MOST) -> tuple[int, int]:
    """Pour into a door until it answers: the status (0: it took all), and the bytes that it was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    answer = asyncio.create_task(reader.readline())
    chunked = "Transfer-Encoding: chunked" in lines
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n" if chunked else b"x" * 65536
    sent = 0
    try:
        writer.write(door.head(*lines))
        while not answer.done() and sent < most:
            writer.write(chunk)
            await asyncio.wait_for(asyncio.shield(_drained(writer, answer)), ENOUGH)
            sent += len(chunk)
        line = await answer if answer.done() else b""
        return int(line.split()[1]) if line else 0, sent
    finally:
        answer.cancel()
        writer.close()


async def _drained(writer: asyncio.StreamWriter, answer: asyncio.Task[bytes]) -> None:
    """Until more can be sent, or there is an answer."""
    drained = asyncio.create_task(writer.drain())
    await asyncio.wait({drained, answer}, return_when=asyncio.FIRST_COMPLETED)
    drained.cancel()


LARGE = ("Content-Length: 1000000000", "Transfer-Encoding: chunked")


async def test_13_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    async with patient(tmp_path, LONG) as doors:
        for door, line in product(doors, LARGE):
            status, sent = await poured(door, line)
            assert 200 <= status < 500, (door, line)
            assert sent < MOST, (door, line)


async def test_13_the_pouring_would_see_a_door_without_a_limit() -> None:
    async def takes(request: web.Request) -> web.Response:
        async for _ in request.content.iter_any():
            pass
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/", takes)])
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        assert await poured(Door("/", port, "/"), LARGE[0]) == (0, 2 * MOST)
    finally:
        await runner.cleanup()


# what comes too often


async def test_13_no_public_door_takes_as_many_requests_as_come(tmp_path: Path) -> None:
    async with open_station(tmp_path) as station:
        caller = Caller(station.stranger().session, station.public_url)
        cookie = {"Cookie": f"binhan={'0' * 32}"}
        for path in await public_paths(tmp_path / "paths"):
            assert await refused(caller, path, **cookie), path


async def refused(caller: Caller, path: str, **headers: str) -> bool:
    """Whether an address that asks often enough is told to wait."""
    for _ in range(OFTEN):
        status, _ = await caller.post(path, **headers)
        if status == 429:
            return True
    return False
