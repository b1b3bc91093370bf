"""Brings events to a webhook as Zalo does: signed, two seconds to answer, five retries, then switched off."""

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp

RETRIES = (30.0, 300.0, 900.0, 1800.0, 3600.0)  # seconds until the next try
PATIENCE = 2.0


@dataclass(slots=True, kw_only=True)
class Hook:
    """The webhook as the console has it. `scale` shortens the waits between tries.

    `secret` signs (the page's own key, or the app's); `stamp` says where the signed timestamp
    stands: "body", or "header" alone. Whether the real one retries after a 500 or a slow answer is
    doubtful (its page speaks of connection failures): this one does.
    """

    app_id: str
    secret: str
    url: str = ""
    on: bool = False
    stamp: str = "body"
    scale: float = 0.001
    patience: float = PATIENCE
    statuses: list[int] = field(default_factory=list)  # 0: no answer in time
    _lanes: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _waiting: dict[str, list[bytes]] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None

    async def set(self, url: str) -> int:
        """Save the address in the console, which probes it with an empty object: the status."""
        self.url = url
        async with self._client().post(url, data=b"{}") as response:
            self.on = response.status == 200
            return response.status

    def bring(self, lane: str, event: dict[str, Any]) -> None:
        """Deliver an event in the background, behind those of the same person."""
        if not self.on:
            return
        self._waiting.setdefault(lane, []).append(raw(event))
        if lane not in self._lanes:
            self._lanes[lane] = asyncio.create_task(self._drain(lane), name="zalo delivery")

    def lose(self, lane: str) -> None:
        """Forget what waits for a person's lane."""
        self._waiting.pop(lane, None)

    async def post(self, body: bytes, retry: int = 0, **more: str) -> int:
        """One delivery; the status, 0 for no answer in time. `more` replaces headers."""
        headers = {"Content-Type": "application/json"} | self.sign(body)
        if retry:
            headers["num_retry"] = str(retry)
        timeout = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with self._client().post(
                self.url, data=body, headers=headers | more, timeout=timeout
            ) as response:
                status = response.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            status = 0
        self.statuses.append(status)
        return status

    def sign(self, body: bytes) -> dict[str, str]:
        """The headers that prove an event's origin."""
        try:
            stamp = str(json.loads(body).get("timestamp", ""))
        except (ValueError, AttributeError, RecursionError):
            stamp = ""
        if self.stamp == "header":
            stamp = f"{stamp}9"
        signed = self.app_id.encode() + body + stamp.encode() + self.secret.encode()
        mac = hashlib.sha256(signed).hexdigest()
        return {"X-ZEvent-Signature": f"mac={mac}", "X-ZEvent-Timestamp": stamp}

    async def settle(self) -> None:
        """Wait until all was delivered or given up."""
        while self._lanes:
            await asyncio.wait(self._lanes.values())

    async def close(self) -> None:
        for task in list(self._lanes.values()):
            task.cancel()
        await asyncio.gather(*self._lanes.values(), return_exceptions=True)
        if self._session:
            await self._session.close()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session

    async def _drain(self, lane: str) -> None:
        try:
            while self.on and (waiting := self._waiting.get(lane)):
                await self._deliver(waiting.pop(0))
        finally:
            self._lanes.pop(lane, None)

    async def _deliver(self, body: bytes) -> None:
        for retry, wait in enumerate((*RETRIES, None)):
            if await self.post(body, retry) == 200:
                return
            if wait is None:
                self.on = False  # a person must turn it on again
                return
            await asyncio.sleep(wait * self.scale)


def raw(event: dict[str, Any]) -> bytes:
    """An event as it goes over the wire: compact, Vietnamese letters as they are."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
