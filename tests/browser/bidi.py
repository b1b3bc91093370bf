"""Firefox as Debian ships it, driven by WebDriver BiDi: it needs no driver beside it and no build of its own."""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PATIENCE = 30.0


class Firefox:
    """One window of a running Firefox."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._context = ""

    async def begin(self) -> str:
        """Open a session; the browser's version."""
        session = await self._call("session.new", capabilities={})
        tree = await self._call("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]
        return str(session["capabilities"]["browserVersion"])

    async def go(self, url: str) -> None:
        await self._call(
            "browsingContext.navigate", context=self._context, url=url, wait="complete"
        )

    async def run(self, expression: str) -> Any:
        """The value of an expression in the page: a string, a number or a truth."""
        answer = await self._call(
            "script.evaluate",
            expression=expression,
            target={"context": self._context},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        return answer["result"].get("value")

    async def fill(self, id: str, words: str) -> None:
        await self.run(f"document.getElementById({json.dumps(id)}).value = {json.dumps(words)}")

    async def press(self, selector: str) -> None:
        await self.run(f"document.querySelector({json.dumps(selector)}).click()")

    async def until(self, expression: str) -> Any:
        """Wait until an expression holds; its value."""
        async with asyncio.timeout(PATIENCE):
            while not (value := await self.run(expression)):  # noqa: ASYNC110  (any of them)
                await asyncio.sleep(0.05)
        return value

    async def _call(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while (answer := await self._socket.receive_json(timeout=PATIENCE)).get("id") != number:
            pass  # an event
        assert answer["type"] == "success", answer
        return answer["result"]


@asynccontextmanager
async def firefox(program: str, profile: Path) -> AsyncIterator[tuple[Firefox, str]]:
    """A Firefox of its own, and its version."""
    command = [program, "--headless", "--no-remote", "--profile", str(profile)]
    process = await asyncio.create_subprocess_exec(
        *command,
        "--remote-debugging-port=0",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        address = await _address(process)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{address}/session", max_msg_size=0) as socket,
        ):
            window = Firefox(socket)
            yield window, await window.begin()
    finally:
        process.terminate()
        await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr
    async with asyncio.timeout(PATIENCE):
        async for line in process.stderr:
            if found := LISTENING.search(line.decode()):
                return found[1]
    raise RuntimeError("firefox does not listen")
